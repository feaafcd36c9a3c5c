"""What the client interface remembers for apps: how far somebody read."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class TimelineMarker(Identified):
    """How far a member read a timeline (`home`, `notifications`). `version` counts the changes."""

    __tablename__ = "timeline_marker"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    timeline: Mapped[str]
    last_read_id: Mapped[int]
    version: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]

    __table_args__ = (Index("uq_timeline_marker", "actor_id", "timeline", unique=True),)
