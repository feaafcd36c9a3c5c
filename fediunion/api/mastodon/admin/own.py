"""What administrators do here and in no documentation of Mastodon: emoji and announcements."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.api.endpoint import NO_CONTENT, Call, Endpoint, Json, delete, get, post
from fediunion.api.mastodon.admin.acting import Moderator, read_as, write_as
from fediunion.api.mastodon.announcements import announcement_entities
from fediunion.api.mastodon.entities.custom_emoji import custom_emoji_entity
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.api.mastodon.media import file_in
from fediunion.db import settings_of
from fediunion.kit.errors import Invalid
from fediunion.members.models import Role
from fediunion.social.announcements.queries import list_announcements, views_of
from fediunion.social.announcements.service import (
    MAX_CHARACTERS,
    publish_announcement,
    withdraw_announcement,
)
from fediunion.social.emoji.service import MAX_CATEGORY, MAX_EMOJI_BYTES, check_shortcode
from fediunion.social.media.uploads import store_emoji
from fediunion.social.moderation.emoji import give_emoji, take_emoji

_LONGEST: Final = 60


async def upload_emoji(call: Call) -> Json:
    """Take a picture (`image`) as an emoji; it is written anew before anything is stored."""
    params, file = call.params, file_in(call.params, "image")
    shortcode = params.text("shortcode", most=_LONGEST)

    def check(session: Session, _moderator: Moderator) -> str:
        return check_shortcode(session, shortcode)

    await read_as(call, Role.ADMIN, check)
    if file is None or file.size > MAX_EMOJI_BYTES:
        raise Invalid(f"A picture of at most {MAX_EMOJI_BYTES} bytes is needed.", field="image")
    category = params.text("category", most=MAX_CATEGORY)
    shown = params.flag("visible_in_picker", default=True)
    file_id, still_id = await store_emoji(call.world, file.path)

    def work(session: Session, moderator: Moderator) -> Entity:
        emoji = give_emoji(
            session,
            shortcode,
            file_id=file_id,
            still_id=still_id,
            category=category,
            visible_in_picker=shown,
            by=moderator.handle,
        )
        return custom_emoji_entity(emoji, settings_of(session).base_url)

    return await write_as(call, Role.ADMIN, work)


async def delete_emoji(call: Call) -> Json:
    """Remove an emoji."""
    shortcode = call.open_parts["shortcode"]
    await write_as(call, Role.ADMIN, lambda session, m: take_emoji(session, shortcode, by=m.handle))
    return NO_CONTENT


async def list_all(call: Call) -> Json:
    """List all announcements, those that are over too."""

    def load(session: Session, moderator: Moderator) -> list[Entity]:
        views = views_of(session, list_announcements(session), moderator.actor_id)
        return announcement_entities(session, views, call.viewer)

    return await read_as(call, Role.ADMIN, load)


async def publish(call: Call) -> Json:
    """Announce a text (Markdown) to all members."""

    def work(session: Session, moderator: Moderator) -> Entity:
        params = call.params
        announcement = publish_announcement(
            session,
            params.text("text", most=MAX_CHARACTERS),
            by=moderator.handle,
            starts_at=params.moment("starts_at"),
            ends_at=params.moment("ends_at"),
            all_day=params.flag("all_day"),
        )
        session.flush()
        return announcement_entities(
            session, views_of(session, [announcement], moderator.actor_id), call.viewer
        )[0]

    return await write_as(call, Role.ADMIN, work)


async def withdraw(call: Call) -> Json:
    """Delete an announcement."""
    announcement_id = call.id
    await write_as(
        call, Role.ADMIN, lambda session, m: withdraw_announcement(session, announcement_id, by=m.handle)
    )
    return NO_CONTENT


_EMOJIS: Final = "/api/fediunion/admin/emojis"
_ANNOUNCEMENTS: Final = "/api/fediunion/admin/announcements"

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    post(_EMOJIS, upload_emoji, "admin:write", takes_files=True),
    delete(f"{_EMOJIS}/:shortcode", delete_emoji, "admin:write"),
    get(_ANNOUNCEMENTS, list_all, "admin:read"),
    post(_ANNOUNCEMENTS, publish, "admin:write"),
    delete(f"{_ANNOUNCEMENTS}/:id", withdraw, "admin:write"),
)
