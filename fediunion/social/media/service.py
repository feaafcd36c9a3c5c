"""The rules of uploads: from a reserved name to a file of a post, and back to nothing."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fediunion.db import now_of, settings_of
from fediunion.kit.errors import Invalid
from fediunion.kit.ids import new_slug
from fediunion.social.media.models import FAILED, READY, WORKING, Attachment, StoredFile
from fediunion.social.media.queries import COUNTED_FOR, file_name_in, get_own, get_upload, is_over
from fediunion.social.media.workshop.sniffing import EXTENSIONS

MAX_DESCRIPTION: Final = 1500
Focus: TypeAlias = tuple[float, float] | None
STUCK: Final = timedelta(minutes=15)
"""After this long an upload that is not done is one whose process was lost."""
UNUSED: Final = timedelta(hours=24)
"""How long an upload waits to be posted, and a file of a deleted post to be posted again."""
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


def reserve(session: Session, owner_id: int, files: Sequence[NewFile]) -> list[StoredFile]:
    """Return rows for files that are stored next: should that fail, they expire and nothing stays (M20)."""
    now = now_of(session)
    rows = [
        StoredFile(
            name=_new_name(file.extension),
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


def finish_upload(
    session: Session, attachment_id: int, made: Mapping[str, Any], file_ids: Mapping[str, int]
) -> Attachment | None:
    """Give an upload its stored files (`original`, `thumbnail`); None where it was deleted meanwhile."""
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or is_over(attachment, now_of(session)):
        return None
    names = {part: _keep(session, row_id, attachment.expires_at) for part, row_id in file_ids.items()}
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
    before, kept = attachment.thumbnail_name, _keep(session, thumbnail.file_id, attachment.expires_at)
    _show_thumbnail(session, attachment, thumbnail.made, kept)
    _expire(session, [before], now_of(session))
    return attachment


def delete_upload(session: Session, attachment_id: int, owner_id: int) -> None:
    """Remove an upload that is in no post. Raises NotFound for another's, Invalid for one in a post."""
    attachment = get_own(session, attachment_id, owner_id)
    if attachment.post_id is not None or attachment.held_by_id is not None:
        raise Invalid("The file is part of a post; edit or delete that.", field="id")
    _expire(session, [attachment.file_name, attachment.thumbnail_name], now_of(session))
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


def drop_uploads(session: Session, ids: Iterable[int]) -> None:
    """Remove uploads that are in no post, without waiting for their day to pass."""
    found = select(Attachment).where(Attachment.id.in_(list(ids)), Attachment.post_id.is_(None))
    for attachment in session.scalars(found):
        _expire(session, [attachment.file_name, attachment.thumbnail_name], now_of(session))
        session.delete(attachment)


def keep_picture(session: Session, file_id: int, replaced_url: str | None) -> str:
    """Return the address of a stored avatar or header; the one that it replaces is removed."""
    name = _keep(session, file_id, None)
    change_files(session, [name], shared=True)
    drop_picture(session, replaced_url)
    return name


def drop_picture(session: Session, url: str | None) -> None:
    """Remove the stored file that an address of ours leads to, if it leads to one."""
    _expire(session, [file_name_in(url)], now_of(session))


def drop_all_of(session: Session, owner_id: int) -> None:
    """Remove everything that a member uploaded (V33)."""
    now = now_of(session)
    for file in session.scalars(select(StoredFile).where(StoredFile.owner_id == owner_id)):
        file.name, file.expires_at = _new_name(file.name.rpartition(".")[2]), now
    session.execute(delete(Attachment).where(Attachment.owner_id == owner_id))


def forget_unused(session: Session) -> None:
    """Remove the rows of uploads that nobody posted in time; their files expire by themselves."""
    session.execute(delete(Attachment).where(Attachment.expires_at <= now_of(session)))


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


def checked_description(text: str) -> str:
    """Return a description as it is kept. Raises Invalid for one that is too long (M21)."""
    if len(text) > MAX_DESCRIPTION:
        raise Invalid(
            f"A description has {MAX_DESCRIPTION} characters at most.", field="description", reason="too-long"
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
        raise Invalid("There is no such attachment.", field="media_ids")
    if attachment.state != READY:
        raise Invalid("A file is still being worked on; try again in a moment.", field="media_ids")
    return attachment


def _show_thumbnail(
    session: Session, attachment: Attachment, made: Mapping[str, Any], name: str | None
) -> None:
    if name is not None:
        attachment.thumbnail_name, attachment.blurhash = name, made.get("blurhash")
        attachment.thumbnail_width = made.get("thumbnail_width")
        attachment.thumbnail_height = made.get("thumbnail_height")


def _keep(session: Session, file_id: int, until: datetime | None) -> str:
    file = session.get_one(StoredFile, file_id)
    file.ready, file.expires_at = True, until
    return file.name


def _readdress(session: Session, attachment: Attachment) -> None:
    attachment.expires_at = now_of(session) + UNUSED
    attachment.file_name = _renamed(session, attachment.file_name, attachment.expires_at)
    attachment.thumbnail_name = _renamed(session, attachment.thumbnail_name, attachment.expires_at)


def _renamed(session: Session, name: str | None, expires_at: datetime) -> str | None:
    if name is None:
        return None
    fresh = _new_name(name.rpartition(".")[2])
    change_files(session, [name], name=fresh, expires_at=expires_at, shared=False)
    return fresh


def _expire(session: Session, names: Iterable[str | None], at: datetime) -> None:
    change_files(session, names, expires_at=at)


def change_files(session: Session, names: Iterable[str | None], **values: object) -> None:
    """Set columns of the stored files of these names; None names none."""
    wanted = [name for name in names if name is not None]
    if wanted:
        session.execute(update(StoredFile).where(StoredFile.name.in_(wanted)).values(**values))


def _new_name(extension: str) -> str:
    return f"{new_slug()}.{extension}"


def _new_place(extension: str) -> str:
    slug = new_slug()
    return f"{slug[:2]}/{slug[2:4]}/{slug}.{extension}"
