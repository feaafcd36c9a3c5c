"""Follow requests, mutes, blocks, refused servers, lists and filters: made, changed, undone."""

import re

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.social.filters.models import Filter, FilterKeyword
from fediunion.social.follows.models import Block, Follow, FollowState, MemberDomainBlock, Mute
from fediunion.social.follows.restrictions import block, mute
from fediunion.social.lists.models import AccountList, ListedAccount
from tests.oauth.rig import Browser, Desk, fields_of
from tests.social.builders import remote_actor
from tests.web.pages.members import follow, press, write


@pytest.fixture
async def ana(desk: Desk) -> Browser:
    for name in ("ana", "ben", "cleo"):
        await desk.member(name)
    return await desk.signed_in("ana")


async def unwanted(desk: Desk, act: object) -> int:
    """Let ana mute or block ben; return the id of ben."""
    me, ben = await desk.union.actor("ana"), await desk.union.actor("ben")

    def unit(session: Session) -> None:
        assert callable(act)
        act(session, session.get_one(Actor, me.id), session.get_one(Actor, ben.id))

    await desk.db.write(unit)
    return ben.id


@pytest.mark.parametrize(("answer", "left"), [("accept", ["accepted"]), ("refuse", [])], ids=["yes", "no"])
async def test_who_asks_to_follow_is_let_in_or_refused(
    desk: Desk, ana: Browser, answer: str, left: list[str]
) -> None:
    await follow(desk, "ben", "ana", asks=True)
    (row,) = await desk.rows(Follow)
    assert row.state == FollowState.REQUESTED
    assert "ben" in (await ana.get("/follow-requests")).text
    await press(ana, "/follow-requests", f"/follow-requests/{row.follower_id}/{answer}")
    assert [each.state for each in await desk.rows(Follow)] == left
    assert "Nobody asks" in (await ana.get("/follow-requests")).text


async def test_R06_a_flood_of_requests_comes_in_pages_and_none_is_left_out(desk: Desk, ana: Browser) -> None:
    me = await desk.union.actor("ana")

    def flood(session: Session) -> None:
        for number in range(50):
            stranger = remote_actor(session, "far.test", f"stranger{number:02}")
            session.add(Follow(follower_id=stranger.id, followed_id=me.id, created_at=now_of(session)))

    await desk.db.write(flood)
    seen, path = [], "/follow-requests"
    while path:
        shown = (await ana.get(path)).text
        seen.append(set(re.findall(r"stranger\d\d", shown)))
        path = shown.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert len(seen) > 1
    assert len(set[str]().union(*seen)) == sum(map(len, seen)) == 50


async def test_nobody_answers_for_another_member(desk: Desk, ana: Browser) -> None:
    await follow(desk, "ben", "ana", asks=True)
    (row,) = await desk.rows(Follow)
    cleo = await desk.signed_in("cleo")
    token = fields_of((await cleo.get("/settings/lists")).text)
    assert (await cleo.post(f"/follow-requests/{row.follower_id}/accept", token)).status_code == 404
    assert [each.state for each in await desk.rows(Follow)] == [FollowState.REQUESTED]


@pytest.mark.parametrize(
    ("act", "table", "path"),
    [(mute, Mute, "/settings/mutes"), (block, Block, "/settings/blocks")],
    ids=["mute", "block"],
)
async def test_a_mute_or_a_block_is_undone(
    desk: Desk, ana: Browser, act: object, table: type, path: str
) -> None:
    number = await unwanted(desk, act)
    assert "@ben@us.example" in (await ana.get(path)).text
    await press(ana, path, f"{path}/{number}/end")
    assert await desk.rows(table) == []


async def test_a_server_is_refused_after_a_look_at_what_ends_and_read_again(desk: Desk, ana: Browser) -> None:
    look = (await ana.get("/settings/servers?server=bad.example")).text
    assert "you stop following 0 people" in look
    token = fields_of(look) | {"server": "bad.example"}
    assert (await ana.post("/settings/servers", token)).status_code == 303
    assert [row.host for row in await desk.rows(MemberDomainBlock)] == ["bad.example"]
    await press(ana, "/settings/servers", "/settings/servers/end", server="bad.example")
    assert await desk.rows(MemberDomainBlock) == []


