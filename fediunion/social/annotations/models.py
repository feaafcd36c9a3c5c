"""Private notes about accounts, and public recommendations of them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class AccountNote(Identified):
    """What `actor_id` notes about `about_id`, for nobody else's eyes."""

    __tablename__ = "account_note"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    about_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_account_note", "actor_id", "about_id", unique=True),)


class Endorsement(Identified):
    """`actor_id` recommends `endorsed_id` on the profile."""

    __tablename__ = "endorsement"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    endorsed_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_endorsement", "actor_id", "endorsed_id", unique=True),)
