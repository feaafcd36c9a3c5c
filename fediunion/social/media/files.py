"""Stored files: reserved, kept, given other names, expired."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.kit.ids import new_slug
from fediunion.social.media.models import StoredFile
from fediunion.social.media.queries import COUNTED_FOR, file_name_in
from fediunion.social.media.workshop.sniffing import EXTENSIONS

_UNFINISHED: Final = timedelta(hours=1)


@dataclass(frozen=True)
class NewFile:
    """A file that is about to be stored: which media type, how it ends, how many bytes."""

    media_type: str
    extension: str
    size: int

    @classmethod
    def of(cls, media_type: str, size: int) -> "NewFile":
        """Return a file of one of the media types that are stored."""
        return cls(media_type, EXTENSIONS[media_type], size)


def reserve(session: Session, owner_id: int, files: Sequence[NewFile]) -> list[StoredFile]:
    """Return rows for files that are stored next: should that fail, they expire and nothing stays (M20)."""
    now = now_of(session)
    rows = [
        StoredFile(
            name=new_name(file.extension),
            place=_new_place(file.extension),
            media_type=file.media_type,
            size=file.size,
            owner_id=owner_id,
            created_at=now,
            expires_at=now + _UNFINISHED,
        )
        for file in files
    ]
    session.add_all(rows)
    return rows


def keep_file(session: Session, file_id: int, until: datetime | None) -> str:
    """Let a reserved file be there until then, or for good; return its name."""
    file = session.get_one(StoredFile, file_id)
    file.ready, file.expires_at = True, until
    return file.name


def rename_file(session: Session, name: str | None, expires_at: datetime) -> str | None:
    """Give a file another name under which nobody but its owner finds it; return that."""
    if name is None:
        return None
    fresh = new_name(name.rpartition(".")[2])
    change_files(session, [name], name=fresh, expires_at=expires_at, shared=False)
    return fresh


def expire_files(session: Session, names: Iterable[str | None], at: datetime) -> None:
    """Let files be there until `at`; None names none."""
    change_files(session, names, expires_at=at)


def change_files(session: Session, names: Iterable[str | None], **values: object) -> None:
    """Set columns of the stored files of these names; None names none."""
    wanted = [name for name in names if name is not None]
    if wanted:
        session.execute(update(StoredFile).where(StoredFile.name.in_(wanted)).values(**values))


def new_name(extension: str) -> str:
    """Return a name that nobody can guess."""
    return f"{new_slug()}.{extension}"


def _new_place(extension: str) -> str:
    slug = new_slug()
    return f"{slug[:2]}/{slug[2:4]}/{slug}.{extension}"


def keep_picture(session: Session, file_id: int, replaced_url: str | None) -> str:
    """Return the address of a stored avatar or header; the one that it replaces is removed."""
    name = keep_file(session, file_id, None)
    change_files(session, [name], shared=True)
    drop_picture(session, replaced_url)
    return name


def drop_picture(session: Session, url: str | None) -> None:
    """Remove the stored file that an address of ours leads to, if it leads to one."""
    expire_files(session, [file_name_in(url)], now_of(session))


def forget_file(session: Session, file_id: int) -> None:
    """Note that a file is no longer in the store; its row stays as long as it counts as an upload."""
    file = session.get(StoredFile, file_id)
    if file is None:
        return
    counted_until = file.created_at + COUNTED_FOR
    if counted_until > now_of(session):
        file.ready, file.expires_at = False, counted_until
    else:
        session.delete(file)
