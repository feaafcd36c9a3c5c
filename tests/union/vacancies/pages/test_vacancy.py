"""/vacancies/{slug}: what it shows to whom, what machines read, and what is left of it afterwards."""

import re
from typing import Any

import orjson
import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.members.models import Role
from fediunion.union.vacancies.models import Vacancy, VacancyState
from fediunion.union.vacancies.service import change_notice, end_vacancy, remove_vacancy
from fediunion.union.vacancies.service.rows import touch
from tests.oauth.rig import Browser, Desk
from tests.union.vacancies.pages.hall import JSON, PEER, change, edit, post
from tests.union.vacancies.samples import notice

REQUIRED = ("title", "description", "datePosted", "validThrough", "hiringOrganization", "jobLocation")


def json_ld(page: str) -> Any:
    """Return the data in the head of a page; None where there is none."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return orjson.loads(found[0]) if found else None


async def show(desk: Desk, vacancy: Vacancy, browser: Browser | None = None) -> str:
    """Return the page of a vacancy."""
    answer = await (browser or desk.browser()).get(f"/vacancies/{vacancy.slug}")
    assert answer.status_code == 200, answer.status_code
    return answer.text


async def test_the_page_shows_everything_that_the_notice_says(desk: Desk) -> None:
    page = await show(desk, await post(desk, "V-01"))
    for said in (
        "Humanitarian Affairs Officer",
        "Eastern Africa Regional Office",
        "Nairobi, Kenya",
        "Closes on",
        "8 January 2027, 23:59",
        "Nairobi time",
        "38 days left",
        "Apply at careers.rco.example",
        "USD 68,000–92,000 a year",
        "plus post adjustment of 41.2 %",
        "French, working knowledge",
        "B: somewhat difficult",
        "Prepares situation reports and funding appeals",
        "26-HUMANITARIAN AFFAIRS OFFICER-RCO-001187-R-NAIROBI (X)",
        "Union de-recognised",
        "union@nairobisu.example",
        "Boost from your server",
        "@jobs@us.example",
    ):
        assert said in page, said


async def test_a_member_reads_the_closing_time_on_the_own_clocks_too(desk: Desk) -> None:
    member = await desk.member()

    def live_in_kathmandu(_session: Session, row: Any) -> None:
        row.settings = row.settings | {"time_zone": "Asia/Kathmandu"}

    await desk.on(member, live_in_kathmandu)
    page = await show(desk, await post(desk, "V-01"), await desk.signed_in())
    assert "9 January 2027, 02:44" in page
    assert "on your clocks" in page


async def test_the_page_is_in_the_language_of_who_reads_and_the_notice_in_its_own(desk: Desk) -> None:
    vacancy = await post(desk, "V-01", inLanguage="en")
    page = (await desk.browser().get(f"/vacancies/{vacancy.slug}?lang=fr")).text
    assert "Clôture le" in page
    assert "heure de Nairobi" in page
    assert "Nairobi, Kenya" in page
    assert '<h1 lang="en"><bdi>Humanitarian Affairs Officer</bdi></h1>' in page
    arabic = (await desk.browser().get(f"/vacancies/{vacancy.slug}?lang=ar")).text
    assert "بتوقيت Nairobi" in arabic
    assert "كينيا" in arabic


async def test_job_search_engines_get_every_property_that_they_require(desk: Desk) -> None:
    vacancy = await post(desk, "V-01")
    page = await show(desk, vacancy)
    data = json_ld(page)
    assert data["@type"] == "JobPosting"
    assert all(data[name] for name in REQUIRED)
    assert data["validThrough"] == "2027-01-08T23:59:00+03:00"
    assert data["identifier"]["value"].startswith("26-HUMANITARIAN")
    assert data["employmentType"] == "FULL_TIME"
    assert data["baseSalary"]["value"]["minValue"] == 68000
    assert data["directApply"] is False
    assert f'<link rel="canonical" href="https://us.example/vacancies/{vacancy.slug}">' in page
    assert '<meta property="og:title" content="Humanitarian Affairs Officer · P-3 · Nairobi">' in page
    assert 'type="application/activity+json"' in page


async def test_home_based_work_is_told_as_such_and_the_kind_of_contract_stands_in_for_the_hours(
    desk: Desk,
) -> None:
    vacancy = await post(desk, "V-05", employmentType=None, applicantLocationRequirements=["FR", "KE"])
    data = json_ld(await show(desk, vacancy))
    assert data["jobLocationType"] == "TELECOMMUTE"
    assert [each["name"] for each in data["applicantLocationRequirements"]] == ["FR", "KE"]
    assert data["employmentType"] == "CONTRACTOR"


async def test_H18_nothing_in_a_notice_ends_the_data_or_becomes_markup(desk: Desk) -> None:
    evil = "</script><script>alert(1)</script>"
    told = notice(
        "V-01",
        title=f"Officer {evil}",
        description=f"<p>Work {evil} <img src=x onerror=alert(1)> <a href='javascript:alert(1)'>x</a></p>",
        jobBenefits=evil,
        **{"fu:unionAtEmployer": evil},
    )
    vacancy = await post(desk, told)
    page = await show(desk, vacancy)
    assert "alert(1)</script>" not in page
    assert "onerror" not in page
    assert "javascript:" not in page
    assert json_ld(page)["title"] == f"Officer {evil}"
    policy = (await desk.browser().get(f"/vacancies/{vacancy.slug}")).headers["content-security-policy"]
    assert "unsafe-inline" not in policy


async def test_an_unverified_vacancy_warns_and_tells_machines_nothing(desk: Desk) -> None:
    page = await show(desk, await post(desk, "V-01", official=False))
    assert "we do not know whether this notice is genuine" in page
    assert "It is shown here alone and was sent to nobody." in page
    assert "The United Nations charges no fee" in page
    assert '<meta name="robots" content="noindex">' in page
    assert json_ld(page) is None
    assert "Boost from your server" not in page


async def test_programs_get_the_posting_and_calendars_the_closing_date(desk: Desk) -> None:
    vacancy = await post(desk, "V-01")
    for path, headers in (
        (f"/vacancies/{vacancy.slug}", JSON),
        (f"/vacancies/{vacancy.slug}/posting.json", {}),
    ):
        answer = await desk.http.get(path, headers=headers)
        assert answer.headers["content-type"] == "application/ld+json"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.json()["title"] == "Humanitarian Affairs Officer"
    calendar = await desk.http.get(f"/vacancies/{vacancy.slug}/closing.ics")
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert "DUE;TZID=" in calendar.text


async def test_other_servers_get_the_note_and_later_its_tombstone(desk: Desk) -> None:
    vacancy = await post(desk, "V-01")
    answer = await desk.http.get(f"/vacancies/{vacancy.slug}", headers=PEER)
    assert answer.headers["content-type"].startswith("application/activity+json")
    assert answer.json()["type"] == "Note"
    assert answer.json()["url"] == f"https://us.example/vacancies/{vacancy.slug}"
    await change(desk, vacancy, remove_vacancy)
    gone = await desk.http.get(f"/vacancies/{vacancy.slug}", headers=PEER)
    assert (gone.status_code, gone.json()["type"]) == (410, "Tombstone")
    for path in (f"/vacancies/{vacancy.slug}", f"/vacancies/{vacancy.slug}/closing.ics"):
        assert (await desk.http.get(path)).status_code == 410
    assert (await desk.http.get(f"/vacancies/{vacancy.slug}", headers=JSON)).status_code == 410


async def test_an_unverified_vacancy_is_no_note_to_other_servers(desk: Desk) -> None:
    vacancy = await post(desk, "V-01", official=False)
    assert (await desk.http.get(f"/vacancies/{vacancy.slug}", headers=PEER)).status_code == 404


@pytest.mark.parametrize(
    ("state", "word"),
    [(VacancyState.FILLED, "Filled"), (VacancyState.CLOSED, "Closed"), (VacancyState.WITHDRAWN, "Withdrawn")],
    ids=["filled", "closed", "withdrawn"],
)
async def test_what_has_ended_says_so_and_offers_no_application(
    desk: Desk, state: VacancyState, word: str
) -> None:
    vacancy = await post(desk, "V-01")
    await change(desk, vacancy, end_vacancy, state, by="tests")
    page = await show(desk, vacancy)
    assert f"<b>{word}.</b>" in page
    assert "Apply at" not in page
    assert json_ld(page)["validThrough"] == "2026-12-01T12:00:00+03:00"


async def test_an_extended_vacancy_says_so(desk: Desk) -> None:
    vacancy = await post(desk, "V-01")
    later = notice("V-01", validThrough="2027-02-08T23:59:00+03:00")
    await change(desk, vacancy, change_notice, later, by="tests")
    page = await show(desk, vacancy)
    assert "Extended" in page
    assert "8 February 2027, 23:59" in page
    assert re.search(r"at first it closed on <time [^>]*>Friday, 8 January 2027, 23:59", page)


async def hide(desk: Desk, vacancy: Vacancy) -> None:
    """Let a vacancy look like a fraud."""

    def work(session: Session, row: Vacancy) -> None:
        row.hidden = True
        touch(session, row)

    await change(desk, vacancy, work)


SEES = {
    "public": ["stranger", "member", "editor", "other editor", "moderator", "officer"],
    "network": ["member", "editor", "other editor", "moderator", "officer"],
    "hidden": ["moderator", "officer"],
    "draft": [],
}


@pytest.mark.parametrize("kind", list(SEES))
async def test_V02_who_sees_a_vacancy_and_who_hears_that_there_is_none(desk: Desk, kind: str) -> None:
    audience = Audience.NETWORK if kind == "network" else Audience.PUBLIC
    vacancy = await post(desk, "V-01", audience=audience, draft=kind == "draft")
    if kind == "hidden":
        await hide(desk, vacancy)
    roles = {"member": Role.MEMBER, "editor": Role.MEMBER, "other editor": Role.MEMBER}
    roles |= {"moderator": Role.MODERATOR, "officer": Role.ADMIN}
    browsers = {"stranger": desk.browser()}
    for number, (who, role) in enumerate(roles.items()):
        await desk.member(f"person{number}", role=role)
        browsers[who] = await desk.signed_in(f"person{number}")
    await edit(desk, "person1", "jobs")
    await edit(desk, "person2", "other")
    for who, browser in browsers.items():
        expected = 200 if who in SEES[kind] else 404
        answer = await browser.get(f"/vacancies/{vacancy.slug}")
        if kind == "draft" and who in ("editor", "officer"):
            assert (answer.status_code, answer.headers["location"]) == (303, f"/boards/jobs/{vacancy.slug}")
            continue
        assert answer.status_code == expected, who
        for part in ("closing.ics", "posting.json"):
            beside = await browser.get(f"/vacancies/{vacancy.slug}/{part}")
            # What not everybody may see leaves in no file (row V08).
            assert beside.status_code == (200 if kind == "public" else 404), (who, part)


async def test_V23_a_missing_and_a_forbidden_vacancy_are_one_answer(desk: Desk) -> None:
    vacancy = await post(desk, "V-01", audience=Audience.NETWORK)
    there = await desk.http.get(f"/vacancies/{vacancy.slug}")
    nothing = await desk.http.get("/vacancies/zzzzzzzz")
    assert there.content.replace(vacancy.slug.encode(), b"") == nothing.content.replace(b"zzzzzzzz", b"")
    note = await desk.http.get(f"/vacancies/{vacancy.slug}", headers=PEER)
    assert note.status_code in (401, 404)


@pytest.mark.parametrize(
    ("duration", "english", "arabic"),
    [
        ("P1Y", "1 year", "سنة واحدة"),
        ("P364D", "364 days", "364 يومًا"),
        ("P1Y6M", "1 year, 6 months", "6 أشهر"),
        ("as agreed", "as agreed", "as agreed"),
    ],
    ids=["a year", "days", "two parts", "words"],
)
async def test_durations_are_told_in_the_language_of_who_reads(
    desk: Desk, duration: str, english: str, arabic: str
) -> None:
    vacancy = await post(desk, notice("V-01", **{"fu:duration": duration}))
    assert english in await show(desk, vacancy)
    page = (await desk.browser().get(f"/vacancies/{vacancy.slug}?lang=ar")).text
    assert arabic in page
