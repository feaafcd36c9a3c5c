"""The rules of archives: one a day, for their owner alone, gone after a week."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.social.archives.models import Archive, ArchiveState
from fediunion.social.media.files import expire_files
from fediunion.social.media.models import StoredFile
from fediunion.social.posts.models import Post

BUILD: Final = "archives.build"
KEPT: Final = timedelta(days=7)
NOT_MORE_OFTEN_THAN: Final = timedelta(days=1)


def begin_archive(session: Session, owner: Actor) -> Archive:
    """Return an archive of all that is there of our `owner`; a job makes it.

    Raises Invalid for a second one in a day; one that failed does not count.
    """
    now = now_of(session)
    latest = find_latest(session, owner.id)
    too_soon = latest is not None and latest.created_at > now - NOT_MORE_OFTEN_THAN
    if too_soon and latest is not None and latest.state != ArchiveState.FAILED:
        raise Invalid(Sentence("You can ask for an archive once a day."), reason="too-often")
    posts = select(func.count()).where(Post.author_id == owner.id, Post.deleted_at.is_(None))
    archive = Archive(owner_id=owner.id, total=session.scalar(posts) or 0, created_at=now, ends_at=now + KEPT)
    session.add(archive)
    session.flush()
    enqueue(session, BUILD, key=f"archive:{archive.id}", archive_id=archive.id)
    return archive


def find_latest(session: Session, owner_id: int) -> Archive | None:
    """Return a member's latest archive that is not over, or None."""
    found = select(Archive).where(Archive.owner_id == owner_id, Archive.ends_at > now_of(session))
    return session.scalar(found.order_by(Archive.id.desc()).limit(1))


def get_archive_file(session: Session, owner_id: int, archive_id: int) -> tuple[Archive, StoredFile]:
    """Return a member's own archive and its file. Raises NotFound for any other, and for one that is over."""
    archive = session.get(Archive, archive_id)
    if archive is None or archive.owner_id != owner_id or archive.ends_at <= now_of(session):
        raise NotFound("There is no such archive.")
    file = session.get(StoredFile, archive.file_id) if archive.file_id is not None else None
    if archive.state != ArchiveState.READY or file is None:
        raise NotFound("There is no such archive.")
    return archive, file


def find_waiting(session: Session, archive_id: int) -> Archive | None:
    """Return an archive that is to be made, or None where it is made, over, or its owner gone."""
    archive = session.get(Archive, archive_id)
    return archive if archive is not None and archive.state == ArchiveState.WORKING else None


def note_progress(session: Session, archive_id: int, done: int) -> None:
    """Note how many posts are in an archive."""
    archive = session.get(Archive, archive_id)
    if archive is not None:
        archive.done = done


def finish(session: Session, archive_id: int, file: StoredFile) -> None:
    """Give an archive its file, which goes with it."""
    archive = session.get(Archive, archive_id)
    if archive is not None:
        archive.state, archive.file_id, archive.size = ArchiveState.READY, file.id, file.size
        archive.done = archive.total
        expire_files(session, [file.name], archive.ends_at)


def fail(session: Session, archive_id: int) -> None:
    """Note that an archive could not be made; its owner can ask again at once."""
    archive = session.get(Archive, archive_id)
    if archive is not None:
        archive.state = ArchiveState.FAILED


def forget_over(session: Session) -> None:
    """Delete the rows of archives that are over; their files expired with them."""
    session.execute(delete(Archive).where(Archive.ends_at <= now_of(session)))


def forget_of(session: Session, owner_id: int) -> None:
    """Delete all archives of somebody who goes."""
    session.execute(delete(Archive).where(Archive.owner_id == owner_id))
