"""Bookmarks, favourites, followed hashtags and conversations: of one member, for nobody else."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.social.posts.models import ConversationEntry, Post
from fediunion.social.posts.service.interactions import bookmark, favourite
from fediunion.social.posts.service.publishing import remove_post
from tests.oauth.rig import Browser, Desk, fields_of
from tests.web.pages.members import press, write


@pytest.fixture
async def ana(desk: Desk) -> Browser:
    for name in ("ana", "ben", "cleo"):
        await desk.member(name)
    return await desk.signed_in("ana")


PAGES = (
    "/bookmarks",
    "/favourites",
    "/followed-tags",
    "/conversations",
    "/notifications",
    "/notifications/requests",
    "/follow-requests",
    "/search",
    "/settings",
    "/settings/notifications",
    "/settings/mutes",
    "/settings/blocks",
    "/settings/servers",
    "/settings/lists",
    "/settings/filters",
    "/settings/filters/new",
    "/settings/profile",
    "/settings/reach",
    "/settings/preferences",
    "/settings/transfers",
    "/settings/move",
    "/settings/archive",
    "/settings/erase",
)


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_of_a_member_is_there_for_members_and_kept_by_nobody(
    desk: Desk, ana: Browser, path: str
) -> None:
    page = await ana.get(path)
    assert page.status_code == 200, page.text
    assert page.headers["cache-control"] == "no-store"
    assert "<h1" in page.text
    stranger = await desk.browser().get(path)
    assert stranger.status_code == 303
    assert stranger.headers["location"].startswith("/sign-in?")


@pytest.mark.parametrize(
    ("path", "keep"), [("/bookmarks", bookmark), ("/favourites", favourite)], ids=["b", "f"]
)
async def test_what_is_kept_is_shown_to_who_keeps_it(desk: Desk, ana: Browser, path: str, keep: Any) -> None:
    me, post = await desk.union.actor("ana"), await write(desk, "ben", "Keep this")
    await desk.db.write(lambda session: keep(session, session.get_one(Actor, me.id), post.id))
    assert "Keep this" in (await ana.get(path)).text
    assert "Keep this" not in (await (await desk.signed_in("ben")).get(path)).text


async def test_V14_what_is_gone_or_narrowed_is_kept_by_nobody(desk: Desk, ana: Browser) -> None:
    me = await desk.union.actor("ana")
    gone, narrowed = await write(desk, "ben", "Soon gone"), await write(desk, "ben", "Soon private")

    def keep(session: Session) -> None:
        for post in (gone, narrowed):
            bookmark(session, session.get_one(Actor, me.id), post.id)
        session.get_one(Post, narrowed.id).audience = Audience.DIRECT
        remove_post(session, session.get_one(Post, gone.id))

    await desk.db.write(keep)
    page = (await ana.get("/bookmarks")).text
    assert "Soon" not in page
    assert "No bookmarks here" in page


async def test_a_hashtag_is_followed_and_left(desk: Desk, ana: Browser) -> None:
    done = await press(ana, "/followed-tags", "/followed-tags", name="#Pensions")
    assert done.status_code == 303
    page = (await ana.get("/followed-tags")).text
    assert "#pensions" in page
    await press(ana, "/followed-tags", "/followed-tags/end", name="pensions")
    assert "You follow no hashtag" in (await ana.get("/followed-tags")).text


async def test_what_is_no_hashtag_is_shown_again_with_what_is_wrong(ana: Browser) -> None:
    page = await press(ana, "/followed-tags", "/followed-tags", name="two words <b>")
    assert page.status_code == 422
    assert "This is not a hashtag." in page.text
    assert "two words &lt;b&gt;" in page.text


async def test_a_conversation_is_begun_from_the_list_and_from_a_profile(ana: Browser) -> None:
    profile = (await ana.get("/@ben")).text
    for page in ((await ana.get("/conversations")).text, profile):
        (link,) = re.findall(r'href="(/compose\?audience=direct[^"]*)"', page)
        form = (await ana.get(unescape(link))).text
        assert re.search(r'value="direct" checked', form)
    assert "@ben </textarea>" in form


async def test_V13_a_conversation_is_read_by_those_in_it_under_the_sentence_about_administrators(
    desk: Desk, ana: Browser
) -> None:
    await write(desk, "ben", "@ana between us", audience=Audience.DIRECT)
    row = next(each for each in await desk.rows(ConversationEntry) if each.unread)
    page = (await ana.get("/conversations")).text
    assert "between us" in page
    assert "can read them" in page
    whole = (await ana.get(f"/conversations/{row.id}")).text
    assert "between us" in whole
    assert "can read them" in whole
    cleo = await desk.signed_in("cleo")
    assert (await cleo.get(f"/conversations/{row.id}")).status_code == 404
    assert "between us" not in (await cleo.get("/conversations")).text
    token = fields_of((await cleo.get("/settings/lists")).text)
    for act in ("read", "remove"):
        assert (await cleo.post(f"/conversations/{row.id}/{act}", token)).status_code == 404


async def test_V13_who_is_named_later_does_not_read_what_was_said_before(desk: Desk, ana: Browser) -> None:
    first = await write(desk, "ben", "@ana early words", audience=Audience.DIRECT)
    await write(desk, "ben", "@ana @cleo late words", audience=Audience.DIRECT, in_reply_to_id=first.id)
    cleo, actor = await desk.signed_in("cleo"), await desk.union.actor("cleo")
    row = next(each for each in await desk.rows(ConversationEntry) if each.owner_id == actor.id)
    page = (await cleo.get(f"/conversations/{row.id}")).text
    assert "late words" in page
    assert "early words" not in page


async def test_a_conversation_is_marked_as_read_and_taken_off_the_list(desk: Desk, ana: Browser) -> None:
    await write(desk, "ben", "@ana between us", audience=Audience.DIRECT)
    me = await desk.union.actor("ana")
    row = next(each for each in await desk.rows(ConversationEntry) if each.owner_id == me.id)
    assert "Unread" in (await ana.get("/conversations")).text
    await press(ana, "/conversations", f"/conversations/{row.id}/read")
    assert "Unread" not in (await ana.get("/conversations")).text
    await press(ana, "/conversations", f"/conversations/{row.id}/remove")
    assert "No conversations" in (await ana.get("/conversations")).text
