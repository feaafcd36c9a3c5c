"""What an actor shows beside the profile itself, and what stays of one that was erased."""

from datetime import datetime
from typing import Any

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


class ErasureReceipt(Identified):
    """Somebody erased an account: `hosts` are told by the Delete `activity_id` (None where nobody knew it).

    Who has the secret of which `key_hash` is the SHA-256 sees how far that is; nothing here says who it was.
    """

    __tablename__ = "erasure_receipt"
    key_hash: Mapped[str] = mapped_column(unique=True)
    activity_id: Mapped[int | None]
    hosts: Mapped[list[Any]]
    erased_at: Mapped[datetime] = mapped_column(index=True)
