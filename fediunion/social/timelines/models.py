"""What stands in whose home timeline and in which lists."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base


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
