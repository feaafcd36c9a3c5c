"""Archives that members asked for."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class ArchiveState(StrEnum):
    """How far an archive is."""

    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


class Archive(Identified):
    """A file with everything of `owner`. `done` of `total` posts are in it; the file goes at `ends_at`.

    The stored file is never `ready`, so that its name opens it to nobody: it is read through this row.
    """

    __tablename__ = "archive"
    owner_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(default=ArchiveState.WORKING)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id", ondelete="SET NULL"))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
