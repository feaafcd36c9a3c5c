"""Announcements, and reactions to them. Source: https://docs.joinmastodon.org/methods/announcements/"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.viewer import Viewer
from fediunion.api.endpoint import NO_CONTENT, Call, Endpoint, Json, delete, get, post, put
from fediunion.api.mastodon.entities.announcement import announcement_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.db import settings_of
from fediunion.kit.errors import NotFound
from fediunion.social.announcements import service
from fediunion.social.announcements.queries import AnnouncementView, list_shown
from fediunion.social.emoji.service import emojis_in

_LONGEST: Final = 60


async def list_(call: Call) -> Json:
    """Show what the union announces, without what the member has put away."""
    caller, everything = call.member, call.params.flag("with_dismissed")

    def load(session: Session) -> list[Entity]:
        views = list_shown(session, caller.actor_id, with_dismissed=everything)
        return announcement_entities(session, views, caller.viewer)

    return await call.world.db.read(load)


def announcement_entities(session: Session, views: list[AnnouncementView], viewer: Viewer) -> list[Entity]:
    """Return announcements as `viewer` sees them."""
    frame = frame_for(settings_of(session), viewer)
    found = {each["shortcode"]: each for each in emojis_in(session, *(v.announcement.source for v in views))}
    return [
        announcement_entity(
            view, [e for name, e in found.items() if f":{name}:" in view.announcement.source], frame
        )
        for view in views
    ]


async def dismiss(call: Call) -> Json:
    """Put an announcement away."""
    await call.world.db.write(service.dismiss, call.id, call.member.actor_id)
    return NO_CONTENT


async def react(call: Call) -> Json:
    """React with an emoji."""
    await call.world.db.write(service.react, call.id, call.member.actor_id, _name(call))
    return NO_CONTENT


async def take_back(call: Call) -> Json:
    """Take a reaction back."""
    await call.world.db.write(service.take_reaction_back, call.id, call.member.actor_id, _name(call))
    return NO_CONTENT


def _name(call: Call) -> str:
    name = call.open_parts["name"]
    if len(name) > _LONGEST:
        raise NotFound("There is no such emoji.")
    return name


_ONE: Final = "/api/v1/announcements/:id"

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/announcements", list_, "read:accounts", "read"),
    post(f"{_ONE}/dismiss", dismiss, "write:accounts"),
    put(f"{_ONE}/reactions/:name", react, "write:favourites"),
    delete(f"{_ONE}/reactions/:name", take_back, "write:favourites"),
)
