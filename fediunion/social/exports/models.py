"""Exports that officers began."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Identified


class ExportState(StrEnum):
    """How far an export is."""

    WORKING = "working"
    READY = "ready"
    FETCHED = "fetched"
    FAILED = "failed"


class Export(Identified):
    """What a permit of two officers became: a sealed file that `owner` fetches once, before `ends_at`.

    `header` is that of the file. `sealed_key`, under the master key, is the key within it for the job that
    writes the file, and is gone once that is done. The passphrase is nowhere.
    """

    __tablename__ = "export"
    request_id: Mapped[int] = mapped_column(
        ForeignKey("two_person_request.id", ondelete="CASCADE"), unique=True
    )
    owner_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), index=True)
    act: Mapped[str]
    state: Mapped[str] = mapped_column(default=ExportState.WORKING)
    header: Mapped[bytes]
    sealed_key: Mapped[bytes | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id", ondelete="SET NULL"))
    size: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    fetched_at: Mapped[datetime | None]
