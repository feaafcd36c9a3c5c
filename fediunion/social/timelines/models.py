"""What stands in whose home timeline and in which lists, and how far members read."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


class HomeEntry(Base):
    """`post` (or boost) stands in the home timeline of `actor`. Reading home is one range of this table."""

    __tablename__ = "home_entry"
    actor_id: Mapped[int] = mapped_column(
        ForeignKey("actor.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )

    __table_args__ = ({"sqlite_with_rowid": False},)


class ListEntry(Base):
    """`post` (or boost) stands in a list."""

    __tablename__ = "list_entry"
    list_id: Mapped[int] = mapped_column(
        ForeignKey("account_list.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )

    __table_args__ = ({"sqlite_with_rowid": False},)


class TimelineMarker(Identified):
    """How far a member read a timeline (`home`, `notifications`). `version` counts the changes."""

    __tablename__ = "timeline_marker"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    timeline: Mapped[str]
    last_read_id: Mapped[int]
    version: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]

    __table_args__ = (Index("uq_timeline_marker", "actor_id", "timeline", unique=True),)
