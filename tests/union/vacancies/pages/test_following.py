"""Ways to follow a search: from elsewhere, here with one button, found by members and their apps."""

import re
from xml.etree import ElementTree

import pytest

from fediunion.social.follows.models import Follow
from fediunion.union.vacancies.models import VacancySearch
from fediunion.union.vacancies.saved.remembering import remember_search
from fediunion.union.vacancies.search.query import search_name
from tests.oauth.rig import Desk, fields_of
from tests.union.vacancies.pages.hall import JSON, PEER, post
from tests.web.pages.test_statements import counted

KENYA = search_name("country=KE")
ATOM = "{http://www.w3.org/2005/Atom}"


async def test_a_stranger_copies_the_handle_or_goes_on_at_home(desk: Desk) -> None:
    browser = desk.browser()
    page = (await browser.get("/vacancies?country=KE")).text
    assert f"@{KENYA}@us.example" in page
    assert "Tell me" not in page
    assert "/vacancies/searches" not in page
    answer = await browser.get(f"/vacancies/follow?search={KENYA}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/interact?uri=")
    form = await browser.get(answer.headers["location"])
    assert "Follow from your server" in form.text


async def test_each_open_search_says_its_account_to_programs_and_crawlers_cost_nothing_twice(
    desk: Desk,
) -> None:
    first = (await desk.http.get("/vacancies?country=KE", headers=JSON)).json()
    assert first["follow"] == f"acct:{KENYA}@us.example"
    async with counted() as ran:
        await desk.http.get("/vacancies?country=KE", headers=JSON)
    async with counted() as all_ran:
        await desk.http.get("/vacancies?country=KE&state=all", headers=JSON)
    assert len(ran) == len(all_ran)
    over = (await desk.http.get("/vacancies?country=KE&state=closed", headers=JSON)).json()
    assert over["follow"] is None
    assert len(await desk.rows(VacancySearch)) == 1


async def test_a_member_follows_with_one_button_and_sees_it(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in("ana")
    page = await browser.get("/vacancies?country=KE")
    assert "Follow it here" in page.text
    answer = await browser.post("/vacancies/follow", fields_of(page.text) | {"query": "country=KE"})
    assert answer.headers["location"] == "/vacancies?country=KE"
    (follow,) = await desk.rows(Follow)
    assert follow.state == "accepted"
    again = await browser.get("/vacancies?country=KE")
    assert "You follow it" in again.text
    assert "You follow this search" in again.text
    assert (await browser.post("/vacancies/follow", fields_of(page.text))).status_code == 303
    assert len(await desk.rows(Follow)) == 1


@pytest.mark.parametrize("query", ["country=Narnia", "state=closed", "colour=blue"])
async def test_what_cannot_be_followed_is_said(desk: Desk, query: str) -> None:
    await desk.member("ana")
    browser = await desk.signed_in("ana")
    page = await browser.get("/vacancies")
    answer = await browser.post("/vacancies/follow", fields_of(page.text) | {"query": query})
    assert answer.status_code == 303
    assert "This search cannot be followed" in (await browser.get(answer.headers["location"])).text
    assert await desk.rows(Follow) == []


async def test_members_find_the_account_by_its_handle_though_nobody_asked_for_it_before(desk: Desk) -> None:
    await desk.db.write(remember_search, "country=KE")
    await desk.member("ana")
    browser = await desk.signed_in("ana")
    page = await browser.get(f"/search?q=@{KENYA}@us.example")
    answer = await browser.post("/search/ask", fields_of(page.text) | {"q": f"@{KENYA}@us.example"})
    assert answer.headers["location"] == f"/@{KENYA}"


@pytest.mark.parametrize("named", [f"@{KENYA}@us.example", f"https://us.example/actors/{KENYA}"])
async def test_apps_find_it_where_they_ask_to_resolve(desk: Desk, named: str) -> None:
    await desk.db.write(remember_search, "country=KE")
    await desk.member("ana")
    app = await desk.register(scopes="read write")
    token = (await app.token(await desk.signed_in("ana"), "read"))["access_token"]
    path = f"/api/v2/search?q={named}&resolve="
    assert (await desk.call(token, f"{path}false")).json()["accounts"] == []
    (found,) = (await desk.call(token, f"{path}true")).json()["accounts"]
    assert (found["acct"], found["bot"]) == (KENYA, True)
    assert (await desk.call(token, "/api/v2/search?q=@s-aaaaaaaaaaaa@us.example&resolve=true")).json()[
        "accounts"
    ] == []


async def test_nobody_takes_the_name_of_a_search_before_it_is_made(desk: Desk) -> None:
    asked = {"name": KENYA, "email": "eve@us.example", "password": "correct horse battery"}
    page = await desk.http.get("/join")
    answer = await desk.browser().post("/join", fields_of(page.text) | asked)
    assert answer.status_code in (403, 422)
    await desk.db.write(remember_search, "country=KE")
    assert (await desk.http.get(f"/actors/{KENYA}", headers=PEER)).json()["type"] == "Service"


async def test_its_page_and_feed_show_the_search_and_what_matches_never_who_follows(desk: Desk) -> None:
    await post(desk, "V-01")
    await post(desk, "V-03")
    await desk.db.write(remember_search, "country=KE")
    actor = (await desk.http.get(f"/actors/{KENYA}", headers=PEER)).json()
    assert actor["name"] == "Vacancies: in Kenya"
    assert actor["icon"]["mediaType"] == "image/png"
    picture = await desk.http.get(actor["icon"]["url"])
    assert (picture.headers["content-type"], picture.content[:4]) == ("image/png", b"\x89PNG")
    await desk.member("ana")
    member = await desk.signed_in("ana")
    page = await member.get("/vacancies?country=KE")
    await member.post("/vacancies/follow", fields_of(page.text) | {"query": "country=KE"})
    shown = (await desk.browser().get(f"/@{KENYA}")).text
    assert 'href="https://us.example/vacancies?country=KE"' in shown
    assert "Humanitarian Affairs Officer" in shown
    assert "Legal Officer" not in shown
    assert "@ana" not in shown
    assert re.search(r'name="robots" content="noindex', shown)
    feed = ElementTree.fromstring((await desk.http.get(f"/@{KENYA}/feed.atom")).text)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert "Humanitarian Affairs Officer" in (entry.findtext(f"{ATOM}content") or "")


async def test_J2_apps_are_not_told_who_follows_a_search(desk: Desk) -> None:
    for name in ("ana", "ben"):
        await desk.member(name)
    ana = await desk.signed_in("ana")
    page = await ana.get("/vacancies?country=KE")
    await ana.post("/vacancies/follow", fields_of(page.text) | {"query": "country=KE"})
    app = await desk.register(scopes="read write")
    token = (await app.token(await desk.signed_in("ben"), "read"))["access_token"]
    account = (await desk.call(token, f"/api/v1/accounts/lookup?acct={KENYA}")).json()
    for part in ("followers", "following"):
        assert (await desk.call(token, f"/api/v1/accounts/{account['id']}/{part}")).json() == []


async def test_the_page_of_a_search_is_there_as_soon_as_the_search_was_shown(desk: Desk) -> None:
    assert (await desk.browser().get(f"/@{KENYA}")).status_code == 404
    await desk.db.write(remember_search, "country=KE")
    assert "Vacancies: in Kenya" in (await desk.browser().get(f"/@{KENYA}")).text
