"""What an actor shows beside the profile itself: featured hashtags."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class FeaturedTag(Identified):
    """A hashtag that an actor shows on the profile. `name` is normalised, `display_name` as written."""

    __tablename__ = "featured_tag"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    name: Mapped[str]
    display_name: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_featured_tag", "actor_id", "name", unique=True),)
