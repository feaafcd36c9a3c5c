"""The rules of announcements: administrators write them, members react and put them away."""

import unicodedata
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fediunion.db import emit, insert_ignoring, now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.ids import new_id
from fediunion.kit.markdown import markdown_to_html
from fediunion.kit.sentences import Sentence
from fediunion.social.announcements.events import (
    AnnouncementPublished,
    AnnouncementReacted,
    AnnouncementWithdrawn,
)
from fediunion.social.announcements.models import (
    Announcement,
    AnnouncementDismissal,
    AnnouncementReaction,
)
from fediunion.social.announcements.queries import get_announcement, get_shown
from fediunion.social.emoji.service import find_emoji
from fediunion.social.moderation.audit import record_audit

MAX_CHARACTERS: Final = 5_000
MAX_REACTIONS: Final = 8
"""As many different ones at most stand under an announcement."""

_LONGEST_EMOJI: Final = 16


def publish_announcement(
    session: Session,
    text: str,
    *,
    by: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    all_day: bool = False,
) -> Announcement:
    """Show a text (Markdown) to all members, until `ends_at`; return the announcement.

    `starts_at` and `ends_at` say when that happens which it is about. Raises Invalid.
    """
    if not text.strip() or len(text) > MAX_CHARACTERS:
        raise Invalid(
            Sentence("An announcement has 1 to %(most)s characters.", most=MAX_CHARACTERS), field="text"
        )
    if starts_at is not None and ends_at is not None and ends_at < starts_at:
        raise Invalid(Sentence("It cannot end before it starts."), field="ends_at")
    now = now_of(session)
    announcement = Announcement(
        source=text,
        content=markdown_to_html(text, mentions={}, hashtag_url=None),
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=all_day,
        published=True,
        published_at=now,
        updated_at=now,
    )
    session.add(announcement)
    record_audit(session, by=by, action="announcement.publish", subject=str(announcement.id))
    emit(session, AnnouncementPublished(announcement.id))
    return announcement


def withdraw_announcement(session: Session, announcement_id: int, *, by: str) -> None:
    """Delete an announcement with its reactions. Raises NotFound."""
    announcement = get_announcement(session, announcement_id)
    for table in (AnnouncementReaction, AnnouncementDismissal):
        session.execute(delete(table).where(table.announcement_id == announcement_id))
    session.delete(announcement)
    record_audit(session, by=by, action="announcement.withdraw", subject=str(announcement_id))
    emit(session, AnnouncementWithdrawn(announcement_id))


def dismiss(session: Session, announcement_id: int, actor_id: int) -> None:
    """Put an announcement away for one member; a second time changes nothing. Raises NotFound."""
    get_shown(session, announcement_id)
    row: dict[str, object] = {"id": new_id(), "announcement_id": announcement_id, "actor_id": actor_id}
    insert_ignoring(session, AnnouncementDismissal, [row])


def react(session: Session, announcement_id: int, actor_id: int, name: str) -> None:
    """Let a member react with an emoji; a second time changes nothing.

    Raises NotFound, and Invalid for what is no emoji, and for one more different reaction than there may be.
    """
    get_shown(session, announcement_id)
    name = _checked_name(session, name)
    if _is_new(session, announcement_id, name) and _count_names(session, announcement_id) >= MAX_REACTIONS:
        raise Invalid(
            Sentence("There are %(most)s different reactions at most.", most=MAX_REACTIONS), field="name"
        )
    row = {
        "id": new_id(),
        "announcement_id": announcement_id,
        "actor_id": actor_id,
        "name": name,
        "created_at": now_of(session),
    }
    insert_ignoring(session, AnnouncementReaction, [row])
    emit(session, AnnouncementReacted(announcement_id, name))


def take_reaction_back(session: Session, announcement_id: int, actor_id: int, name: str) -> None:
    """Take a member's reaction back; without one nothing changes. Raises NotFound."""
    get_shown(session, announcement_id)
    gone = session.execute(
        delete(AnnouncementReaction).where(
            AnnouncementReaction.announcement_id == announcement_id,
            AnnouncementReaction.actor_id == actor_id,
            AnnouncementReaction.name == name.strip(":"),
        )
    )
    if getattr(gone, "rowcount", 0):
        emit(session, AnnouncementReacted(announcement_id, name.strip(":")))


def _is_new(session: Session, announcement_id: int, name: str) -> bool:
    statement = select(AnnouncementReaction.id).where(
        AnnouncementReaction.announcement_id == announcement_id, AnnouncementReaction.name == name
    )
    return session.scalar(statement.limit(1)) is None


def _count_names(session: Session, announcement_id: int) -> int:
    statement = select(func.count(AnnouncementReaction.name.distinct())).where(
        AnnouncementReaction.announcement_id == announcement_id
    )
    return session.scalar(statement) or 0


def _checked_name(session: Session, name: str) -> str:
    """Return the name of one of our emoji, or one emoji of Unicode. Raises Invalid."""
    if name.isascii():
        emoji = find_emoji(session, name)
        if emoji is not None:
            return emoji.shortcode
    if not _is_unicode_emoji(name):
        raise Invalid(Sentence("This is not an emoji."), field="name")
    return name


def _is_unicode_emoji(text: str) -> bool:
    """Return whether a text is a sign with what may go with it: joiners, skin tones, tags, a keycap."""
    categories = {unicodedata.category(character) for character in text}
    keycap = text.endswith("\u20e3") and text[0] in "0123456789#*"
    plain = categories <= {"So", "Sk", "Mn", "Me", "Cf", "Sm", "Po"} and bool(categories & {"So", "Sm", "Po"})
    return 0 < len(text) <= _LONGEST_EMOJI and not text.isascii() and (plain or keycap)
