"""The member's own profile, as it is edited. Source: https://docs.joinmastodon.org/methods/profile/"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.api.auth import Caller
from fediunion.api.endpoint import Call, Endpoint, Json, get, put
from fediunion.api.mastodon.credentials import wished_changes
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.entities.profile import profile_entity
from fediunion.api.mastodon.entities.tag import featured_tag_entity
from fediunion.db import settings_of
from fediunion.social.profiles.queries import list_featured_tags
from fediunion.social.profiles.service import update_profile
from fediunion.social.profiles.tabs import change_tabs, tabs_of

_TABS: Final = ("show_media", "show_media_replies", "show_featured")


async def show_profile(call: Call) -> Json:
    """Show what the member's profile is made of."""
    return await call.world.db.read(_profile, call.member)


async def change_profile(call: Call) -> Json:
    """Change what the member's profile is made of."""
    caller, params = call.member, call.params
    tabs = {name: params.flag(name) for name in _TABS if name in params}
    changes = await wished_changes(call)

    def unit(session: Session) -> Entity:
        update_profile(session, get_actor(session, caller.actor_id), changes)
        change_tabs(session, caller.actor_id, **tabs)
        return _profile(session, caller)

    return await call.world.db.write(unit)


def _profile(session: Session, caller: Caller) -> Entity:
    actor = get_actor(session, caller.actor_id)
    page = actor.url or actor.uri
    tags = [featured_tag_entity(tag, page) for tag in list_featured_tags(session, actor.id)]
    return profile_entity(
        actor, tabs_of(session, actor.id), tags, frame_for(settings_of(session), caller.viewer)
    )


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/profile", show_profile, "read:accounts", "profile"),
    put("/api/v1/profile", change_profile, "write:accounts", takes_files=True),
)
