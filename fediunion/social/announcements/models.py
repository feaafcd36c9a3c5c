"""Announcements, reactions to them, and who has put them away."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class Announcement(Identified):
    """A text for all members. It is shown while it is published, from `starts_at` to `ends_at`.

    `all_day`: of the two moments only the day counts.
    """

    __tablename__ = "announcement"
    source: Mapped[str]
    content: Mapped[str]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    all_day: Mapped[bool] = mapped_column(default=False)
    published: Mapped[bool] = mapped_column(default=True)
    published_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AnnouncementReaction(Identified):
    """A member reacts to an announcement: `name` is one emoji, or the shortcode of one of ours."""

    __tablename__ = "announcement_reaction"
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id", ondelete="CASCADE"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_announcement_reaction", "announcement_id", "name", "actor_id", unique=True),)


class AnnouncementDismissal(Identified):
    """A member has read an announcement and put it away."""

    __tablename__ = "announcement_dismissal"
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcement.id", ondelete="CASCADE"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)

    __table_args__ = (Index("uq_announcement_dismissal", "announcement_id", "actor_id", unique=True),)
