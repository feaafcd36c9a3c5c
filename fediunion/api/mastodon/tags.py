"""Hashtags. Source: https://docs.joinmastodon.org/methods/tags/"""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import Viewer
from fediunion.api.endpoint import Answer, Call, Endpoint, Json, get, post
from fediunion.api.mastodon.entities.frame import Entity, Frame, frame_for
from fediunion.api.mastodon.entities.tag import tag_entity
from fediunion.api.mastodon.listing import links
from fediunion.kit.errors import NotFound
from fediunion.kit.text import normalise_hashtag, valid_hashtag
from fediunion.social.profiles.queries import list_featured_tags
from fediunion.social.profiles.service import feature_tag, unfeature_tags
from fediunion.social.tags.queries import followed_among, list_followed_tags
from fediunion.social.tags.service import follow_tag, unfollow_tag


def tag_name(text: str) -> str:
    """Return the name under which a hashtag is stored. Raises NotFound for what can be none."""
    name = normalise_hashtag(text)
    if not valid_hashtag(name):
        raise NotFound("There is no such hashtag.")
    return name


def tag_entities(session: Session, names: Sequence[str], viewer: Viewer, frame: Frame) -> list[Entity]:
    """Return hashtags of these normalised names as one viewer sees them: followed, featured."""
    followed: set[str] = set()
    featured: set[str] = set()
    if viewer.is_member and viewer.actor_id is not None:
        followed = followed_among(session, viewer.actor_id, names)
        featured = {tag.name for tag in list_featured_tags(session, viewer.actor_id)}
    return [tag_entity(name, frame, following=name in followed, featuring=name in featured) for name in names]


async def show_tag(call: Call) -> Json:
    """Show a hashtag; every one exists."""
    frame = frame_for(call.world.settings, call.viewer)
    names = [tag_name(call.open_parts["name"])]
    return (await call.world.db.read(tag_entities, names, call.viewer, frame))[0]


async def show_followed_tags(call: Call) -> Answer:
    """Show which hashtags the member follows. Source: https://docs.joinmastodon.org/methods/followed_tags/"""
    page, caller = call.page(100, most=200), call.member
    frame = frame_for(call.world.settings, caller.viewer)

    def unit(session: Session) -> tuple[list[Entity], list[int]]:
        rows = list_followed_tags(session, caller.actor_id, page)
        shown = tag_entities(session, [row.name for row in rows], caller.viewer, frame)
        return shown, [row.id for row in rows]

    shown, cursors = await call.world.db.read(unit)
    return Answer(shown, headers=links(call, page, cursors))


async def _act(call: Call, act: Callable[[Session, Actor, str], object]) -> Json:
    caller, name = call.member, tag_name(call.open_parts["name"])
    frame = frame_for(call.world.settings, caller.viewer)

    def unit(session: Session) -> Entity:
        act(session, get_actor(session, caller.actor_id), name)
        session.flush()
        return tag_entities(session, [name], caller.viewer, frame)[0]

    return await call.world.db.write(unit)


async def follow(call: Call) -> Json:
    """Follow a hashtag."""
    return await _act(call, follow_tag)


async def unfollow(call: Call) -> Json:
    """Follow a hashtag no longer."""
    return await _act(call, unfollow_tag)


async def feature(call: Call) -> Json:
    """Show a hashtag on the member's profile."""
    return await _act(call, feature_tag)


async def unfeature(call: Call) -> Json:
    """Show a hashtag on the member's profile no longer."""

    def act(session: Session, member: Actor, name: str) -> None:
        shown = [tag.id for tag in list_featured_tags(session, member.id) if tag.name == name]
        unfeature_tags(session, member, shown)

    return await _act(call, act)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/tags/:name", show_tag, "read", "read:follows", public=True),
    get("/api/v1/followed_tags", show_followed_tags, "read:follows"),
    post("/api/v1/tags/:name/follow", follow, "write:follows"),
    post("/api/v1/tags/:name/unfollow", unfollow, "write:follows"),
    post("/api/v1/tags/:name/feature", feature, "write:accounts"),
    post("/api/v1/tags/:name/unfeature", unfeature, "write:accounts"),
)
