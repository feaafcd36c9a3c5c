"""Thunderclaps, and who pledged to boost."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class ClapState(StrEnum):
    """Where a thunderclap is: nothing is posted but in `released`; in the last three no pledge is left."""

    COLLECTING = "collecting"
    RELEASED = "released"
    NOT_REACHED = "not-reached"
    WITHDRAWN = "withdrawn"
    MISSED = "missed"


class PledgeState(StrEnum):
    """What became of a pledge after the release."""

    PLEDGED = "pledged"
    DONE = "done"
    FAILED = "failed"


class Thunderclap(Identified):
    """The thunderclap of a call: `message` (language → text) goes out at `release_at`, or never.

    It needs `threshold` pledges. `window_seconds` are those in which the boosts follow. `post_id` is the
    message once it is posted; `uri` names the thunderclap on the wire.
    """

    __tablename__ = "thunderclap"
    call_id: Mapped[int] = mapped_column(ForeignKey("campaign_call.id", ondelete="CASCADE"), unique=True)
    uri: Mapped[str | None] = mapped_column(unique=True)
    message: Mapped[dict[str, Any]]
    threshold: Mapped[int]
    release_at: Mapped[datetime]
    window_seconds: Mapped[int]
    state: Mapped[str]
    post_id: Mapped[int | None]
    released_at: Mapped[datetime | None]
    delivered_count: Mapped[int] = mapped_column(default=0)
    failed_count: Mapped[int] = mapped_column(default=0)

    __table_args__ = (Index("ix_thunderclap_release", "state", "release_at"),)


class Pledge(Identified):
    """Somebody pledged to boost at the moment: a member here, or who voted or came by the web.

    It is read by the release alone, never for anybody to see. `due_at` is the member's own moment in the
    window, once there is one; `reminded_at` when others were written to a day before, `told_at` then.
    """

    __tablename__ = "pledge"
    thunderclap_id: Mapped[int] = mapped_column(ForeignKey("thunderclap.id", ondelete="CASCADE"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    route: Mapped[str]
    state: Mapped[str]
    due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_pledge", "thunderclap_id", "actor_id", unique=True),
        Index("ix_pledge_due", "thunderclap_id", "state", "due_at"),
    )
