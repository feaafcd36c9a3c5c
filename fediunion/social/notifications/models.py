"""What happened to a member."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


class NotificationKind(StrEnum):
    """Why a member is told; the words are those of the Mastodon API, in which apps ask for them."""

    MENTION = "mention"
    POST = "status"
    BOOST = "reblog"
    FOLLOW = "follow"
    FOLLOW_REQUEST = "follow_request"
    FAVOURITE = "favourite"
    POLL = "poll"
    EDIT = "update"
    QUOTE = "quote"
    QUOTED_UPDATE = "quoted_update"
    MODERATION = "admin.report"
    SIGN_UP = "admin.sign_up"
    SEVERED = "severed_relationships"


class Notification(Identified):
    """`recipient` is told that `from_actor` did something, with a post, a report, a severance, or nothing.

    A dismissed one stays, so that the same thing, told again by another server, is not told again.
    A filtered one is kept back by the recipient's policy: it stands among the requests until it is accepted.
    Those with one `group_key` stand together; one without stands alone.
    """

    __tablename__ = "notification"
    recipient_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    kind: Mapped[str]
    from_actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(index=True)
    report_id: Mapped[int | None]
    severance_id: Mapped[int | None]
    created_at: Mapped[datetime]
    dismissed: Mapped[bool] = mapped_column(default=False)
    filtered: Mapped[bool] = mapped_column(default=False)
    group_key: Mapped[str | None]

    __table_args__ = (
        Index(
            "ix_notification_group",
            *("recipient_id", "group_key", "id"),
            sqlite_where=text("group_key IS NOT NULL"),
            postgresql_where=text("group_key IS NOT NULL"),
        ),
        Index(
            "ix_notification_filtered",
            *("recipient_id", "from_actor_id"),
            sqlite_where=text("filtered"),
            postgresql_where=text("filtered"),
        ),
        Index("uq_notification", "recipient_id", "kind", "from_actor_id", "post_id", unique=True),
        Index("ix_notification_recipient", "recipient_id", "id"),
    )


class SeveranceCause(StrEnum):
    """Why follows ended; the words are those of the Mastodon API."""

    DOMAIN_BLOCK = "domain_block"
    USER_DOMAIN_BLOCK = "user_domain_block"
    ACCOUNT_SUSPENSION = "account_suspension"


class Severance(Identified):
    """Follows of and by `recipient` ended because of a decision about `target`, a host or a handle."""

    __tablename__ = "severance"
    recipient_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    cause: Mapped[str]
    target: Mapped[str]
    followers_count: Mapped[int]
    following_count: Mapped[int]
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_severance_recipient", "recipient_id", "id"),)


class Treatment(StrEnum):
    """What becomes of a notification; the words are those of the Mastodon API."""

    ACCEPT = "accept"
    FILTER = "filter"
    DROP = "drop"


class NotificationPolicy(Base):
    """What a member wants done with notifications from whom it may not know; without a row, the defaults."""

    __tablename__ = "notification_policy"
    actor_id: Mapped[int] = mapped_column(
        ForeignKey("actor.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    for_not_following: Mapped[str] = mapped_column(default=Treatment.ACCEPT)
    for_not_followers: Mapped[str] = mapped_column(default=Treatment.ACCEPT)
    for_new_accounts: Mapped[str] = mapped_column(default=Treatment.ACCEPT)
    for_private_mentions: Mapped[str] = mapped_column(default=Treatment.ACCEPT)
    for_limited_accounts: Mapped[str] = mapped_column(default=Treatment.DROP)


class NotificationPermission(Base):
    """A member accepted the notifications of somebody, whatever its policy says."""

    __tablename__ = "notification_permission"
    actor_id: Mapped[int] = mapped_column(
        ForeignKey("actor.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    from_actor_id: Mapped[int] = mapped_column(
        ForeignKey("actor.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )


class MentionFlood(Identified):
    """A post from `domain` (a registered one) named more members than are told of it (row A37)."""

    __tablename__ = "mention_flood"
    domain: Mapped[str]
    post_id: Mapped[int]
    at: Mapped[datetime]

    __table_args__ = (Index("ix_mention_flood", "domain", "at"),)