@pytest.mark.parametrize("host", ["us.example", "not a host", "<b>"], ids=["own", "words", "markup"])
async def test_what_cannot_be_refused_is_shown_again(desk: Desk, ana: Browser, host: str) -> None:
    token = fields_of((await ana.get("/settings/lists")).text)
    page = await ana.post("/settings/servers", token | {"server": host})
    assert page.status_code == 422
    assert "<b>" not in page.text.replace("<p><b>", "")
    assert await desk.rows(MemberDomainBlock) == []


async def test_a_list_is_made_filled_changed_and_deleted(desk: Desk, ana: Browser) -> None:
    await follow(desk, "ana", "ben")
    made = await press(ana, "/settings/lists", "/settings/lists", title="The office")
    path = made.headers["location"]
    await press(ana, path, f"{path}/add", account="@ben")
    (listed,) = await desk.rows(ListedAccount)
    assert "@ben@us.example" in (await ana.get(path)).text
    await press(ana, path, path, title="Night shift", replies="none", exclusive="1")
    (row,) = await desk.rows(AccountList)
    assert (row.title, row.replies_policy, row.exclusive) == ("Night shift", "none", True)
    await press(ana, path, f"{path}/remove", actor=str(listed.actor_id))
    assert await desk.rows(ListedAccount) == []
    await press(ana, path, f"{path}/delete")
    assert await desk.rows(AccountList) == []


async def test_only_somebody_followed_can_be_on_a_list_and_what_was_typed_stays(
    desk: Desk, ana: Browser
) -> None:
    path = (await press(ana, "/settings/lists", "/settings/lists", title="x")).headers["location"]
    for account in ("@cleo", "nobody@nowhere.example", ""):
        page = await press(ana, path, f"{path}/add", account=account)
        assert page.status_code == 422
        assert "Only people whom you follow" in page.text
        assert f'value="{account}"' in page.text
    assert await desk.rows(ListedAccount) == []


async def test_a_list_and_a_filter_are_there_for_their_owner_alone(desk: Desk, ana: Browser) -> None:
    await press(ana, "/settings/lists", "/settings/lists", title="Mine")
    fields = {"title": "Mine", "context[]": "home", "action": "warn"}
    await press(ana, "/settings/filters/new", "/settings/filters/new", **fields)
    (row,), (rule,) = await desk.rows(AccountList), await desk.rows(Filter)
    ben = await desk.signed_in("ben")
    token = fields_of((await ben.get("/settings/lists")).text)
    for path in (f"/settings/lists/{row.id}", f"/settings/filters/{rule.id}"):
        assert (await ben.get(path)).status_code == 404
        assert (await ben.post(path, token | {"title": "Yours", "context[]": "home"})).status_code == 404
        assert (await ben.post(f"{path}/delete", token)).status_code == 404
    assert (await ana.get(f"/settings/lists/{1 << 70}")).status_code == 404


async def test_a_filter_is_made_changed_and_deleted_and_holds_on_pages(desk: Desk, ana: Browser) -> None:
    form = {"title": "Football", "words": "penalty\ngoal\n\ngoal", "whole": "1", "action": "hide"}
    made = await press(
        ana, "/settings/filters/new", "/settings/filters/new", **form, **{"context[]": "notifications"}
    )
    assert made.status_code == 303
    (row,) = await desk.rows(Filter)
    assert sorted(each.keyword for each in await desk.rows(FilterKeyword)) == ["goal", "penalty"]
    await write(desk, "ben", "@ana what a goal")
    assert "what a goal" not in (await ana.get("/notifications")).text
    path = f"/settings/filters/{row.id}"
    await press(ana, path, path, title="Ball", words="handball\ngoal", action="warn", **{"context[]": "home"})
    assert sorted(each.keyword for each in await desk.rows(FilterKeyword)) == ["goal", "handball"]
    assert "what a goal" in (await ana.get("/notifications")).text
    await press(ana, "/settings/filters", f"{path}/delete")
    assert await desk.rows(Filter) == []


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": "", "context[]": "home"}, "A filter needs a title."),
        ({"title": "x"}, "Choose where the filter is used."),
        ({"title": "x", "context[]": "home", "action": "explode"}, "A filter warns, hides or blurs."),
    ],
    ids=["title", "nowhere", "action"],
)
async def test_a_filter_that_cannot_be_is_shown_again(
    desk: Desk, ana: Browser, fields: dict[str, str], problem: str
) -> None:
    given = {"words": "typed <i>", "action": "warn"} | fields
    page = await press(ana, "/settings/filters/new", "/settings/filters/new", **given)
    assert page.status_code == 422
    assert problem in page.text
    assert "typed &lt;i&gt;" in page.text
    assert await desk.rows(Filter) == []
