"""Uploads that belong to a post which is not published yet."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.social.media.files import change_files
from fediunion.social.media.models import Attachment
from fediunion.social.media.service import UNUSED, usable


def hold(session: Session, holder_id: int, owner_id: int, ids: Sequence[int]) -> None:
    """Keep uploads for a post that is not published yet: none expires, and no other post can have them.

    Raises Invalid as `attach_all` does.
    """
    for attachment_id in ids:
        attachment = usable(session, attachment_id, owner_id, None)
        attachment.held_by_id, attachment.expires_at = holder_id, None
        change_files(session, [attachment.file_name, attachment.thumbnail_name], expires_at=None)


def release(session: Session, holder_id: int, ids: Iterable[int]) -> None:
    """Hold uploads no longer: for a day their owner can post them."""
    until = now_of(session) + UNUSED
    held = select(Attachment).where(Attachment.id.in_(list(ids)), Attachment.held_by_id == holder_id)
    for attachment in session.scalars(held).all():
        attachment.held_by_id, attachment.expires_at = None, until
        change_files(session, [attachment.file_name, attachment.thumbnail_name], expires_at=until)
    session.flush()
