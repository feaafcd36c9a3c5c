"""The rules of uploads: from a file that is worked on to an attachment of a post, and back to nothing."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.db import now_of, settings_of
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.social.media.files import (
    change_files,
    expire_files,
    keep_file,
    new_name,
    rename_file,
)
from fediunion.social.media.models import FAILED, READY, WORKING, Attachment, StoredFile
from fediunion.social.media.queries import get_own, get_upload, is_over

MAX_DESCRIPTION: Final = 1500
Focus: TypeAlias = tuple[float, float] | None
STUCK: Final = timedelta(minutes=15)
"""After this long an upload that is not done is one whose process was lost."""
UNUSED: Final = timedelta(hours=24)
"""How long an upload waits to be posted, and a file of a deleted post to be posted again."""


def new_upload(session: Session, owner_id: int, description: str, focus: Focus) -> Attachment:
    """Return an upload whose file is still worked on. Raises Invalid for too long a description."""
    attachment = Attachment(
        owner_id=owner_id,
        kind="unknown",
        state=WORKING,
        description=checked_description(description),
        focal_x=focus[0] if focus else None,
        focal_y=focus[1] if focus else None,
        created_at=now_of(session),
        expires_at=now_of(session) + UNUSED,
    )
    session.add(attachment)
    return attachment


def finish_upload(
    session: Session, attachment_id: int, made: Mapping[str, Any], file_ids: Mapping[str, int]
) -> Attachment | None:
    """Give an upload its stored files (`original`, `thumbnail`); None where it was deleted meanwhile."""
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or is_over(attachment, now_of(session)):
        return None
    names = {part: keep_file(session, row_id, attachment.expires_at) for part, row_id in file_ids.items()}
    attachment.state, attachment.kind = READY, made["kind"]
    attachment.media_type, attachment.file_name = made["media_type"], names["original"]
    attachment.width, attachment.height = made.get("width"), made.get("height")
    attachment.seconds = made.get("seconds")
    _show_thumbnail(session, attachment, made, names.get("thumbnail"))
    return attachment


def fail_upload(session: Session, attachment_id: int) -> None:
    """Note that an upload's file cannot be had."""
    attachment = session.get(Attachment, attachment_id)
    if attachment is not None and attachment.state == WORKING:
        attachment.state = FAILED


def change_upload(
    session: Session,
    attachment_id: int,
    owner_id: int,
    *,
    description: str | None,
    focus: Focus,
) -> Attachment:
    """Change what is said about an upload that is in no post yet. Raises NotFound for another's (M14)."""
    attachment = get_upload(session, attachment_id, owner_id)
    describe(attachment, description=description, focus=focus)
    return attachment


def describe(attachment: Attachment, *, description: str | None, focus: Focus) -> None:
    """Change what is said about an attachment; None leaves it."""
    if description is not None:
        attachment.description = checked_description(description)
    if focus is not None:
        attachment.focal_x, attachment.focal_y = focus


@dataclass(frozen=True)
class NewThumbnail:
    """A small picture that was made and stored, and is not shown yet."""

    made: Mapping[str, Any]
    file_id: int


def replace_thumbnail(
    session: Session, attachment_id: int, owner_id: int, thumbnail: NewThumbnail
) -> Attachment:
    """Show another small picture for an upload. Raises NotFound for another's."""
    attachment = get_own(session, attachment_id, owner_id)
    before, kept = attachment.thumbnail_name, keep_file(session, thumbnail.file_id, attachment.expires_at)
    _show_thumbnail(session, attachment, thumbnail.made, kept)
    expire_files(session, [before], now_of(session))
    return attachment


def delete_upload(session: Session, attachment_id: int, owner_id: int) -> None:
    """Remove an upload that is in no post. Raises NotFound for another's, Invalid for one in a post."""
    attachment = get_own(session, attachment_id, owner_id)
    if attachment.post_id is not None or attachment.held_by_id is not None:
        raise Invalid(Sentence("The file is part of a post; edit or delete that."), field="id")
    expire_files(session, [attachment.file_name, attachment.thumbnail_name], now_of(session))
    session.delete(attachment)


def attach_all(session: Session, post_id: int, owner_id: int, ids: Sequence[int], *, shared: bool) -> None:
    """Make uploads the attachments of a post, in that order; what it had beside them is detached.

    `shared`: anybody may see the post. Raises Invalid for somebody else's, for one of another post and
    for one that is not ready (M14).
    """
    kept = [usable(session, attachment_id, owner_id, post_id) for attachment_id in ids]
    for position, attachment in enumerate(kept):
        attachment.post_id, attachment.position, attachment.expires_at = post_id, position, None
    names = [name for each in kept for name in (each.file_name, each.thumbnail_name)]
    change_files(session, names, expires_at=None, shared=shared)
    detach_all(session, post_id, but=[each.id for each in kept])


