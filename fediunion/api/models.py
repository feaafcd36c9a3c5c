"""What the client interface remembers for apps: keys of requests already done, and how far somebody read."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class IdempotencyKey(Identified):
    """A request that made a post; the same key of the same member again means that post (row O24).

    With `scheduled`, `post_id` is the id of what is to be a post.
    """

    __tablename__ = "idempotency_key"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    key_hash: Mapped[str]
    post_id: Mapped[int]
    scheduled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (Index("uq_idempotency_key", "actor_id", "key_hash", unique=True),)


class TimelineMarker(Identified):
    """How far a member read a timeline (`home`, `notifications`). `version` counts the changes."""

    __tablename__ = "timeline_marker"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    timeline: Mapped[str]
    last_read_id: Mapped[int]
    version: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]

    __table_args__ = (Index("uq_timeline_marker", "actor_id", "timeline", unique=True),)
