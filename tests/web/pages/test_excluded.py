"""A post from elsewhere that excludes a member, and a reply that its author did not accept (GoToSocial)."""

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Reach
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.approvals import keep_refusal
from tests.oauth.rig import Browser, Desk
from tests.social.builders import post_by, remote_actor
from tests.web.pages.composing import send_form
from tests.web.pages.members import press, write
from tests.web.pages.reaching import set_reach

LET = "The author of this post does not let you"
REFUSED = "The author of the post that you reply to did not accept your reply."


async def _signed_in(desk: Desk, name: str) -> Browser:
    await desk.member(name)
    await set_reach(desk, name, Reach.PUBLIC)
    return await desk.signed_in(name)


async def _theirs(desk: Desk, *rules: str) -> Post:
    """Return a post from elsewhere that lets nobody do what those rules are about."""

    def unit(session: Session) -> Post:
        author = remote_actor(session, "far.test", "zoe")
        post = post_by(session, author)
        rule = {"automaticApproval": [author.uri], "manualApproval": []}
        post.interaction_policy = dict.fromkeys(rules, rule)
        return post

    made: Post = await desk.db.write(unit)
    return made


@pytest.mark.parametrize("action", ["favourite", "boost"])
async def test_who_is_excluded_is_told_so(desk: Desk, action: str) -> None:
    ana = await _signed_in(desk, "ana")
    post = await _theirs(desk, "canLike", "canAnnounce")
    page = f"/posts/{post.id}"
    answer = await press(ana, page, f"{page}/{action}", back=page)
    assert answer.status_code == 422
    assert LET in answer.text


async def test_a_reply_that_is_not_let_keeps_its_words(desk: Desk) -> None:
    ana = await _signed_in(desk, "ana")
    post = await _theirs(desk, "canReply")
    answer = await send_form(ana, {"text": "But this matters"}, page=f"/compose?reply={post.id}")
    assert answer.status_code == 422
    assert LET in answer.text
    assert "But this matters" in answer.text


async def test_who_wrote_a_reply_that_was_not_accepted_is_shown_that_and_nobody_else(desk: Desk) -> None:
    ana, ben = await _signed_in(desk, "ana"), await _signed_in(desk, "ben")
    post = await _theirs(desk)
    reply = await write(desk, "ana", "Good evening", audience=Audience.PUBLIC, in_reply_to_id=post.id)
    page = f"/posts/{reply.id}"
    assert REFUSED not in (await ana.get(page)).text
    await desk.db.write(lambda session: keep_refusal(session, session.get_one(Post, reply.id)))
    assert REFUSED in (await ana.get(page)).text
    shown = await ben.get(page)
    assert shown.status_code == 200
    assert REFUSED not in shown.text
