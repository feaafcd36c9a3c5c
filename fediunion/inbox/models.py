"""Activities that came in, and how often which kind was refused."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


class InboxActivity(Identified):
    """One received activity. Its id is unique: a repeated delivery changes nothing.

    `sender_uri` is who signed the delivery. `believed` is False for a forwarded activity without
    a valid proof: what it says is never used, the object is fetched from its own origin, and its `uri`
    has the forwarder's host in front, so that nobody can use up an id of somebody else.
    `body` is the JSON text as it came (without `bto` and `bcc`), until the retention period is over.
    `outcome` is empty until processed, then "done", "ignored: …", "refused: …" or "not handled: …".
    """

    __tablename__ = "inbox_activity"
    uri: Mapped[str] = mapped_column(unique=True)
    sender_uri: Mapped[str]
    actor_uri: Mapped[str]
    activity_type: Mapped[str]
    object_uri: Mapped[str | None]
    body: Mapped[str | None]
    believed: Mapped[bool] = mapped_column(default=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    processed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")

    __table_args__ = (Index("ix_inbox_activity_open", "processed_at", "id"),)


class InboxRejection(Base):
    """How many deliveries were refused for a reason on a day; never their content."""

    __tablename__ = "inbox_rejection"
    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
