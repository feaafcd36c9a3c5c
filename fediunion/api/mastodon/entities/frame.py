"""What every entity needs to know: where the instance is, and who reads."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.config import Settings
from fediunion.social.media.addresses import MediaAddresses
from fediunion.social.posts.documents import told_moment

Entity: TypeAlias = dict[str, Any]
"""A JSON object as docs.joinmastodon.org describes it."""


@dataclass(frozen=True)
class Frame:
    """`to_member`: a member reads, who may know of hidden ones; `counts_follows`: the privacy setting.

    `media` knows where pictures, films and sounds are shown.
    """

    base_url: str
    counts_follows: bool
    to_member: bool
    media: MediaAddresses


def frame_for(settings: Settings, viewer: Viewer) -> Frame:
    """Return the frame in which `viewer` reads."""
    media = MediaAddresses.of(settings)
    return Frame(settings.base_url, settings.privacy.follow_counts, viewer.is_member, media)


def instant(moment: datetime) -> str:
    """Return RFC 3339 with three digits of a second: some clients read no other form."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def maybe_instant(moment: datetime | None) -> str | None:
    """Return the same, or None where there is no moment."""
    return None if moment is None else instant(moment)


def told_instant(moment: datetime, author: Actor, frame: Frame) -> str:
    """Return `instant` as the reader is told it: outside the instance a member's minute only."""
    return instant(moment if frame.to_member else told_moment(moment, author))


def maybe_told_instant(moment: datetime | None, author: Actor, frame: Frame) -> str | None:
    """Return the same, or None where there is no moment."""
    return None if moment is None else told_instant(moment, author, frame)


def day(moment: datetime) -> str:
    """Return the start of the day, for moments that nobody needs to know more exactly."""
    return f"{moment.astimezone(UTC):%Y-%m-%d}T00:00:00.000Z"


def emoji_entities(emojis: list[Any], frame: Frame) -> list[Entity]:
    """Return CustomEmoji entities of [{"shortcode", "url"}], with "still" where one of ours moves.

    Source: https://docs.joinmastodon.org/entities/CustomEmoji/
    """
    return [
        {
            "shortcode": emoji["shortcode"],
            "url": frame.media.emoji(emoji["url"]),
            "static_url": emoji.get("still") or frame.media.emoji(emoji["url"], still=True),
            "visible_in_picker": False,
            "category": "",
        }
        for emoji in emojis
    ]
