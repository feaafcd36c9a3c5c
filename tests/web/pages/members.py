"""Members with browsers, whose pages are looked at: what tests of several pages need."""

from typing import Any

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.social.follows.service import complete_follow, request_follow
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.publishing import PostDraft, publish_post
from tests.oauth.rig import Browser, Desk, fields_of


async def write(
    desk: Desk, name: str, text: str, *, audience: Audience = Audience.LOCAL, **draft: Any
) -> Post:
    """Return a new post of a member; `draft` as PostDraft has it."""
    author = await desk.union.actor(name)

    def unit(session: Session) -> Post:
        return publish_post(
            session, session.get_one(Actor, author.id), PostDraft(text=text, audience=audience, **draft)
        )

    made: Post = await desk.db.write(unit)
    return made


async def follow(desk: Desk, follower: str, followed: str, *, asks: bool = False) -> None:
    """Let one member follow another, or with `asks` only ask."""
    one, other = await desk.union.actor(follower), await desk.union.actor(followed)

    def unit(session: Session) -> None:
        made = request_follow(session, session.get_one(Actor, one.id), session.get_one(Actor, other.id))
        session.flush()
        if not asks and made.state != "accepted":
            complete_follow(session, made)

    await desk.db.write(unit)


async def press(browser: Browser, page: str, action: str, /, **fields: str) -> Any:
    """Send the form of a page that leads to `action`; return the answer. Fails where there is none."""
    shown = await browser.get(page)
    assert shown.status_code == 200, shown.text
    assert f'action="{action}"' in shown.text, action
    token = fields_of(shown.text)["form_token"]
    return await browser.post(action, {"form_token": token} | fields)
