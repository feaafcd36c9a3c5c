"""Filters: reads. A filter is there for its owner alone."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.kit.errors import NotFound
from fediunion.social.filters.models import Filter, FilterKeyword, FilterPost


@dataclass(frozen=True)
class FilterView:
    """A filter with its keywords and its single posts, in the order in which they were added."""

    filter: Filter
    keywords: Sequence[FilterKeyword] = ()
    posts: Sequence[FilterPost] = ()


def find_owners(session: Session) -> frozenset[int]:
    """Return the ids of all members who have a filter: nothing is ever looked for in posts for the others."""
    return frozenset(session.scalars(select(Filter.owner_id).distinct()))


def list_filters(session: Session, owner_id: int) -> list[FilterView]:
    """Return all filters of a member with what is in them, expired ones too, the oldest first."""
    rows = session.scalars(select(Filter).where(Filter.owner_id == owner_id).order_by(Filter.id)).all()
    return _with_parts(session, rows)


def get_filter(session: Session, owner_id: int, filter_id: int) -> FilterView:
    """Return a filter of the owner's. Raises NotFound for any other."""
    row = session.get(Filter, filter_id)
    if row is None or row.owner_id != owner_id:
        raise NotFound("There is no such filter.")
    return _with_parts(session, [row])[0]


def get_keyword(session: Session, owner_id: int, keyword_id: int) -> tuple[Filter, FilterKeyword]:
    """Return a keyword of a filter of the owner's, after its filter. Raises NotFound for any other."""
    row = session.get(FilterKeyword, keyword_id)
    if row is None:
        raise NotFound("There is no such keyword.")
    return get_filter(session, owner_id, row.filter_id).filter, row


def get_filter_post(session: Session, owner_id: int, row_id: int) -> FilterPost:
    """Return what makes a single post part of a filter of the owner's. Raises NotFound for any other."""
    row = session.get(FilterPost, row_id)
    if row is None:
        raise NotFound("There is no such post in a filter.")
    get_filter(session, owner_id, row.filter_id)
    return row


def _with_parts(session: Session, rows: Sequence[Filter]) -> list[FilterView]:
    ids = [row.id for row in rows]
    keywords: dict[int, list[FilterKeyword]] = defaultdict(list)
    posts: dict[int, list[FilterPost]] = defaultdict(list)
    if ids:
        their_keywords = select(FilterKeyword).where(FilterKeyword.filter_id.in_(ids))
        for keyword in session.scalars(their_keywords.order_by(FilterKeyword.id)):
            keywords[keyword.filter_id].append(keyword)
        their_posts = select(FilterPost).where(FilterPost.filter_id.in_(ids))
        for post in session.scalars(their_posts.order_by(FilterPost.id)):
            posts[post.filter_id].append(post)
    return [FilterView(row, keywords[row.id], posts[row.id]) for row in rows]
