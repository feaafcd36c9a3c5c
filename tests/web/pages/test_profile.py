"""Profiles for members: what is shown of an account, and what one has to do with it."""

import re

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, Reach
from fediunion.social.annotations.models import AccountNote
from fediunion.social.follows.models import Block, Follow, MemberDomainBlock, Mute
from fediunion.social.lists.models import AccountList, ListedAccount
from tests.oauth.rig import Browser, Desk, fields_of
from tests.social.builders import remote_actor
from tests.web.pages.members import follow, write
from tests.web.pages.reaching import set_reach


async def do(browser: Browser, page: str, action: str, actor_id: int, **fields: str) -> int:
    """Send a form of a profile; return the status."""
    token = fields_of((await browser.get(page)).text)["form_token"]
    return (await browser.post(f"/people/{actor_id}/{action}", {"form_token": token} | fields)).status_code


async def test_a_colleague_nobody_outside_knows_of_has_a_profile_for_members_only(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    await write(desk, "ben", "Hello colleagues")
    page = await (await desk.signed_in()).get("/@ben")
    assert page.status_code == 200
    assert "Hello colleagues" in page.text
    stranger = await desk.browser().get("/@ben")
    assert (stranger.status_code, stranger.text) == (404, (await desk.browser().get("/@nobody")).text)


async def test_an_account_elsewhere_is_shown_under_its_handle(desk: Desk) -> None:
    await desk.member("ana")

    def unit(session: Session) -> None:
        actor = remote_actor(session, "far.test", "kim", summary="<p>About me</p>")
        actor.fields = [{"name": "Work", "value": "Nurse", "verified_at": None}]

    await desk.db.write(unit)
    browser = await desk.signed_in()
    page = (await browser.get("/@kim@far.test")).text
    assert "@kim@far.test" in page
    assert "<p>About me</p>" in page
    assert "Nurse" in page
    assert "Refuse all of far.test" in page
    # How much there is of it only its own server knows.
    assert "Followers</" not in page
    assert '<b class="num">' not in page
    assert (await browser.get("/@kim@elsewhere.test")).status_code == 404
    assert (await desk.browser().get("/@kim@far.test")).status_code == 404


async def test_following_and_what_belongs_to_it(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    ben = await desk.union.actor("ben")
    await set_reach(desk, "ben", Reach.PUBLIC)
    browser = await desk.signed_in()
    assert "Ask to follow" in (await browser.get("/@ben")).text
    assert await do(browser, "/@ben", "follow", ben.id, boosts="1") == 303
    (row,) = await desk.rows(Follow)
    assert (row.state, row.shows_boosts, row.notifies) == ("requested", True, False)
    assert await do(browser, "/@ben", "follow", ben.id, notify="1") == 303
    (row,) = await desk.rows(Follow)
    assert (row.shows_boosts, row.notifies) == (False, True)
    assert "Take the request back" in (await browser.get("/@ben")).text
    await follow(desk, "ana", "ben")
    assert "Unfollow" in (await browser.get("/@ben")).text
    assert await do(browser, "/@ben", "unfollow", ben.id) == 303
    assert await desk.rows(Follow) == []


async def test_one_follows_in_some_languages_and_changes_the_rest_without_losing_them(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    await follow(desk, "ana", "ben")
    ben, browser = await desk.union.actor("ben"), await desk.signed_in()
    assert await do(browser, "/@ben", "follow", ben.id, boosts="1", **{"language[]": "fr"}) == 303
    (row,) = await desk.rows(Follow)
    assert row.languages == ["fr"]
    page = (await browser.get("/@ben")).text
    assert 'name="language[]" value="fr" checked' in page
    assert 'name="language[]" value="en">' in page
    more = {"language[]": "fr", "more_language": "sw"}
    assert await do(browser, "/@ben", "follow", ben.id, boosts="1", **more) == 303
    assert [row.languages for row in await desk.rows(Follow)] == [["fr", "sw"]]
    bad = {"language[]": "<b>", "more_language": "not a language"}
    assert await do(browser, "/@ben", "follow", ben.id, boosts="1", **bad) == 303
    assert [row.languages for row in await desk.rows(Follow)] == [[]]


async def test_blocking_muting_and_a_note(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    ben = await desk.union.actor("ben")
    browser = await desk.signed_in()
    assert await do(browser, "/@ben", "mute", ben.id, duration="86400") == 303
    (muted,) = await desk.rows(Mute)
    assert not muted.mutes_notifications
    assert muted.expires_at is not None
    assert await do(browser, "/@ben", "unmute", ben.id) == 303
    assert await do(browser, "/@ben", "note", ben.id, note="Met at the congress") == 303
    assert [row.text for row in await desk.rows(AccountNote)] == ["Met at the congress"]
    assert ">\nMet at the congress</textarea>" in (await browser.get("/@ben")).text
    assert await do(browser, "/@ben", "block", ben.id) == 303
    assert len(await desk.rows(Block)) == 1
    page = (await browser.get("/@ben")).text
    assert "Unblock" in page
    assert "Met at the congress" not in (await (await desk.signed_in("ben")).get("/@ana")).text
    assert await do(browser, "/@ben", "unblock", ben.id) == 303
    assert await desk.rows(Block) == []


async def test_a_server_is_refused_and_read_again(desk: Desk) -> None:
    await desk.member("ana")
    kim_id = await desk.db.write(lambda session: remote_actor(session, "far.test", "kim").id)
    browser = await desk.signed_in()
    assert await do(browser, "/@kim@far.test", "block-server", kim_id) == 303
    assert [row.host for row in await desk.rows(MemberDomainBlock)] == ["far.test"]
    assert await do(browser, "/@kim@far.test", "unblock-server", kim_id) == 303
    assert await desk.rows(MemberDomainBlock) == []


async def test_lists_hold_whom_one_follows(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    await follow(desk, "ana", "ben")
    ana, ben = await desk.union.actor("ana"), await desk.union.actor("ben")

    def unit(session: Session) -> int:
        row = AccountList(owner_id=ana.id, title="Congress", created_at=desk.clock.now())
        session.add(row)
        return row.id

    list_id = await desk.db.write(unit)
    browser = await desk.signed_in()
    assert await do(browser, "/@ben", "lists", ben.id, **{"list[]": str(list_id)}) == 303
    assert [row.actor_id for row in await desk.rows(ListedAccount)] == [ben.id]
    assert re.search(rf'name="list\[\]" value="{list_id}" checked', (await browser.get("/@ben")).text)
    await write(desk, "ben", "On the list")
    assert "On the list" in (await browser.get(f"/lists/{list_id}")).text
    assert await do(browser, "/@ben", "lists", ben.id) == 303
    assert await desk.rows(ListedAccount) == []


@pytest.mark.parametrize("action", ["paint", "follow"])
async def test_what_is_not_there_is_no_page(desk: Desk, action: str) -> None:
    await desk.member("ana")
    browser = await desk.signed_in()
    assert await do(browser, "/compose", action, 17) == 404
    assert await do(browser, "/compose", action, 1 << 64) == 404


async def test_one_cannot_follow_oneself_and_is_offered_nothing_of_the_kind(desk: Desk) -> None:
    await desk.member("ana")
    ana = await desk.union.actor("ana")
    browser = await desk.signed_in()
    page = (await browser.get("/@ana")).text
    assert "/follow" not in page.partition("<main")[2]
    token = fields_of((await browser.get("/compose")).text)["form_token"]
    assert (await browser.post(f"/people/{ana.id}/follow", {"form_token": token})).status_code == 403


async def test_how_many_follow_is_told_and_who_is_not(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben"), await desk.member("cleo")
    await follow(desk, "cleo", "ben")
    page = (await (await desk.signed_in()).get("/@ben")).text
    figures = re.findall(r'<b class="num">(\d+)</b> (\w+)', page)
    assert figures == [("0", "Posts"), ("1", "Followers"), ("0", "Following")]
    assert "cleo" not in page


async def test_tabs_show_replies_and_pictures(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    first = await write(desk, "ana", "First")
    await write(desk, "ben", "An answer", in_reply_to_id=first.id)
    browser = await desk.signed_in()
    assert "An answer" not in (await browser.get("/@ben")).text
    assert "An answer" in (await browser.get("/@ben?tab=replies")).text
    assert "An answer" not in (await browser.get("/@ben?tab=media")).text


async def test_a_suspended_account_says_nothing_of_itself(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    ben = await desk.union.actor("ben")
    await write(desk, "ben", "Hello", audience=Audience.LOCAL)

    def unit(session: Session) -> None:
        row = session.get_one(Actor, ben.id)
        row.suspended_at, row.summary = desk.clock.now(), "<p>My words</p>"

    await desk.db.write(unit)
    page = (await (await desk.signed_in()).get("/@ben")).text
    assert "This account is suspended." in page
    assert "My words" not in page
    assert "Hello" not in page
