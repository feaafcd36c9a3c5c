"""Invitations, and which of them an account came with."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


class Invite(Identified):
    """An invitation. `code_hash` is the SHA-256 of its code; `sealed_code` shows the code to its maker again.

    `uses_left` is None where everybody may use it who has it, as long as it lives.
    """

    __tablename__ = "invite"
    made_by_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    sealed_code: Mapped[bytes]
    note: Mapped[str] = mapped_column(default="")
    uses: Mapped[int] = mapped_column(default=0)
    uses_left: Mapped[int | None]
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]


class InviteUse(Base):
    """Which invitation an account came with; the row goes 30 days later, so that no tree of members stays."""

    __tablename__ = "invite_use"
    member_id: Mapped[int] = mapped_column(
        ForeignKey("member.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    invite_id: Mapped[int] = mapped_column(ForeignKey("invite.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime] = mapped_column(index=True)
