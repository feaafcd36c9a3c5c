"""Storing a post, ours or remote, by prebuilt statements."""

from collections.abc import Mapping
from typing import Any, Final, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session, make_transient_to_detached

from fediunion.db import now_of
from fediunion.db.known_uris import KnownUri
from fediunion.db.prepared import insert_row
from fediunion.social.posts.models import Post

EMPTY: Final[Mapping[str, Any]] = {
    "slug": None,
    "source": "",
    "extension": {},
    "source_type": "text/plain",
    "boost_of_id": None,
    "quote_uri": None,
    "quote_of_id": None,
    "quote_state": "",
    "quote_authorization_uri": None,
    "approval_state": "",
    "approval_uri": None,
    "boosts_count": 0,
    "favourites_count": 0,
    "replies_fetched_at": None,
    "deleted_at": None,
}
"""What most posts are born without."""

_INSERT: Final = insert(cast("Table", Post.__table__))
_INSERT_KNOWN: Final = insert(cast("Table", KnownUri.__table__))


def insert_post(session: Session, row: Mapping[str, Any]) -> Post:
    """Insert a post and what its id names; return it as loaded. `row`: the columns that are not EMPTY."""
    values = {**EMPTY, **row}
    insert_row(session, _INSERT, values)
    named = {"uri": row["uri"], "kind": "post", "row_id": row["id"], "seen_at": now_of(session)}
    insert_row(session, _INSERT_KNOWN, named)
    # As the ORM makes it from a row: setting forty attributes one by one would cost more than the insert.
    post: Post = Post.__mapper__.class_manager.new_instance()
    post.__dict__.update(values)
    make_transient_to_detached(post)
    session.add(post)
    return post
