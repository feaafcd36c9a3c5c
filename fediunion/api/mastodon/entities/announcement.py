"""The Announcement entity, and its Reaction."""

from collections.abc import Sequence
from typing import Any

from fediunion.api.mastodon.entities.frame import Entity, Frame, emoji_entities, instant, maybe_instant
from fediunion.social.announcements.queries import AnnouncementView, ReactionCount
from fediunion.social.emoji.service import shown_emoji


def announcement_entity(view: AnnouncementView, emojis: Sequence[dict[str, Any]], frame: Frame) -> Entity:
    """Return an announcement as one member sees it; `emojis` are those in its words.

    Source: https://docs.joinmastodon.org/entities/Announcement/
    """
    row = view.announcement
    return {
        "id": str(row.id),
        "content": row.content,
        "starts_at": maybe_instant(row.starts_at),
        "ends_at": maybe_instant(row.ends_at),
        "all_day": row.all_day,
        "published": row.published,
        "published_at": instant(row.published_at),
        "updated_at": instant(row.updated_at),
        "read": view.dismissed,
        "mentions": [],
        "statuses": [],
        "tags": [],
        "emojis": emoji_entities(list(emojis), frame),
        "reactions": [_reaction(each, frame) for each in view.reactions],
    }


def _reaction(each: ReactionCount, frame: Frame) -> Entity:
    """Return a reaction. Source: https://docs.joinmastodon.org/entities/Reaction/"""
    entity: Entity = {"name": each.name, "count": each.count, "me": each.mine}
    if each.emoji is not None:
        kept = shown_emoji(each.emoji, frame.base_url)
        entity |= {"url": kept["url"], "static_url": kept.get("still", kept["url"])}
    return entity
