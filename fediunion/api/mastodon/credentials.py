"""The member's own account. Source: https://docs.joinmastodon.org/methods/accounts/"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.models import Reach
from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import Viewer
from fediunion.api.auth import Caller
from fediunion.api.endpoint import Call, Endpoint, Json, delete, get, post, put
from fediunion.api.mastodon.entities.account import credential_account_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.entities.tag import featured_tag_entity
from fediunion.api.params import Params
from fediunion.api.queries import count_requests, get_account
from fediunion.db import settings_of
from fediunion.social.profiles.queries import list_featured_tags
from fediunion.social.profiles.service import (
    MAX_FIELD_CHARACTERS,
    MAX_FIELDS,
    MAX_NAME_CHARACTERS,
    MAX_SUMMARY_CHARACTERS,
    ProfileChanges,
    feature_tag,
    unfeature_tags,
    update_profile,
)


def _credentials(session: Session, caller: Caller) -> Entity:
    actor = get_actor(session, caller.actor_id)
    frame = frame_for(settings_of(session), caller.viewer)
    return credential_account_entity(actor, caller.role, count_requests(session, actor.id), frame)


async def verify_credentials(call: Call) -> Json:
    """Show the member's own account."""
    return await call.world.db.read(_credentials, call.member)


async def update_credentials(call: Call) -> Json:
    """Change what the member says about itself. Pictures are left as they are."""
    caller, changes = call.member, _changes(call.params)

    def unit(session: Session) -> Entity:
        update_profile(session, get_actor(session, caller.actor_id), changes)
        return _credentials(session, caller)

    return await call.world.db.write(unit)


def _changes(params: Params) -> ProfileChanges:
    extension = params.group("fediunion") or params
    reach = extension.word("reach", [str(each) for each in Reach], "") if "reach" in extension else ""
    return ProfileChanges(
        display_name=_text(params, "display_name", MAX_NAME_CHARACTERS),
        summary=_text(params, "note", MAX_SUMMARY_CHARACTERS),
        fields=_fields(params),
        locked=_flag(params, "locked"),
        discoverable=_flag(params, "discoverable"),
        indexable=_flag(params, "indexable"),
        hides_collections=_flag(params, "hide_collections"),
        reach=Reach(reach) if reach else None,
    )


def _text(params: Params, name: str, most: int) -> str | None:
    return params.text(name, most=most) if name in params else None


def _flag(params: Params, name: str) -> bool | None:
    return params.flag(name) if name in params else None


def _fields(params: Params) -> list[tuple[str, str]] | None:
    """Return the fields of the profile: a list, or an object by number as Rails' forms have it."""
    if "fields_attributes" not in params:
        return None
    groups = params.groups("fields_attributes", most=MAX_FIELDS * 4)
    most = MAX_FIELD_CHARACTERS
    return [(group.text("name", most=most), group.text("value", most=most)) for group in groups]


async def show_own_featured_tags(call: Call) -> Json:
    """Show the hashtags that the member features."""
    return await call.world.db.read(_featured, call.member.actor_id, call.member.viewer)


async def show_featured_tags(call: Call) -> Json:
    """Show the hashtags that an account features."""
    return await call.world.db.read(_featured, call.id, call.viewer)


def _featured(session: Session, actor_id: int, viewer: Viewer) -> list[Entity]:
    actor = get_account(session, actor_id, viewer)
    page = actor.url or actor.uri
    return [featured_tag_entity(tag, page) for tag in list_featured_tags(session, actor.id)]


async def add_featured_tag(call: Call) -> Json:
    """Feature a hashtag."""
    caller, name = call.member, call.params.text("name", most=100)

    def unit(session: Session) -> Entity:
        actor = get_actor(session, caller.actor_id)
        return featured_tag_entity(feature_tag(session, actor, name), actor.url or actor.uri)

    return await call.world.db.write(unit)


async def remove_featured_tag(call: Call) -> Json:
    """Feature a hashtag no longer."""
    caller, tag_id = call.member, call.id

    def unit(session: Session) -> None:
        unfeature_tags(session, get_actor(session, caller.actor_id), [tag_id])

    await call.world.db.write(unit)
    return {}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/accounts/verify_credentials", verify_credentials, "read:accounts", "profile"),
    put("/api/v1/accounts/update_credentials", update_credentials, "write:accounts"),
    get("/api/v1/accounts/:id/featured_tags", show_featured_tags, "read:accounts", public=True),
    get("/api/v1/featured_tags", show_own_featured_tags, "read:accounts"),
    post("/api/v1/featured_tags", add_featured_tag, "write:accounts"),
    delete("/api/v1/featured_tags/:id", remove_featured_tag, "write:accounts"),
)
