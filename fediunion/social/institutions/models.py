"""Who may publish as an institution."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class Editor(Identified):
    """A member who publishes as an institution. Several may act for one; who did what is in the log."""

    __tablename__ = "editor"
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)

    __table_args__ = (Index("uq_editor", "actor_id", "member_id", unique=True),)
