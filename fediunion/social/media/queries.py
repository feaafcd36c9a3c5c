"""Attachments and stored files: reads."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.kit.errors import NotFound
from fediunion.social.media.addresses import FILES
from fediunion.social.media.models import Attachment, StoredFile

_AT_ONCE: Final = 100
_NAME = re.compile(r"[A-Za-z0-9]{22}\.[a-z0-9]{2,4}")
COUNTED_FOR: Final = timedelta(hours=1)


def find_file(session: Session, name: str) -> StoredFile | None:
    """Return the file of that name, where it is ready and has not expired."""
    if _NAME.fullmatch(name) is None:
        return None
    file = session.scalar(select(StoredFile).where(StoredFile.name == name))
    if file is None or not file.ready or (file.expires_at is not None and file.expires_at <= now_of(session)):
        return None
    return file


def get_upload(session: Session, attachment_id: int, owner_id: int) -> Attachment:
    """Return an upload of `owner_id`'s that is in no post yet. Raises NotFound for any other (M14, O12)."""
    attachment = get_own(session, attachment_id, owner_id)
    if attachment.post_id is not None:
        raise NotFound("There is no such upload.")
    return attachment


def get_own(session: Session, attachment_id: int, owner_id: int) -> Attachment:
    """Return an upload of `owner_id`'s, posted or not. Raises NotFound for any other."""
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or attachment.owner_id != owner_id or is_over(attachment, now_of(session)):
        raise NotFound("There is no such upload.")
    return attachment


def is_over(attachment: Attachment, now: datetime) -> bool:
    """Return whether an upload's time has come, though its row may still be there."""
    return attachment.expires_at is not None and attachment.expires_at <= now


def count_recent_uploads(session: Session, owner_id: int) -> int:
    """Return how many files a member uploaded within an hour, those among them that were deleted."""
    since = now_of(session) - COUNTED_FOR
    statement = select(func.count()).where(StoredFile.owner_id == owner_id, StoredFile.created_at > since)
    return session.scalar(statement) or 0


def list_expired(session: Session) -> Sequence[StoredFile]:
    """Return some files whose time has come."""
    statement = select(StoredFile).where(StoredFile.expires_at <= now_of(session))
    return session.scalars(statement.order_by(StoredFile.expires_at).limit(_AT_ONCE)).all()


def list_ready(session: Session, after_id: int) -> Sequence[StoredFile]:
    """Return some files that should be in the store, those after `after_id`."""
    statement = select(StoredFile).where(StoredFile.ready, StoredFile.id > after_id)
    return session.scalars(statement.order_by(StoredFile.id).limit(_AT_ONCE)).all()


def find_remote_file(session: Session, kind: str, row_id: int) -> tuple[str, str] | None:
    """Return the address of the remote file that a row names, and the server of whose it is.

    The row is an attachment's or, for an avatar or a header, an actor's. None where it names no file, and
    where its owner is suspended or gone (M13).
    """
    shown = (Actor.local.is_(False), Actor.suspended_at.is_(None), Actor.deleted_at.is_(None))
    if kind in ("attachment", "preview"):
        owned = (Actor.id == Attachment.owner_id, Attachment.post_id.is_not(None))
        statement = select(Attachment.remote_url, Actor.host).where(Attachment.id == row_id, *owned)
    else:
        column = {"avatar": Actor.icon_url, "header": Actor.header_url}[kind]
        statement = select(column, Actor.host).where(Actor.id == row_id)
    found = session.execute(statement.where(*shown)).one_or_none()
    return (found[0], found[1]) if found is not None and found[0] is not None else None


def file_name_in(url: str | None) -> str | None:
    """Return the name of the stored file that an address of ours leads to."""
    name = (url or "").rpartition(FILES)[2]
    return name if name != (url or "") and name else None
