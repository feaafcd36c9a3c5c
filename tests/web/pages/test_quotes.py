"""Quotes: who may quote is asked from what holds now, and one's own post is taken out of another's."""

import re

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Reach
from fediunion.social.posts.models import Post
from tests.oauth.rig import Browser, Desk
from tests.web.pages.composing import send_form
from tests.web.pages.members import press, write
from tests.web.pages.reaching import set_reach

CHOSEN = re.compile(r'name="quote_policy" value="(\w+)" checked')
SELECTED = re.compile(r'<option value="(public|followers|nobody)" selected')


async def public_members(desk: Desk) -> Browser:
    """Return ana's browser; she and ben are public."""
    for name in ("ana", "ben"):
        await desk.member(name)
        await set_reach(desk, name, Reach.PUBLIC)
    return await desk.signed_in("ana")


async def test_the_form_begins_with_who_may_quote_the_post_now(desk: Desk) -> None:
    ana = await public_members(desk)
    for policy in ("public", "followers", "nobody"):
        post = await write(desk, "ana", "Mine", audience=Audience.PUBLIC, quote_policy=policy)
        assert CHOSEN.findall((await ana.get(f"/posts/{post.id}")).text) == [policy]
        assert SELECTED.findall((await ana.get(f"/compose?edit={post.id}")).text) == [policy]


async def test_an_edit_leaves_who_may_quote_as_it_was(desk: Desk) -> None:
    ana = await public_members(desk)
    post = await write(desk, "ana", "Mine", audience=Audience.PUBLIC, quote_policy="nobody")
    done = await send_form(ana, {"text": "Mine, changed"}, page=f"/compose?edit={post.id}")
    assert done.status_code == 303
    assert CHOSEN.findall((await ana.get(f"/posts/{post.id}")).text) == ["nobody"]


async def test_ones_own_post_is_taken_out_of_a_quote_from_either_page(desk: Desk) -> None:
    ana = await public_members(desk)
    own = await write(desk, "ana", "Quote me", audience=Audience.PUBLIC)
    first, second = [
        await write(desk, "ben", text, audience=Audience.PUBLIC, quote_of_id=own.id)
        for text in ("One", "Two")
    ]
    for quoting, page in ((first, f"/posts/{first.id}"), (second, f"/posts/{own.id}/quoting")):
        assert "Quote me" in (await ana.get(f"/posts/{quoting.id}")).text
        done = await press(ana, page, f"/posts/{own.id}/quotes/{quoting.id}/revoke", back=page)
        assert (done.status_code, done.headers["location"]) == (303, page)
        shown = (await ana.get(f"/posts/{quoting.id}")).text
        assert "Quote me" not in shown
        assert "Take your post out of it" not in shown
    assert {row.quote_state for row in await desk.rows(Post) if row.quote_of_id} == {"revoked"}


async def test_O12_only_the_author_of_the_quoted_post_takes_it_back(desk: Desk) -> None:
    ana = await public_members(desk)
    theirs = await write(desk, "ben", "Quote me", audience=Audience.PUBLIC)
    own = await write(desk, "ana", "Other", audience=Audience.PUBLIC)
    quoting = await write(desk, "ana", "As Ben says", audience=Audience.PUBLIC, quote_of_id=theirs.id)
    assert "Take your post out of it" not in (await ana.get(f"/posts/{theirs.id}/quoting")).text
    assert "Take your post out of it" not in (await ana.get(f"/posts/{quoting.id}")).text
    for path in (
        f"/posts/{theirs.id}/quotes/{quoting.id}/revoke",
        f"/posts/{own.id}/quotes/{quoting.id}/revoke",
        f"/posts/{own.id}/quotes/{'9' * 25}/revoke",
    ):
        form = {"back": "/home"}
        token = re.findall(r'name="form_token" value="([^"]+)"', (await ana.get("/home")).text)[0]
        assert (await ana.post(path, form | {"form_token": token})).status_code == 404, path
    (row,) = [row for row in await desk.rows(Post) if row.id == quoting.id]
    assert row.quote_state == "accepted"
