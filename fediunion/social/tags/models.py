"""Which hashtags a member follows."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class FollowedTag(Identified):
    """A hashtag whose public posts a member wants at home. `name` is normalised. Only the member knows."""

    __tablename__ = "followed_tag"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    name: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_followed_tag", "name", "actor_id", unique=True),)
