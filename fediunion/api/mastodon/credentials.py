"""The member's own account. Source: https://docs.joinmastodon.org/methods/accounts/"""

from dataclasses import replace
from typing import Any, Final

from sqlalchemy.orm import Session

from fediunion.actors.known import get_account
from fediunion.actors.models import Reach
from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import Viewer
from fediunion.api.auth import Caller
from fediunion.api.endpoint import Call, Endpoint, Json, delete, get, post, put
from fediunion.api.mastodon.entities.account import credential_account_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.entities.tag import featured_tag_entity
from fediunion.api.mastodon.entities.visibility import audience_of_visibility
from fediunion.api.mastodon.media import check_uploads_left, file_in
from fediunion.api.params import Params
from fediunion.db import settings_of
from fediunion.social.follows.queries import count_requests
from fediunion.social.media.uploads import store_picture
from fediunion.social.notifications.service import choose_push_text
from fediunion.social.profiles.posting_defaults import change_posting_defaults, posting_defaults
from fediunion.social.profiles.queries import list_featured_tags
from fediunion.social.profiles.service import (
    MAX_ATTRIBUTION_DOMAINS,
    MAX_FIELD_CHARACTERS,
    MAX_FIELDS,
    MAX_NAME_CHARACTERS,
    MAX_PICTURE_DESCRIPTION,
    MAX_SUMMARY_CHARACTERS,
    ProfileChanges,
    feature_tag,
    remove_picture,
    unfeature_tags,
    update_profile,
)


def _credentials(session: Session, caller: Caller) -> Entity:
    actor = get_actor(session, caller.actor_id)
    frame = frame_for(settings_of(session), caller.viewer)
    requests, defaults = count_requests(session, actor.id), posting_defaults(session, actor.id)
    return credential_account_entity(actor, caller.role, requests, defaults, frame)


async def verify_credentials(call: Call) -> Json:
    """Show the member's own account."""
    return await call.world.db.read(_credentials, call.member)


async def update_credentials(call: Call) -> Json:
    """Change what the member says about itself, its pictures, and what its posts start from."""
    caller, defaults = call.member, _defaults(call.params)
    push_text = _flag(call.params.group("fediunion") or Params({}), "push_shows_text")
    changes = await wished_changes(call)

    def unit(session: Session) -> Entity:
        update_profile(session, get_actor(session, caller.actor_id), changes)
        change_posting_defaults(session, caller.actor_id, **defaults)
        if push_text is not None:
            choose_push_text(session, caller.actor_id, push_text)
        return _credentials(session, caller)

    return await call.world.db.write(unit)


async def wished_changes(call: Call) -> ProfileChanges:
    """Return what a request wants to be different in the member's profile, new pictures stored already."""
    changes = _changes(call.params)
    return replace(
        changes,
        avatar_file_id=await _stored_picture(call, call.member, "avatar"),
        header_file_id=await _stored_picture(call, call.member, "header"),
    )


async def _stored_picture(call: Call, caller: Caller, which: str) -> int | None:
    """Return the id of a picture that came with the request, stored; None where none came."""
    picture = file_in(call.params, which)
    if picture is None:
        return None
    await check_uploads_left(call, caller)
    return await store_picture(call.world, caller.actor_id, picture.path, which)


async def delete_avatar(call: Call) -> Json:
    """Take the member's picture away."""
    return await _delete_picture(call, "avatar")


async def delete_header(call: Call) -> Json:
    """Take the member's wide picture away."""
    return await _delete_picture(call, "header")


async def _delete_picture(call: Call, which: str) -> Json:
    caller = call.member

    def unit(session: Session) -> Entity:
        remove_picture(session, get_actor(session, caller.actor_id), which)
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
        bot=_flag(params, "bot"),
        attribution_domains=_domains(params),
        discoverable=_flag(params, "discoverable"),
        indexable=_flag(params, "indexable"),
        hides_collections=_flag(params, "hide_collections"),
        reach=Reach(reach) if reach else None,
        avatar_description=_text(params, "avatar_description", MAX_PICTURE_DESCRIPTION),
        header_description=_text(params, "header_description", MAX_PICTURE_DESCRIPTION),
    )


def _defaults(params: Params) -> dict[str, Any]:
    """Return what `source[...]` says about posts to come."""
    source = params.group("source") or Params({})
    privacy = source.text("privacy", most=20)
    return {
        "audience": audience_of_visibility(privacy, "source[privacy]") if privacy else None,
        "sensitive": _flag(source, "sensitive"),
        "language": _text(source, "language", 35),
        "quote_policy": _text(source, "quote_policy", 20),
    }


def _domains(params: Params) -> list[str] | None:
    """Return the websites that are listed; a list with one empty text empties the list, as forms do it."""
    if "attribution_domains" not in params:
        return None
    return params.texts("attribution_domains", most=MAX_ATTRIBUTION_DOMAINS, longest=253)


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
    put("/api/v1/accounts/update_credentials", update_credentials, "write:accounts", takes_files=True),
    delete("/api/v1/profile/avatar", delete_avatar, "write:accounts"),
    delete("/api/v1/profile/header", delete_header, "write:accounts"),
    get("/api/v1/accounts/:id/featured_tags", show_featured_tags, "read:accounts", public=True),
    get("/api/v1/featured_tags", show_own_featured_tags, "read:accounts"),
    post("/api/v1/featured_tags", add_featured_tag, "write:accounts"),
    delete("/api/v1/featured_tags/:id", remove_featured_tag, "write:accounts"),
)
