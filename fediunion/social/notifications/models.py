"""What happened to a member."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class NotificationKind(StrEnum):
    """Why a member is told; the words are those of the Mastodon API."""

    MENTION = "mention"
    STATUS = "status"
    REBLOG = "reblog"
    FOLLOW = "follow"
    FOLLOW_REQUEST = "follow_request"
    FAVOURITE = "favourite"
    POLL = "poll"
    UPDATE = "update"
    QUOTE = "quote"
    MODERATION = "admin.report"


class Notification(Identified):
    """`recipient` is told that `from_actor` did something, with a post, a report, or neither.

    A dismissed one stays, so that the same thing, told again by another server, is not told again.
    """

    __tablename__ = "notification"
    recipient_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    kind: Mapped[str]
    from_actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(index=True)
    report_id: Mapped[int | None]
    created_at: Mapped[datetime]
    dismissed: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        Index("uq_notification", "recipient_id", "kind", "from_actor_id", "post_id", unique=True),
        Index("ix_notification_recipient", "recipient_id", "id"),
    )


class MentionFlood(Identified):
    """A post from `domain` (a registered one) named more members than are told of it (row A37)."""

    __tablename__ = "mention_flood"
    domain: Mapped[str]
    post_id: Mapped[int]
    at: Mapped[datetime]

    __table_args__ = (Index("ix_mention_flood", "domain", "at"),)
