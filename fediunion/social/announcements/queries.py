"""Announcements as one member sees them: reads."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.kit.errors import NotFound
from fediunion.social.announcements.models import (
    Announcement,
    AnnouncementDismissal,
    AnnouncementReaction,
)
from fediunion.social.emoji.models import CustomEmoji


@dataclass(frozen=True)
class ReactionCount:
    """How many react with `name`, and whether the reader does; `emoji` where it is one of ours."""

    name: str
    count: int
    mine: bool
    emoji: CustomEmoji | None = None


@dataclass(frozen=True)
class AnnouncementView:
    """An announcement, whether the reader put it away, the reactions, and the emoji in its words."""

    announcement: Announcement
    dismissed: bool
    reactions: Sequence[ReactionCount] = field(default_factory=tuple)


def get_shown(session: Session, announcement_id: int) -> Announcement:
    """Return an announcement that is shown now. Raises NotFound."""
    found = session.scalar(
        select(Announcement).where(Announcement.id == announcement_id, *_is_shown(session))
    )
    if found is None:
        raise NotFound("There is no such announcement.")
    return found


def get_announcement(session: Session, announcement_id: int) -> Announcement:
    """Return any announcement. Raises NotFound."""
    found = session.get(Announcement, announcement_id)
    if found is None:
        raise NotFound("There is no such announcement.")
    return found


def list_announcements(session: Session) -> list[Announcement]:
    """Return all announcements, the newest first, those that are over too."""
    return list(session.scalars(select(Announcement).order_by(Announcement.id.desc())))


def list_shown(session: Session, actor_id: int, *, with_dismissed: bool = False) -> list[AnnouncementView]:
    """Return what a member is shown now, the oldest first."""
    rows = session.scalars(select(Announcement).where(*_is_shown(session)).order_by(Announcement.id)).all()
    views = views_of(session, rows, actor_id)
    return [view for view in views if with_dismissed or not view.dismissed]


def views_of(session: Session, rows: Sequence[Announcement], actor_id: int) -> list[AnnouncementView]:
    """Return announcements as a member sees them. In three statements, however many they are."""
    ids = [row.id for row in rows]
    if not ids:
        return []
    dismissed = set(
        session.scalars(
            select(AnnouncementDismissal.announcement_id).where(
                AnnouncementDismissal.actor_id == actor_id, AnnouncementDismissal.announcement_id.in_(ids)
            )
        )
    )
    reactions = _reactions(session, ids, actor_id)
    return [AnnouncementView(row, row.id in dismissed, reactions[row.id]) for row in rows]


def _reactions(session: Session, ids: Sequence[int], actor_id: int) -> dict[int, list[ReactionCount]]:
    mine = func.max(case((AnnouncementReaction.actor_id == actor_id, 1), else_=0))
    counted = session.execute(
        select(AnnouncementReaction.announcement_id, AnnouncementReaction.name, func.count(), mine)
        .where(AnnouncementReaction.announcement_id.in_(ids))
        .group_by(AnnouncementReaction.announcement_id, AnnouncementReaction.name)
        .order_by(func.min(AnnouncementReaction.id))
    ).all()
    names = {name for _, name, _, _ in counted if name.isascii()}
    ours: dict[str, CustomEmoji] = {}
    if names:
        found = session.scalars(select(CustomEmoji).where(CustomEmoji.shortcode.in_(names)))
        ours = {emoji.shortcode: emoji for emoji in found}
    reactions: dict[int, list[ReactionCount]] = defaultdict(list)
    for announcement_id, name, count, own in counted:
        reactions[announcement_id].append(ReactionCount(name, count, bool(own), ours.get(name)))
    return reactions


def count_reaction(session: Session, announcement_id: int, name: str) -> int:
    """Return how many react to an announcement with `name`."""
    statement = select(func.count()).where(
        AnnouncementReaction.announcement_id == announcement_id, AnnouncementReaction.name == name
    )
    return session.scalar(statement) or 0


def _is_shown(session: Session) -> tuple[ColumnElement[bool], ...]:
    return (
        Announcement.published.is_(True),
        or_(Announcement.ends_at.is_(None), Announcement.ends_at > now_of(session)),
    )