def readdress(session: Session, post_id: int) -> list[int]:
    """Give the files of a post new addresses, before it is deleted; return the attachments' ids.

    Its author is shown them once more, and nobody else knows them (M13).
    """
    attachments = session.scalars(select(Attachment).where(Attachment.post_id == post_id)).all()
    for attachment in attachments:
        _readdress(session, attachment)
    session.flush()
    return [attachment.id for attachment in attachments]


def detach_all(session: Session, post_id: int, *, but: Iterable[int] = ()) -> None:
    """Take the attachments of a post off it: their addresses lead nowhere at once (M13).

    For a day their owner may post them again; they then have new addresses.
    """
    kept = set(but)
    for attachment in session.scalars(select(Attachment).where(Attachment.post_id == post_id)):
        if attachment.id in kept:
            continue
        attachment.post_id = None
        if attachment.file_name is None:
            session.delete(attachment)
            continue
        if attachment.expires_at is None:
            _readdress(session, attachment)


def hand_over(session: Session, ids: Iterable[int], owner_id: int, heir_id: int) -> None:
    """Let uploads that are in no post yet be another actor's. Raises Invalid for somebody else's (M14)."""
    for attachment in [usable(session, attachment_id, owner_id, None) for attachment_id in ids]:
        attachment.owner_id = heir_id
        change_files(session, [attachment.file_name, attachment.thumbnail_name], owner_id=heir_id)


def drop_uploads(session: Session, ids: Iterable[int]) -> None:
    """Remove uploads that are in no post, without waiting for their day to pass."""
    found = select(Attachment).where(Attachment.id.in_(list(ids)), Attachment.post_id.is_(None))
    for attachment in session.scalars(found):
        expire_files(session, [attachment.file_name, attachment.thumbnail_name], now_of(session))
        session.delete(attachment)


def drop_all_of(session: Session, owner_id: int) -> None:
    """Remove everything that a member uploaded (V33)."""
    now = now_of(session)
    for file in session.scalars(select(StoredFile).where(StoredFile.owner_id == owner_id)):
        file.name, file.expires_at = new_name(file.name.rpartition(".")[2]), now
    session.execute(delete(Attachment).where(Attachment.owner_id == owner_id))


def forget_unused(session: Session) -> None:
    """Remove the rows of uploads that nobody posted in time; their files expire by themselves."""
    session.execute(delete(Attachment).where(Attachment.expires_at <= now_of(session)))


def checked_description(text: str) -> str:
    """Return a description as it is kept. Raises Invalid for one that is too long (M21)."""
    if len(text) > MAX_DESCRIPTION:
        raise Invalid(
            Sentence("A description has %(most)s characters at most.", most=MAX_DESCRIPTION),
            field="description",
            reason="too-long",
        )
    return text.strip()


def focus_in(text: str) -> Focus:
    """Return the focal point in `x,y`, each from -1 to 1; None where the text is none (M18)."""
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return (x, y) if all(math.isfinite(each) and -1 <= each <= 1 for each in (x, y)) else None


def most_attachments(session: Session) -> int:
    """Return how many files a post can have."""
    return settings_of(session).media.attachments_per_post


def usable(session: Session, attachment_id: int, owner_id: int, post_id: int | None) -> Attachment:
    """Return an upload of the owner's that is in no other post. Raises Invalid where it cannot be used."""
    attachment = session.get(Attachment, attachment_id)
    if (
        attachment is None
        or attachment.owner_id != owner_id
        or attachment.held_by_id is not None
        or attachment.post_id not in (None, post_id)
        or is_over(attachment, now_of(session))
    ):
        raise Invalid(Sentence("There is no such attachment."), field="attachments")
    if attachment.state != READY:
        raise Invalid(
            Sentence("A file is still being worked on; try again in a moment."), field="attachments"
        )
    return attachment


def _show_thumbnail(
    session: Session, attachment: Attachment, made: Mapping[str, Any], name: str | None
) -> None:
    if name is not None:
        attachment.thumbnail_name, attachment.blurhash = name, made.get("blurhash")
        attachment.thumbnail_width = made.get("thumbnail_width")
        attachment.thumbnail_height = made.get("thumbnail_height")


def _readdress(session: Session, attachment: Attachment) -> None:
    attachment.expires_at = now_of(session) + UNUSED
    attachment.file_name = rename_file(session, attachment.file_name, attachment.expires_at)
    attachment.thumbnail_name = rename_file(session, attachment.thumbnail_name, attachment.expires_at)
