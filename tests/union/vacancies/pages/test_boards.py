"""/boards: who may open which page of which board, and what is on them."""

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.members.models import Role
from fediunion.union.vacancies.models import VacancyState
from fediunion.union.vacancies.service import end_vacancy
from tests.oauth.rig import Browser, Desk, fields_of
from tests.union.vacancies.pages.hall import change, edit, post, stored

PAGES = ("", "/new", "/import", "/{slug}", "/{slug}/publish", "/{slug}/end")
FORMS = (
    "/uploads/boards/jobs/new",
    "/uploads/boards/jobs/preview",
    "/uploads/boards/jobs/import",
    "/uploads/boards/jobs/{slug}",
    "/boards/jobs/{slug}/publish",
    "/boards/jobs/{slug}/extend",
    "/boards/jobs/{slug}/end",
)


async def people(desk: Desk) -> dict[str, Browser]:
    """Return the browsers of everybody who may come."""
    for name in ("ana", "eva", "oleg"):
        await desk.member(name)
    await desk.member("mona", role=Role.MODERATOR)
    await desk.member("olga", role=Role.ADMIN)
    await edit(desk, "eva", "jobs")
    await edit(desk, "oleg", "other")
    names = {"member": "ana", "editor": "eva", "other": "oleg", "watcher": "mona", "officer": "olga"}
    found = {who: await desk.signed_in(name) for who, name in names.items()}
    return {"stranger": desk.browser(), **found}


async def test_O12_the_pages_of_a_board_are_for_its_editors_and_for_officers(desk: Desk) -> None:
    draft = await post(desk, "V-01", draft=True)
    for who, browser in (await people(desk)).items():
        for path in PAGES:
            answer = await browser.get(f"/boards/jobs{path.format(slug=draft.slug)}")
            expected = {"stranger": 303, "editor": 200, "officer": 200}.get(who, 404)
            assert answer.status_code == expected, (who, path)
            if who == "stranger":
                assert answer.headers["location"].startswith("/sign-in")


async def test_O12_the_forms_of_a_board_are_taken_from_its_editors_and_from_officers(desk: Desk) -> None:
    draft = await post(desk, "V-01", draft=True)
    everybody = await people(desk)
    for who in ("member", "other", "watcher"):
        browser = everybody[who]
        token = fields_of((await browser.get("/compose")).text)["form_token"]
        for path in FORMS:
            fields = {"form_token": token, "how": "withdrawn", "title": "x", "act": "save"}
            target = path.format(slug=draft.slug)
            if target.startswith("/uploads/"):
                answer = await browser.http.post(
                    target,
                    data=fields,
                    files={"file": b""},
                    headers={"Origin": "https://us.example", "Sec-Fetch-Site": "same-origin"},
                )
            else:
                answer = await browser.post(target, fields)
            assert answer.status_code == 404, (who, path)
    (vacancy,) = await stored(desk)
    assert vacancy.state == VacancyState.DRAFT


async def test_a_vacancy_of_another_board_is_none_of_this_one(desk: Desk) -> None:
    draft = await post(desk, "V-01", board="other", draft=True)
    await desk.member("eva")
    await edit(desk, "eva", "jobs")
    browser = await desk.signed_in("eva")
    assert (await browser.get(f"/boards/jobs/{draft.slug}")).status_code == 404
    assert (await browser.get(f"/boards/other/{draft.slug}")).status_code == 404


async def test_the_boards_of_a_member_are_listed_with_what_is_on_them(desk: Desk) -> None:
    await post(desk, "V-01", draft=True)
    await post(desk, "V-02")
    closed = await post(desk, "V-05")
    await change(desk, closed, end_vacancy, VacancyState.FILLED, by="tests")
    browsers = await people(desk)
    page = (await browsers["editor"].get("/boards")).text
    assert 'href="/boards/jobs"' in page
    assert 'href="/boards/other"' not in page
    assert "1 open · 1 draft · 1 ended" in " ".join(page.split())
    assert 'href="/boards/union"' in (await browsers["officer"].get("/boards")).text
    nothing = (await browsers["member"].get("/boards")).text
    assert "You publish for no board" in nothing
    assert 'href="/boards"' in (await browsers["editor"].get("/vacancies")).text
    assert 'href="/boards"' not in (await browsers["member"].get("/vacancies")).text


async def test_a_board_shows_drafts_open_and_ended_vacancies(desk: Desk) -> None:
    draft = await post(desk, "V-01", draft=True)
    await post(desk, "V-02", official=False)
    network = await post(desk, "V-05", audience=Audience.NETWORK)
    await change(desk, network, end_vacancy, VacancyState.WITHDRAWN, by="tests")
    await desk.member("eva")
    await edit(desk, "eva", "jobs")
    page = (await (await desk.signed_in("eva")).get("/boards/jobs")).text
    assert f'href="/boards/jobs/{draft.slug}"' in page
    assert (
        page.index("Humanitarian Affairs Officer") < page.index("Legal Officer") < page.index("ICT Security")
    )
    assert "Unverified" in page
    assert "Union network" in page
    assert "Withdrawn" in page


async def test_the_table_to_fill_in_is_there_for_members(desk: Desk) -> None:
    await desk.member()
    answer = await (await desk.signed_in()).get("/boards/template.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert b"title" in answer.content
    assert (await desk.http.get("/boards/template.csv")).status_code == 303


@pytest.mark.parametrize("name", ["nobody", "ana", "reader"], ids=["nobody", "a member", "an instance actor"])
async def test_what_is_no_board_has_no_pages(desk: Desk, name: str) -> None:
    await desk.member("ana", role=Role.OWNER)
    assert (await (await desk.signed_in()).get(f"/boards/{name}")).status_code == 404
