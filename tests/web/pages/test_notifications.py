"""Notifications on a page: in groups, by kind, put away, marked as read, kept back and heard."""

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.kit.pages import Page
from fediunion.social.notifications.groups import Selection
from fediunion.social.notifications.models import Notification, Treatment
from fediunion.social.notifications.policy import change_policy, policy_of
from fediunion.social.posts.service.interactions import favourite
from fediunion.social.posts.service.publishing import remove_post
from fediunion.web.pages.notifications import load_groups
from tests.oauth.rig import Browser, Desk, fields_of
from tests.social.plans import statements_of
from tests.web.pages.members import follow, press, write


@pytest.fixture
async def ana(desk: Desk) -> Browser:
    await desk.member("ana")
    for name in ("ben", "cleo"):
        await desk.member(name)
    return await desk.signed_in("ana")


async def like(desk: Desk, name: str, post_id: int) -> None:
    actor = await desk.union.actor(name)
    await desk.db.write(lambda session: favourite(session, session.get_one(Actor, actor.id), post_id))


async def test_an_empty_page_says_what_would_be_here(ana: Browser) -> None:
    page = await ana.get("/notifications")
    assert page.status_code == 200
    assert "Nothing new" in page.text


async def test_who_did_the_same_thing_stands_together_and_the_post_is_shown(desk: Desk, ana: Browser) -> None:
    post = await write(desk, "ana", "Read this")
    await like(desk, "ben", post.id)
    await like(desk, "cleo", post.id)
    await follow(desk, "ben", "ana")
    page = (await ana.get("/notifications")).text
    assert "1 other like your post" in page
    assert "ben" in page
    assert "cleo" in page
    assert page.count("Read this") == 1
    assert "follows you" in page or "asks to follow you" in page


async def test_a_tab_shows_its_kinds_only(desk: Desk, ana: Browser) -> None:
    post = await write(desk, "ana", "Read this")
    await like(desk, "ben", post.id)
    await write(desk, "ben", "@ana have you seen it?")
    mentions = (await ana.get("/notifications?kind=mentions")).text
    assert "mentions you" in mentions
    assert "likes your post" not in mentions
    assert "likes your post" in (await ana.get("/notifications?kind=posts")).text
    assert "mentions you" in (await ana.get("/notifications?kind=no-such-kind")).text


async def test_what_is_new_is_marked_until_it_is_read(desk: Desk, ana: Browser) -> None:
    post = await write(desk, "ana", "Read this")
    await like(desk, "ben", post.id)
    page = (await ana.get("/notifications")).text
    assert "told-new" in page
    done = await ana.post("/notifications/read", fields_of(page))
    assert done.headers["location"] == "/notifications"
    assert "told-new" not in (await ana.get("/notifications")).text
    assert (await press(ana, "/notifications", "/notifications/clear")).status_code == 303
    assert "Nothing new" in (await ana.get("/notifications")).text


async def test_a_group_is_put_away_and_nobody_puts_away_those_of_others(desk: Desk, ana: Browser) -> None:
    post = await write(desk, "ana", "Read this")
    await like(desk, "cleo", post.id)
    (row,) = await desk.rows(Notification)
    ben = await desk.signed_in("ben")
    token = fields_of((await ben.get("/settings/notifications")).text)
    assert (await ben.post("/notifications/dismiss", token | {"key": row.group_key})).status_code == 404
    assert "likes your post" in (await ana.get("/notifications")).text
    assert (
        await press(ana, "/notifications", "/notifications/dismiss", key=row.group_key)
    ).status_code == 303
    assert "likes your post" not in (await ana.get("/notifications")).text


@pytest.mark.parametrize("key", ["", "x" * 100, "'; drop", "ungrouped-999999999999999999"])
async def test_what_is_no_group_is_not_found(ana: Browser, key: str) -> None:
    token = fields_of((await ana.get("/settings/notifications")).text)
    assert (await ana.post("/notifications/dismiss", token | {"key": key})).status_code == 404


async def test_V14_a_post_that_is_gone_takes_its_notification_along(desk: Desk, ana: Browser) -> None:
    post = await write(desk, "ben", "@ana secret plans", audience=Audience.DIRECT)
    assert "secret plans" in (await ana.get("/notifications")).text
    await desk.db.write(lambda session: remove_post(session, session.merge(post)))
    assert "secret plans" not in (await ana.get("/notifications")).text


async def test_who_is_kept_back_waits_and_is_heard_or_put_away(desk: Desk, ana: Browser) -> None:
    me = await desk.union.actor("ana")
    await desk.db.write(change_policy, me.id, {"for_not_following": Treatment.FILTER})
    await write(desk, "ben", "@ana hello from ben")
    await write(desk, "cleo", "@ana hello from cleo")
    page = (await ana.get("/notifications")).text
    assert "hello from ben" not in page
    assert "2 persons wait to be heard" in page
    requests = (await ana.get("/notifications/requests")).text
    first = min(row.id for row in await desk.rows(Notification))
    last = max(row.id for row in await desk.rows(Notification))
    assert "ben" in requests
    await press(ana, "/notifications/requests", f"/notifications/requests/{first}/accept")
    assert "hello from ben" in (await ana.get("/notifications")).text
    await press(ana, "/notifications/requests", f"/notifications/requests/{last}/dismiss")
    assert "Nobody waits" in (await ana.get("/notifications/requests")).text
    assert "hello from cleo" not in (await ana.get("/notifications")).text


async def test_a_request_of_another_member_is_not_there(desk: Desk, ana: Browser) -> None:
    me = await desk.union.actor("ana")
    await desk.db.write(change_policy, me.id, {"for_not_following": Treatment.FILTER})
    await write(desk, "cleo", "@ana hello")
    (row,) = await desk.rows(Notification)
    ben = await desk.signed_in("ben")
    token = fields_of((await ben.get("/settings/notifications")).text)
    answer = await ben.post(f"/notifications/requests/{row.id}/accept", token)
    assert answer.status_code == 404


async def test_the_policy_is_saved_and_a_strange_word_changes_nothing(desk: Desk, ana: Browser) -> None:
    me = await desk.union.actor("ana")
    done = await press(
        ana,
        "/settings/notifications",
        "/settings/notifications",
        for_new_accounts="filter",
        for_not_following="nonsense",
        shows_text="1",
    )
    assert done.status_code == 303
    policy = await desk.db.read(policy_of, me.id)
    assert policy["for_new_accounts"] == "filter"
    assert policy["for_not_following"] == "accept"
    assert "Saved." in (await ana.get("/settings/notifications")).text


async def test_a_long_list_goes_on_on_further_pages(desk: Desk, ana: Browser) -> None:
    for number in range(22):
        await write(desk, "ben", f"@ana number {number:03}")
    first = (await ana.get("/notifications")).text
    assert "number 021" in first
    assert "number 001" not in first
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = (await ana.get(older)).text
    assert "number 001" in second
    assert "number 021" not in second


async def test_the_statements_of_a_page_do_not_grow_with_what_is_on_it(desk: Desk, ana: Browser) -> None:
    me = await desk.union.actor("ana")

    async def statements() -> int:
        def unit(session: Session) -> int:
            _, ran = statements_of(
                session, lambda s: load_groups(s, me.id, me_viewer, Page(limit=20), Selection())
            )
            return len(ran)

        return int(await desk.db.read(unit))

    me_viewer = Viewer(me.id, None, is_member=True)
    for number in range(3):
        await write(desk, "ben", f"@ana number {number}")
    few = await statements()
    for number in range(12):
        await write(desk, "cleo", f"@ana number {number}")
    assert await statements() == few
    assert few <= 14
