"""What a member does with a post. Source: https://docs.joinmastodon.org/methods/statuses/"""

from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.api.endpoint import Answer, Call, Endpoint, post
from fediunion.api.mastodon.entities.visibility import audience_of_visibility
from fediunion.api.mastodon.fragments import Shown, changed_statuses, show
from fediunion.api.mastodon.statuses import one, own_post
from fediunion.kit.errors import NotFound
from fediunion.social.posts.service import interactions
from fediunion.social.posts.visibility import find_visible_post, get_visible_post

Act = Callable[[Session, Actor, int], object]


async def _act(call: Call, act: Act, *, undoes: bool = False) -> Answer:
    """Let the member do something with a post, or with what it boosts; show the post as it is then.

    What is undone may have become invisible meanwhile: it is undone, and then not found.
    """
    caller, named_id = call.member, call.id

    def unit(session: Session) -> tuple[int, Shown]:
        found = find_visible_post(session, named_id, caller.viewer)
        if found is None and not undoes:
            raise NotFound("There is no such post.")
        post_id = (found.boost_of_id if found is not None else None) or named_id
        act(session, get_actor(session, caller.actor_id), post_id)
        session.flush()
        return post_id, show(session, [post_id], caller.viewer)

    post_id, shown = await call.world.db.write(unit)
    return one(await changed_statuses(call.world, [post_id], shown, caller.viewer))


async def favourite(call: Call) -> Answer:
    """Like a post."""
    return await _act(call, interactions.favourite)


async def unfavourite(call: Call) -> Answer:
    """Like a post no longer."""
    return await _act(call, interactions.unfavourite, undoes=True)


async def bookmark(call: Call) -> Answer:
    """Keep a post for later."""
    return await _act(call, interactions.bookmark)


async def unbookmark(call: Call) -> Answer:
    """Keep a post no longer."""
    return await _act(call, interactions.unbookmark, undoes=True)


async def mute(call: Call) -> Answer:
    """Hear no more of a thread."""
    return await _act(call, interactions.mute_thread)


async def unmute(call: Call) -> Answer:
    """Hear of a thread again."""
    return await _act(call, interactions.unmute_thread)


async def pin(call: Call) -> Answer:
    """Show a post of one's own first."""

    def act(session: Session, member: Actor, post_id: int) -> None:
        interactions.pin(session, member, own_post(session, post_id, call.member))

    return await _act(call, act)


async def unpin(call: Call) -> Answer:
    """Show a post of one's own first no longer."""

    def act(session: Session, member: Actor, post_id: int) -> None:
        interactions.unpin(session, member, own_post(session, post_id, call.member))

    return await _act(call, act)


async def boost(call: Call) -> Answer:
    """Pass a post on; the answer is the boost, with the post in it."""
    caller, post_id = call.member, call.id
    word = call.params.text("visibility", most=20)
    audience = audience_of_visibility(word) if word else Audience.PUBLIC

    def unit(session: Session) -> tuple[int, Shown]:
        get_visible_post(session, post_id, caller.viewer)
        row = interactions.boost(session, get_actor(session, caller.actor_id), post_id, audience)
        session.flush()
        return row.id, show(session, [row.id], caller.viewer)

    boost_id, shown = await call.world.db.write(unit)
    return one(await changed_statuses(call.world, [boost_id], shown, caller.viewer))


async def unboost(call: Call) -> Answer:
    """Take a boost back."""
    return await _act(call, interactions.unboost, undoes=True)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    post("/api/v1/statuses/:id/favourite", favourite, "write:favourites"),
    post("/api/v1/statuses/:id/unfavourite", unfavourite, "write:favourites"),
    post("/api/v1/statuses/:id/bookmark", bookmark, "write:bookmarks"),
    post("/api/v1/statuses/:id/unbookmark", unbookmark, "write:bookmarks"),
    post("/api/v1/statuses/:id/reblog", boost, "write:statuses"),
    post("/api/v1/statuses/:id/unreblog", unboost, "write:statuses"),
    post("/api/v1/statuses/:id/pin", pin, "write:accounts"),
    post("/api/v1/statuses/:id/unpin", unpin, "write:accounts"),
    post("/api/v1/statuses/:id/mute", mute, "write:mutes"),
    post("/api/v1/statuses/:id/unmute", unmute, "write:mutes"),
)
