"""Activities that go out, the deliveries of each, and who ever received what."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified

_PRIVATE_WITH_BODY = text("NOT public AND body <> ''")


class OutboxActivity(Identified):
    """One activity that we send. `body` is the exact JSON; rendered once, the same for everybody.

    `digest` is empty where it is our own. What somebody elsewhere says may say another thing under the same
    `uri`: there it is of the words, and of which of ours passes them on (`passing_on`).
    `recipients` says whom it goes to, as outbox.publish.Recipients writes it. `object_uri` names what it
    is about, so that a later Update or Delete finds everybody who got it. `public` ones show in the outbox
    collection. `patient` ones (Delete, Undo, Block, Move, Reject, key updates) are retried for 30 days.
    """

    __tablename__ = "outbox_activity"
    uri: Mapped[str]
    digest: Mapped[bytes] = mapped_column(default=b"")
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"))
    activity_type: Mapped[str]
    object_uri: Mapped[str | None] = mapped_column(index=True)
    body: Mapped[str]
    recipients: Mapped[dict[str, Any]]
    public: Mapped[bool] = mapped_column(default=False)
    patient: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    fanned_out_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_outbox_activity", "uri", "digest", unique=True),
        Index("ix_outbox_activity_actor", "actor_id", "id"),
        Index(
            "ix_outbox_activity_private",
            "fanned_out_at",
            sqlite_where=_PRIVATE_WITH_BODY,
            postgresql_where=_PRIVATE_WITH_BODY,
        ),
    )


class DeliveryState(StrEnum):
    """Where a delivery stands.

    HELD is never stored: it is what a pending delivery is called while its server is held.
    WITHDRAWN was tried, and given up because what it is about was deleted; it is never sent again.
    """

    PENDING = "pending"
    HELD = "held"
    DEAD = "dead"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


_UNFINISHED = text("finished_at IS NULL")
DEAD: Final = text("delivery.state = 'dead'")
"""In the words of the index: SQLite sees that it is of use in these only."""
_IS_DEAD = text("state = 'dead'")


class Delivery(Identified):
    """One activity to one inbox: exactly one row, from fan-out until the ledger takes it over.

    `attempts` counts the tries begun: it is raised and committed before a request is made, so a delivery
    without attempts was surely never sent. One while it was we who were cut off is taken back, but for the
    first. `not_found` counts the answers 404.
    Unfinished ones have no `finished_at`; those of an actor to an inbox go in the order of `activity_id`.
    """

    __tablename__ = "delivery"
    activity_id: Mapped[int] = mapped_column(ForeignKey("outbox_activity.id", ondelete="CASCADE"))
    actor_id: Mapped[int]
    inbox_url: Mapped[str]
    host: Mapped[str]
    state: Mapped[str] = mapped_column(default=DeliveryState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    not_found: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_status: Mapped[int | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_delivery_once", "activity_id", "inbox_url", unique=True),
        Index("ix_delivery_state", "state", "id"),
        Index(
            "ix_delivery_due",
            "host",
            "next_attempt_at",
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        Index(
            "ix_delivery_lane",
            "inbox_url",
            "actor_id",
            "activity_id",
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        Index(
            "ix_delivery_order",
            "host",
            "activity_id",
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        Index(
            "ix_delivery_dead",
            "host",
            "actor_id",
            sqlite_where=_IS_DEAD,
            postgresql_where=_IS_DEAD,
        ),
    )


class SentTo(Base):
    """The ledger: `inbox_url` may hold a copy of `object_uri`. Kept until its Delete is confirmed."""

    __tablename__ = "sent_to"
    object_uri: Mapped[str] = mapped_column(primary_key=True)
    inbox_url: Mapped[str] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime]
