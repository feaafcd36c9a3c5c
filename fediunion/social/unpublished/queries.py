"""Posts that are not published yet: reads. They are there for their owner alone."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fediunion.db.pages import paged
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.social.media.models import Attachment
from fediunion.social.unpublished.models import UnpublishedPost
from fediunion.social.unpublished.wishes import wish_in

Shown = tuple[UnpublishedPost, Sequence[Attachment]]
"""A post that is not published yet, with its files in their order."""


def get_scheduled(session: Session, owner_id: int, row_id: int) -> UnpublishedPost:
    """Return a scheduled post of the owner's. Raises NotFound for any other."""
    row = _get(session, owner_id, row_id)
    if row.publish_at is None:
        raise NotFound("There is no such scheduled post.")
    return row


def get_draft(session: Session, owner_id: int, row_id: int) -> UnpublishedPost:
    """Return a draft of the owner's. Raises NotFound for any other."""
    row = _get(session, owner_id, row_id)
    if row.publish_at is not None:
        raise NotFound("There is no such draft.")
    return row


def list_scheduled(session: Session, owner_id: int, page: Page) -> list[UnpublishedPost]:
    """Return a page of a member's scheduled posts, the last made first."""
    statement = select(UnpublishedPost).where(
        UnpublishedPost.owner_id == owner_id, UnpublishedPost.publish_at.is_not(None)
    )
    return page.newest_first(list(session.scalars(paged(statement, UnpublishedPost.id, page))))


def list_drafts(session: Session, owner_id: int, page: Page) -> list[UnpublishedPost]:
    """Return a page of a member's drafts, the last made first."""
    statement = select(UnpublishedPost).where(
        UnpublishedPost.owner_id == owner_id, UnpublishedPost.publish_at.is_(None)
    )
    return page.newest_first(list(session.scalars(paged(statement, UnpublishedPost.id, page))))


def with_files(session: Session, rows: Sequence[UnpublishedPost]) -> list[Shown]:
    """Return the posts with their files, in one query."""
    wanted = {row.id: wish_in(row.wish).attachment_ids for row in rows}
    ids = [each for several in wanted.values() for each in several]
    found = {}
    if ids:
        found = {each.id: each for each in session.scalars(select(Attachment).where(Attachment.id.in_(ids)))}
    return [(row, [found[each] for each in wanted[row.id] if each in found]) for row in rows]


def count_unpublished(session: Session, owner_id: int, *, scheduled: bool) -> int:
    """Return how many scheduled posts, or how many drafts, a member has."""
    is_draft = UnpublishedPost.publish_at.is_(None)
    return _count(session, owner_id, ~is_draft if scheduled else is_draft)


def count_on_day_of(session: Session, owner_id: int, moment: datetime, *, but: int | None = None) -> int:
    """Return how many posts of a member are to be published on the day (UTC) of `moment`, `but` one."""
    start = datetime.combine(moment.astimezone(UTC).date(), time(), UTC)
    end = start + timedelta(days=1)
    conditions = [UnpublishedPost.publish_at >= start, UnpublishedPost.publish_at < end]
    if but is not None:
        conditions.append(UnpublishedPost.id != but)
    return _count(session, owner_id, *conditions)


def _count(session: Session, owner_id: int, *conditions: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(UnpublishedPost)
    return session.scalar(statement.where(UnpublishedPost.owner_id == owner_id, *conditions)) or 0


def _get(session: Session, owner_id: int, row_id: int) -> UnpublishedPost:
    row = session.get(UnpublishedPost, row_id)
    if row is None or row.owner_id != owner_id:
        raise NotFound("There is no such post.")
    return row
