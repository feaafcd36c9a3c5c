"""Search on a page: people, posts, hashtags; and what a handle or an address names is asked for elsewhere."""

from pathlib import Path

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.members.attempts import Allowance, count_attempts
from fediunion.social.search.jobs import index_new
from fediunion.web.pages.search import ASKED_OTHERS
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import Browser, Desk, desk_for
from tests.web.pages.members import press, write


@pytest.fixture
async def ana(desk: Desk) -> Browser:
    for name in ("ana", "ben"):
        await desk.member(name)
    return await desk.signed_in("ana")


async def index(desk: Desk) -> None:
    desk.clock.advance(minutes=5)
    await index_new(desk.union.world, {})


async def test_people_posts_and_hashtags_are_found(desk: Desk, ana: Browser) -> None:
    await write(desk, "ana", "Overtime is counted #overtime", audience=Audience.LOCAL)
    await index(desk)
    page = (await ana.get("/search?q=overtime")).text
    assert "Overtime is counted" in page
    page = (await ana.get("/search?q=ben")).text
    assert "@ben@us.example" in page
    assert "Nothing found" in (await ana.get("/search?q=zebra")).text


async def test_V09_what_one_may_not_read_is_not_found(desk: Desk, ana: Browser) -> None:
    await write(desk, "ben", "quokka for nobody", audience=Audience.FOLLOWERS)
    secret = await write(desk, "ben", "quokka alone", audience=Audience.DIRECT)
    await index(desk)
    assert "quokka for" not in (await ana.get("/search?q=quokka")).text
    assert "quokka alone" not in (await ana.get(f"/search?q={secret.uri}")).text


async def test_V23_the_address_of_a_private_post_is_answered_like_that_of_none(
    desk: Desk, ana: Browser
) -> None:
    secret = await write(desk, "ben", "quokka alone", audience=Audience.DIRECT)
    place, _, slug = secret.uri.rpartition("/")
    slugs = (slug, slug[:-4] + "AAAA")
    pages = [(await ana.get(f"/search?q={place}/{each}")).text.replace(each, "") for each in slugs]
    tokens = [page.split('name="form_token" value="')[1].split('"')[0] for page in pages]
    assert pages[0].replace(tokens[0], "") == pages[1].replace(tokens[1], "")


@pytest.mark.parametrize(
    "question",
    ["%", "*", '"', "from:", "<script>", "a" * 600, "from:@nobody@nowhere.example x"],
    ids=["percent", "star", "quote", "operator", "markup", "long", "nobody"],
)
async def test_whatever_is_typed_is_answered(ana: Browser, question: str) -> None:
    page = await ana.get("/search", params={"q": question})
    assert page.status_code == 200
    assert "<script>" not in page.text


async def test_looking_asks_nobody_elsewhere_and_asking_is_a_button(desk: Desk, ana: Browser) -> None:
    page = (await ana.get("/search?q=@eve@far.example")).text
    assert 'action="/search/ask"' in page
    answer = await press(ana, "/search?q=@eve@far.example", "/search/ask", q="@eve@far.example")
    assert answer.status_code == 303
    assert "did not answer" in (await ana.get(answer.headers["location"])).text


async def test_somebody_here_is_found_by_the_whole_handle(ana: Browser) -> None:
    answer = await press(ana, "/search?q=@x@far.example", "/search/ask", q="@ben@us.example")
    assert answer.headers["location"] == "/@ben"


async def test_others_are_not_asked_without_end(
    databases: Databases, tmp_path: Path, clock: FakeClock
) -> None:
    async with desk_for(databases.with_tables(), tmp_path, clock, enabled=True) as desk:
        member = await desk.member("ana")
        most, seconds = ASKED_OTHERS
        used = [Allowance("search:ask", str(member.id), most, seconds)] * most
        browser = await desk.signed_in("ana")
        await desk.db.write(count_attempts, used)
        answer = await press(browser, "/search?q=@x@far.example", "/search/ask", q="@y@far.example")
        assert "asked too often" in (await browser.get(answer.headers["location"])).text
