"""Activities that came in, and how often which kind was refused."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified

_WAITS: Final = "processed_at IS NULL"


class InboxActivity(Identified):
    """One received activity. A repeated delivery, of the same id in the same words, changes nothing.

    `digest` is of the words, and of when they were signed where the same may be said twice: see `deliveries`;
    it is empty where the id alone counts.
    `signed_at` is that time, by the clock of the sender; None where the actor itself did not deliver it.
    `sender_uri` is who signed the delivery. `believed` is False for a forwarded activity without
    a valid proof: what it says is never used, the object is fetched from its own origin, and its `uri`
    has the forwarder's host in front, so that nobody can use up an id of somebody else.
    `body` is the JSON text as it came (without `bto` and `bcc`), until the retention period is over, or until
    it was refused or not handled.
    `outcome` is empty until processed, then "done", "ignored: …", "refused: …" or "not handled: …".
    """

    __tablename__ = "inbox_activity"
    uri: Mapped[str]
    digest: Mapped[bytes] = mapped_column(default=b"")
    sender_uri: Mapped[str]
    actor_uri: Mapped[str]
    activity_type: Mapped[str]
    object_uri: Mapped[str | None]
    body: Mapped[str | None]
    believed: Mapped[bool] = mapped_column(default=True)
    signed_at: Mapped[datetime | None]
    received_at: Mapped[datetime] = mapped_column(index=True)
    processed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        Index("uq_inbox_activity", "uri", "digest", unique=True),
        Index("ix_inbox_activity_open", "processed_at", "id"),
        # `processed_at` is in it for SQLite, which takes the other index for better otherwise.
        Index(
            "ix_inbox_activity_of_actor",
            "processed_at",
            "actor_uri",
            sqlite_where=text(_WAITS),
            postgresql_where=text(_WAITS),
        ),
    )


class InboxRejection(Base):
    """How many deliveries were refused for a reason on a day; never their content."""

    __tablename__ = "inbox_rejection"
    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
