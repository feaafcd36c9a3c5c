"""Timelines of a member: what stands in them, their pages, and what they cost."""

import gzip
import re

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.viewer import Viewer
from fediunion.db import announce
from fediunion.kit.pages import Page
from fediunion.social.filters.models import Filter, FilterAction, FilterKeyword
from fediunion.social.filters.service import CACHE
from fediunion.social.posts.queries import PostView, views_of
from fediunion.social.timelines.queries import home_page
from fediunion.world import CHANGED
from tests.oauth.rig import Desk
from tests.social.plans import statements_of
from tests.web.pages.members import follow, write

MOST_BYTES = 60 * 1024
MOST_REQUESTS = 15


def numbers_in(page: str) -> list[int]:
    """Return the ids of the rows of a page, from above."""
    return [int(number) for number in re.findall(r'data-id="(\d+)"', page)]


async def test_home_shows_what_those_write_whom_one_follows(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben"), await desk.member("cleo")
    await follow(desk, "ana", "ben")
    post = await write(desk, "ben", "Thursday at *noon* <b>")
    await write(desk, "cleo", "Not for ana")
    page = (await (await desk.signed_in()).get("/home")).text
    assert "Thursday at *noon* &lt;b&gt;" in page
    assert "Not for ana" not in page
    assert f'data-id="{post.id}"' in page
    assert f'formaction="/posts/{post.id}/favourite"' in page
    assert 'data-live="/live/home"' in page


async def test_an_empty_home_says_so_and_leads_on(desk: Desk) -> None:
    await desk.member()
    page = (await (await desk.signed_in()).get("/home")).text
    assert "You follow nobody who wrote something yet." in page
    assert 'href="/local"' in page


async def test_this_server_shows_what_is_for_its_members(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    await write(desk, "ben", "For all of us")
    await write(desk, "ben", "For one alone", audience=Audience.DIRECT)
    page = (await (await desk.signed_in()).get("/local")).text
    assert "For all of us" in page
    assert "For one alone" not in page


@pytest.mark.parametrize("path", ["/home", "/local", "/network", "/posts/1", "/compose", "/drafts"])
async def test_strangers_are_led_to_the_sign_in_page(desk: Desk, path: str) -> None:
    answer = await desk.browser().get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?")


async def test_pages_follow_each_other_without_gap_while_something_new_comes(desk: Desk) -> None:
    await desk.member()
    browser = await desk.signed_in()
    made = []
    for number in range(45):
        desk.clock.advance(seconds=1)
        made.append((await write(desk, "ana", f"Number {number}")).id)
    first = (await browser.get("/home")).text
    desk.clock.advance(seconds=1)
    fresh = await write(desk, "ana", "Just now")
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    second = (await browser.get(older[1])).text
    assert numbers_in(first) + numbers_in(second) == made[::-1]
    newer = (await browser.get(f"/home/newer?after={made[-1]}")).text
    assert numbers_in(newer) == [fresh.id]
    assert "<html" not in newer


@pytest.mark.parametrize("query", ["max_id=x", "max_id=-1", "min_id=99999999999999999999"])
async def test_what_is_no_number_in_the_address_asks_for_nothing(desk: Desk, query: str) -> None:
    await desk.member()
    assert (await (await desk.signed_in()).get(f"/home?{query}")).status_code == 200


async def test_somebody_elses_list_is_not_there(desk: Desk) -> None:
    await desk.member()
    browser = await desk.signed_in()
    assert (await browser.get("/lists/17")).status_code == 404
    assert (await browser.get("/lists/17/newer")).status_code == 404
    assert (await browser.get(f"/lists/{1 << 64}")).status_code == 404


@pytest.mark.parametrize("action", list(FilterAction))
async def test_a_filter_covers_or_hides_what_it_matches(desk: Desk, action: FilterAction) -> None:
    await desk.member("ana"), await desk.member("ben")
    ana = await desk.union.actor("ana")
    await write(desk, "ben", "Spoilers of the final")

    def unit(session: Session) -> None:
        row = Filter(
            owner_id=ana.id, title="Sport", contexts=["public"], action=action, created_at=desk.clock.now()
        )
        session.add(row)
        session.flush()
        session.add(FilterKeyword(filter_id=row.id, keyword="final", whole_word=True))
        announce(session, CHANGED, CACHE)

    await desk.db.write(unit)
    page = (await (await desk.signed_in()).get("/local")).text
    if action is FilterAction.HIDE:
        assert "Spoilers" not in page
    else:
        assert "<summary>Filtered: Sport</summary>" in page


async def test_home_with_forty_posts_is_small_and_asks_for_few_things(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    await follow(desk, "ana", "ben")
    for number in range(40):
        await write(desk, "ben", f"Word {number} of the committee, with #tags and @ana in it. " * 4)
    page = (await (await desk.signed_in()).get("/home")).text
    assert len(numbers_in(page)) == 40
    assets = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page))
    assert len(assets) + 1 <= MOST_REQUESTS
    browser = desk.browser()
    sizes = [len(gzip.compress((await browser.get(each)).content)) for each in assets]
    assert len(gzip.compress(page.encode())) + sum(sizes) <= MOST_BYTES


async def test_a_hashtag_shows_members_what_is_for_them(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    await write(desk, "ben", "For us #Congress")
    page = (await (await desk.signed_in()).get("/tags/congress")).text
    assert "For us" in page
    assert "For us" not in (await desk.browser().get("/tags/congress")).text


async def test_home_runs_as_many_statements_with_forty_posts_as_with_one(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    await follow(desk, "ana", "ben")
    ana = await desk.union.actor("ana")
    viewer = Viewer(ana.id, None, is_member=True)

    def work(session: Session) -> int:
        def load(session: Session) -> list[PostView]:
            return views_of(session, home_page(session, ana.id, Page(limit=40)), viewer)

        return len(statements_of(session, load)[1])

    await write(desk, "ben", "One @ana #tag")
    few = await desk.db.write(work)
    for number in range(39):
        await write(desk, "ben", f"Number {number} @ana #tag")
    assert await desk.db.write(work) == few <= 12
