"""Thunderclaps, who pledged to boost, and where servers elsewhere let their people boost."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


class ThunderclapState(StrEnum):
    """Where a thunderclap is: nothing is posted but in `released`; in the last three no pledge is left."""

    COLLECTING = "collecting"
    RELEASED = "released"
    NOT_REACHED = "not-reached"
    WITHDRAWN = "withdrawn"
    MISSED = "missed"


NOTHING_POSTED: Final = frozenset(
    {ThunderclapState.NOT_REACHED, ThunderclapState.WITHDRAWN, ThunderclapState.MISSED}
)


class Thunderclap(Identified):
    """The thunderclap of a call: `message` (language → text) goes out at `release_at`, or never.

    It needs `threshold` pledges. `window_seconds` are those in which the boosts follow. `post_id` is the
    message once it is posted; `uri` names the thunderclap on the wire. `pledges_at_release` is what was
    pledged when it was decided. `delivered_count` and `failed_count` are what came of our pledges;
    `finished_at` is when none was left.
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
    pledges_at_release: Mapped[int] = mapped_column(default=0)
    delivered_count: Mapped[int] = mapped_column(default=0)
    failed_count: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_thunderclap_release", "finished_at", "release_at"),)


class Pledge(Identified):
    """Somebody pledged to boost at the moment: a member here, or who voted or came by the web.

    It is read by the release alone, never for anybody else to see, and gone as soon as that is over.
    `due_at` is a member's own moment in the window, once there is one; `reminded_at` is when others were
    written to a day before (or pledged later than that), `told_at` when they got their link.
    """

    __tablename__ = "pledge"
    thunderclap_id: Mapped[int] = mapped_column(ForeignKey("thunderclap.id", ondelete="CASCADE"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    route: Mapped[str]
    due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_pledge", "thunderclap_id", "actor_id", unique=True),
        Index("ix_pledge_due", "thunderclap_id", "due_at"),
    )


class BoostWay(Base):
    """Where a server lets its people boost something, as its WebFinger said; "" where it does not say."""

    __tablename__ = "boost_way"
    host: Mapped[str] = mapped_column(primary_key=True)
    template: Mapped[str]
    looked_at: Mapped[datetime] = mapped_column(index=True)
