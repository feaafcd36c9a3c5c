"""/vacancies: what is found, by whom, what an address may ask, and the same for programs."""

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.union.vacancies.models import Vacancy, VacancyState
from fediunion.union.vacancies.service import end_vacancy
from tests.oauth.rig import Desk
from tests.union.vacancies.pages.hall import JSON, change, edit, post
from tests.union.vacancies.samples import notice
from tests.web.pages.test_statements import counted


async def found(desk: Desk, query: str = "", **asked: Any) -> Any:
    """Return what a search answers as JSON."""
    answer = await desk.http.get(f"/vacancies?{query}", headers=JSON, **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def titles(page: str) -> list[str]:
    """Return the titles in the list of a page."""
    return [html.unescape(each) for each in re.findall(r'class="title"[^>]*><a [^>]*><bdi>([^<]*)<', page)]


async def test_the_hall_lists_what_is_open_and_what_closes_first_stands_first(desk: Desk) -> None:
    for sample in ("V-01", "V-02", "V-05"):
        await post(desk, sample)
    page = (await desk.browser().get("/vacancies")).text
    assert titles(page) == [
        "Legal Officer (Residual Functions)",
        "ICT Security Consultant (Submarine Cable Resilience)",
        "Humanitarian Affairs Officer",
    ]
    assert "3 vacancies" in page
    assert "20 hours left" in page
    assert "Nairobi, Kenya" in page
    newest = (await desk.browser().get("/vacancies?sort=posted")).text
    assert titles(newest)[0] == "ICT Security Consultant (Submarine Cable Resilience)"


async def test_an_empty_hall_says_why_and_leads_on(desk: Desk) -> None:
    page = (await desk.browser().get("/vacancies")).text
    assert "No vacancy is open" in page
    assert 'href="/vacancies?state=all"' in page
    nothing = (await desk.browser().get("/vacancies?grade=D-2")).text
    assert "Nothing matches this search" in nothing


async def test_each_value_beside_the_list_is_a_link_that_takes_it_in_and_out(desk: Desk) -> None:
    await post(desk, "V-01")
    await post(desk, "V-02")
    browser = desk.browser()
    page = (await browser.get("/vacancies")).text
    assert 'href="/vacancies?grade=P-3"' in page
    chosen = (await browser.get("/vacancies?grade=P-3")).text
    assert titles(chosen) == ["Humanitarian Affairs Officer"]
    assert re.search(r'href="/vacancies" rel="nofollow" aria-current="true"', chosen)
    assert 'href="/vacancies?grade=P-3,P-4"' in chosen


async def test_the_words_and_fields_of_the_form_search_without_a_script(desk: Desk) -> None:
    await post(desk, "V-01")
    await post(desk, "V-02")
    asked = {"q": "legal", "city": "", "country": "nl", "state": "", "posted_after": ""}
    page = (await desk.browser().get("/vacancies", params=asked)).text
    assert titles(page) == ["Legal Officer (Residual Functions)"]
    assert 'name="q" value="legal"' in page
    assert '<input type="hidden" name="country" value="NL">' in page


async def test_what_is_not_understood_is_named_and_the_rest_is_searched(desk: Desk) -> None:
    await post(desk, "V-01")
    await post(desk, "V-02")
    answer = await desk.browser().get("/vacancies?grade=P-3&colour=<blue>&country=Narnia")
    assert answer.status_code == 400
    assert titles(answer.text) == ["Humanitarian Affairs Officer"]
    assert ">colour</bdi>" in answer.text
    assert "country=Narnia" in answer.text
    assert "<blue>" not in answer.text


async def test_the_same_for_programs_is_refused_with_every_name(desk: Desk) -> None:
    answer = await desk.http.get("/vacancies?grade=P-3&colour=blue&country=Narnia", headers=JSON)
    assert answer.status_code == 400
    assert [each["parameter"] for each in answer.json()["unknown"]] == ["colour", "country"]
    assert answer.json()["query"] == "grade=P-3"
    assert "colour" in answer.json()["error"]


async def test_a_search_as_json_has_these_members_and_no_others(desk: Desk) -> None:
    await post(desk, "V-01")
    await post(desk, "V-02")
    answer = await desk.http.get("/vacancies?country=ke&grade=p3", headers=JSON)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["vary"] == "Accept"
    body = answer.json()
    assert list(body) == ["items", "total", "facets", "next", "query", "follow"]
    (item,) = body["items"]
    assert item["@type"] == "JobPosting"
    assert item["validThrough"] == "2027-01-08T23:59:00+03:00"
    assert item["fu:sourceStatus"] == "verified"
    assert (body["total"], body["next"], body["query"]) == (1, None, "country=KE&grade=P-3")
    assert body["facets"]["grade"] == {"P-3": 1}
    assert re.fullmatch(r"acct:s-[a-z2-7]{12}@us\.example", body["follow"])


async def test_pages_of_a_search_follow_each_other(desk: Desk) -> None:
    for number in range(5):
        await post(desk, "V-01", identifier=f"N-{number}", validThrough=f"2026-12-1{number}T12:00:00Z")
    first = await desk.http.get("/vacancies?limit=2", headers=JSON)
    link = first.headers["link"].partition(">")[0].removeprefix("<")
    seen = [each["identifier"]["value"] for each in first.json()["items"]]
    while link:
        assert parse_qs(urlsplit(link).query)["limit"] == ["2"]
        answer = await desk.http.get(link, headers=JSON)
        seen += [each["identifier"]["value"] for each in answer.json()["items"]]
        link = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    assert seen == [f"N-{number}" for number in range(5)]
    page = (await desk.browser().get("/vacancies?limit=2")).text
    onward = html.unescape(re.findall(r'rel="next" href="([^"]+)"', page)[0])
    second = (await desk.browser().get(onward)).text
    assert len(titles(second)) == 2
    assert 'rel="prev" href="/vacancies?limit=2"' in second


async def test_V09_what_is_for_the_network_is_found_by_members_alone(desk: Desk) -> None:
    await post(desk, "V-01", audience=Audience.NETWORK)
    await desk.member()
    assert (await found(desk))["total"] == 0
    assert "Humanitarian" not in (await desk.browser().get("/vacancies")).text
    for ending in ("csv", "atom", "rss", "jsonfeed", "jsonld", "ics", "json"):
        assert "Humanitarian" not in (await desk.http.get(f"/vacancies.{ending}")).text, ending
    assert "Humanitarian" in (await (await desk.signed_in()).get("/vacancies")).text


async def test_V35_drafts_and_what_is_hidden_are_found_by_nobody(desk: Desk) -> None:
    await post(desk, "V-01", draft=True)
    hidden = await post(desk, "V-02")

    def hide(session: Session, vacancy: Vacancy) -> None:
        from fediunion.union.vacancies.service.rows import touch

        vacancy.hidden = True
        touch(session, vacancy)

    await change(desk, hidden, hide)
    await desk.member()
    await edit(desk, "ana", "jobs")
    for browser in (desk.browser(), await desk.signed_in()):
        assert titles((await browser.get("/vacancies?state=all")).text) == []


async def test_what_has_ended_is_found_by_who_asks_for_it(desk: Desk) -> None:
    vacancy = await post(desk, "V-01")
    await change(desk, vacancy, end_vacancy, VacancyState.FILLED, by="tests")
    assert (await found(desk))["total"] == 0
    page = (await desk.browser().get("/vacancies?state=filled")).text
    assert titles(page) == ["Humanitarian Affairs Officer"]
    assert "is-closed" in page
    assert "Follow this search" not in page


@pytest.mark.parametrize(
    ("ending", "media_type"),
    [
        ("json", "application/json"),
        ("jsonld", "application/ld+json"),
        ("jsonfeed", "application/feed+json; charset=utf-8"),
        ("atom", "application/atom+xml; charset=utf-8"),
        ("rss", "application/rss+xml; charset=utf-8"),
        ("ics", "text/calendar; charset=utf-8"),
        ("csv", "text/csv; charset=utf-8"),
    ],
    ids=["json", "jsonld", "jsonfeed", "atom", "rss", "ics", "csv"],
)
async def test_the_same_search_is_there_in_every_format(desk: Desk, ending: str, media_type: str) -> None:
    await post(desk, "V-01")
    await post(desk, "V-02")
    answer = await desk.http.get(f"/vacancies.{ending}?grade=P-3")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Humanitarian Affairs Officer" in answer.text
    assert "Legal Officer" not in answer.text
    assert (await desk.http.get(f"/vacancies.{ending}?grade=Q-9")).status_code == 400


async def test_the_page_names_its_formats_and_its_one_address(desk: Desk) -> None:
    page = (await desk.browser().get("/vacancies?grade=p4,P3&sort=posted")).text
    assert '<link rel="canonical" href="https://us.example/vacancies?grade=P-3,P-4">' in page
    assert 'type="application/atom+xml" href="/vacancies.atom?grade=P-3,P-4"' in page
    assert 'href="/vacancies.ics?grade=P-3,P-4"' in page
    assert '<meta name="robots" content="noindex">' in page
    whole = (await desk.browser().get("/vacancies")).text
    assert '<meta name="robots"' not in whole


async def test_a_search_is_followed_by_its_handle_and_from_ones_own_server(desk: Desk) -> None:
    await post(desk, "V-01")
    browser = desk.browser()
    page = (await browser.get("/vacancies?grade=P-3")).text
    handle = re.findall(r'class="handle-box">(@s-[a-z2-7]{12}@us\.example)<', page)[0]
    name = handle.split("@")[1]
    way = await browser.get(f"/vacancies/follow?search={name}")
    assert way.status_code == 303
    assert way.headers["location"].startswith("/interact?uri=https%3A%2F%2Fus.example%2Factors%2F")
    form = await browser.get(way.headers["location"])
    assert "Follow from your server" in form.text
    await desk.member()
    own = await (await desk.signed_in()).get(f"/vacancies/follow?search={name}")
    assert own.headers["location"] == f"/@{name}"
    assert (await browser.get("/vacancies/follow?search=s-nobodyasked")).status_code == 404
    assert (await browser.get("/vacancies/follow?search=ana")).status_code == 404


async def test_the_map_marks_the_duty_stations_and_each_leads_to_what_is_there(desk: Desk) -> None:
    await post(desk, "V-01")
    await post(desk, "V-02")
    await post(desk, "V-07")
    page = (await desk.browser().get("/vacancies")).text
    drawing = page[page.index('<svg class="map') : page.index("</svg>", page.index('<svg class="map'))]
    assert drawing.count("<circle") == 2
    assert "<title>The Hague: 2</title>" in drawing
    assert 'class="dot dot-soon"' in drawing
    there = (await desk.browser().get("/vacancies?city=nairobi")).text
    assert titles(there) == ["Humanitarian Affairs Officer"]
    assert 'href="/vacancies?city=nairobi"' in page


@pytest.mark.parametrize("count", [2, 12], ids=["few", "many"])
async def test_the_hall_costs_the_same_however_much_there_is(desk: Desk, count: int) -> None:
    for number in range(count):
        await post(desk, "V-01", identifier=f"N-{number}")
    browser = desk.browser()
    await browser.get("/vacancies")
    async with counted() as ran:
        assert (await browser.get("/vacancies")).status_code == 200
    # What changed since the last search, the rows, their sources, the name of the search.
    assert len(ran) <= 4, ran


async def test_H10_what_a_notice_says_is_text_in_the_list(desk: Desk) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    await post(desk, notice("V-01", title=f"Officer {evil}", **{"fu:grade": '"><b>x'}))
    page = (await desk.browser().get("/vacancies")).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert '"><b>x' not in page
