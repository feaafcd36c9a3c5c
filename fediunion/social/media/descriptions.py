"""Whether files are described in words, where the union wants all of them to be."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from fediunion.db import settings_of
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.social.media.models import Attachment


def check_uploads_described(session: Session, ids: Collection[int]) -> None:
    """Raise Invalid where one of these uploads has no description and the configuration wants one (M21)."""
    if ids:
        _check(session, Attachment.id.in_(ids))


def check_post_described(session: Session, post_id: int) -> None:
    """Raise Invalid where a file of a post has no description and the configuration wants one (M21)."""
    _check(session, Attachment.post_id == post_id)


def _check(session: Session, chosen: ColumnElement[bool]) -> None:
    if not settings_of(session).media.require_descriptions:
        return
    bare = select(Attachment.id).where(chosen, Attachment.description == "").limit(1)
    if session.scalar(bare) is not None:
        raise Invalid(
            Sentence("Describe each file, for those who cannot see or hear it."),
            field="attachments",
            reason="blank",
        )
