"""Followed hashtags: reads."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.db.pages import paged
from fediunion.kit.pages import Page
from fediunion.social.tags.models import FollowedTag


def find_followed_tag(session: Session, actor_id: int, name: str) -> FollowedTag | None:
    """Return that a member follows a hashtag of this normalised name, or None."""
    return session.scalar(
        select(FollowedTag).where(FollowedTag.actor_id == actor_id, FollowedTag.name == name)
    )


def followed_among(session: Session, actor_id: int, names: Iterable[str]) -> set[str]:
    """Return which of these normalised names a member follows."""
    wanted = list(names)
    if not wanted:
        return set()
    statement = select(FollowedTag.name).where(FollowedTag.actor_id == actor_id, FollowedTag.name.in_(wanted))
    return set(session.scalars(statement))


def count_followed_tags(session: Session, actor_id: int) -> int:
    """Return how many hashtags a member follows."""
    statement = select(func.count()).select_from(FollowedTag).where(FollowedTag.actor_id == actor_id)
    return session.scalar(statement) or 0


def list_followed_tags(session: Session, actor_id: int, page: Page) -> Sequence[FollowedTag]:
    """Return a page of what a member follows, the newest first; the row ids are the cursors."""
    statement = paged(select(FollowedTag).where(FollowedTag.actor_id == actor_id), FollowedTag.id, page)
    return page.newest_first(list(session.scalars(statement)))
