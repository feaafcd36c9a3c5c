"""Imports and their rows."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


class Kind(StrEnum):
    """What an import brings. Source: the names of Mastodon's form for imports."""

    FOLLOWING = "following"
    BLOCKING = "blocking"
    MUTING = "muting"
    DOMAIN_BLOCKING = "domain_blocking"
    LISTS = "lists"
    BOOKMARKS = "bookmarks"


class ImportState(StrEnum):
    """How far an import is; what `overwrite` takes away comes last."""

    ADDING = "adding"
    REMOVING = "removing"
    FINISHED = "finished"


class RowState(StrEnum):
    """What became of a row."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class Import(Identified):
    """A file that a member brought. With `overwrites`, what is not in it ends."""

    __tablename__ = "import_file"
    owner_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    overwrites: Mapped[bool]
    state: Mapped[str] = mapped_column(default=ImportState.ADDING)
    rows_count: Mapped[int]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)


class ImportRow(Base):
    """A row of a file: `subject` is a handle, a host or an address; `options` what else stands there.

    `problem` is a sentence as `kept` wrote it, "" while there was none.
    """

    __tablename__ = "import_row"
    import_id: Mapped[int] = mapped_column(
        ForeignKey("import_file.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subject: Mapped[str]
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default=RowState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")

    __table_args__ = (Index("ix_import_row_state", "import_id", "state", "position"),)
