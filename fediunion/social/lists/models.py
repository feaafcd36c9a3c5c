"""Lists: a member's own choice of accounts to read together."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


class AccountList(Identified):
    """A member's list. `replies_policy` is followed, list or none; an exclusive list's posts leave home."""

    __tablename__ = "account_list"
    owner_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    replies_policy: Mapped[str] = mapped_column(default="list")
    exclusive: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class ListedAccount(Base):
    """An actor on a list."""

    __tablename__ = "listed_account"
    list_id: Mapped[int] = mapped_column(
        ForeignKey("account_list.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    actor_id: Mapped[int] = mapped_column(
        ForeignKey("actor.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
