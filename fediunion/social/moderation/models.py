"""Reports, and the log of who did what with privilege."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class Report(Identified):
    """Somebody reported an actor. `reporter_id` is None for a report from another server: it names none."""

    __tablename__ = "report"
    uri: Mapped[str | None] = mapped_column(unique=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))
    reporter_host: Mapped[str | None]
    target_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    post_uris: Mapped[list[Any]]
    comment: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="other")
    forwarded: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]


class AuditEntry(Identified):
    """One privileged act. Each entry's hash covers the one before, so that none can be cut out unseen."""

    __tablename__ = "audit_entry"
    at: Mapped[datetime]
    by: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    hash: Mapped[str] = mapped_column(unique=True)
