"""Home and lists: one range of a table, read by statements that are built once."""

from datetime import datetime
from functools import cache
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    exists,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.db import BIG, UtcDateTime, now_of
from fediunion.db.prepared import select_rows
from fediunion.kit.pages import Page
from fediunion.social.follows.conditions import avoids_anybody, unread_by
from fediunion.social.lists.models import AccountList, ListedAccount
from fediunion.social.lists.queries import get_list
from fediunion.social.posts.models import Post
from fediunion.social.posts.visibility import visible_to
from fediunion.social.timelines.models import HomeEntry, ListEntry

# Some value, for the statement to be compiled with.
_OPEN: Final = 0
_READER = bindparam("reader_id", _OPEN, type_=BIG)
_NOW = bindparam("now", None, type_=UtcDateTime())


def home_page(session: Session, actor_id: int, page: Page) -> list[int]:
    """Return the ids of what stands in a member's home, in one query whatever there is."""
    statement = _statement(HomeEntry, page.max_id is not None, *_lower(page))
    return _ids(session, statement, actor_id, actor_id, page)


def list_page(session: Session, owner_id: int, list_id: int, page: Page) -> list[int]:
    """Return the ids of what stands in a member's list. Raises NotFound for somebody else's list."""
    get_list(session, owner_id, list_id)
    statement = _statement(ListEntry, page.max_id is not None, *_lower(page))
    return _ids(session, statement, list_id, owner_id, page)


def _lower(page: Page) -> tuple[bool, bool]:
    return page.min_id is not None or page.since_id is not None, page.min_id is not None


def _ids(session: Session, statement: Select[Any], whose_id: int, reader_id: int, page: Page) -> list[int]:
    bounds = [bound for bound in (page.since_id, page.min_id) if bound is not None]
    rows = select_rows(
        session,
        statement,
        {
            "whose_id": whose_id,
            "reader_id": reader_id,
            "now": now_of(session),
            "below": page.max_id,
            "above": max(bounds, default=None),
            "size": page.limit,
        },
    )
    return page.newest_first([row[0] for row in rows])


@cache
def _statement(
    table: type[HomeEntry] | type[ListEntry], has_upper: bool, has_lower: bool, oldest_first: bool
) -> Select[Any]:
    whose = HomeEntry.actor_id if table is HomeEntry else ListEntry.list_id
    statement = showing(select(table.post_id), table, _READER, _NOW, avoids=avoids_anybody(_READER))
    statement = statement.where(whose == bindparam("whose_id", _OPEN, type_=BIG))
    if has_upper:
        statement = statement.where(table.post_id < bindparam("below", _OPEN, type_=BIG))
    if has_lower:
        statement = statement.where(table.post_id > bindparam("above", _OPEN, type_=BIG))
    order = table.post_id.asc() if oldest_first else table.post_id.desc()
    return statement.order_by(order).limit(bindparam("size", _OPEN, type_=BIG))


def showing(
    statement: Select[Any],
    table: type[HomeEntry] | type[ListEntry],
    reader: SQLColumnExpression[int],
    now: SQLColumnExpression[datetime],
    avoids: ColumnElement[bool] | None = None,
) -> Select[Any]:
    """Return a statement about `table` that finds only what `reader` may see and wants to read `now`.

    `avoids` is whether the reader avoids anybody, where that is asked of one reader.
    """
    author, boosted, boosted_author = aliased(Actor), aliased(Post), aliased(Actor)

    def is_read(actor: type[Actor]) -> ColumnElement[bool]:
        unread = unread_by(reader, actor.id, actor.host, now)
        return not_(unread if avoids is None else and_(avoids, unread))

    # The condition is built once, for whoever comes: the viewer's id is a column or parameter.
    viewer = Viewer(cast("int", reader), None, is_member=True)
    statement = (
        statement.join(Post, Post.id == table.post_id)
        # Every post has an author; but for an inner join SQLite may read all actors, for a filter of ids.
        .outerjoin(author, author.id == Post.author_id)
        .outerjoin(boosted, boosted.id == Post.boost_of_id)
        .outerjoin(boosted_author, boosted_author.id == boosted.author_id)
        .where(
            visible_to(viewer),
            boosted.deleted_at.is_(None),
            boosted_author.suspended_at.is_(None),
            is_read(author),
            is_read(boosted_author),
        )
    )
    if table is HomeEntry:
        answered = aliased(Actor)
        statement = statement.outerjoin(answered, answered.id == Post.in_reply_to_author_id).where(
            is_read(answered), or_(Post.author_id == reader, not_(_on_exclusive_list(reader)))
        )
    return statement


def _on_exclusive_list(reader: SQLColumnExpression[int]) -> ColumnElement[bool]:
    return exists().where(
        ListedAccount.actor_id == Post.author_id,
        AccountList.id == ListedAccount.list_id,
        AccountList.owner_id == reader,
        AccountList.exclusive,
    )
