"""The rows of a remote post, by prebuilt statements: most of what a server stores arrives this way."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session, make_transient_to_detached

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.db.known_uris import KnownUri
from fediunion.db.prepared import insert_row, select_rows
from fediunion.kit.ids import new_id
from fediunion.social.posts.models import Post, PostMention, PostTag

_POST = cast("Table", Post.__table__)
_INSERT_POST: Final = insert(_POST)
_KNOWN = cast("Table", KnownUri.__table__)
_INSERT_KNOWN: Final = insert(_KNOWN)
_INSERT_MENTION: Final = insert(cast("Table", PostMention.__table__))
_INSERT_TAG: Final = insert(cast("Table", PostTag.__table__))
_FIND_KNOWN: Final = select(_KNOWN.c.uri, _KNOWN.c.kind, _KNOWN.c.row_id).where(
    _KNOWN.c.uri.in_((bindparam("uri"), bindparam("other")))
)
_FIND_ORPHANS: Final = select(_POST.c.id, _POST.c.thread_id).where(
    _POST.c.in_reply_to_uri == bindparam("parent_uri"),
    _POST.c.in_reply_to_id.is_(None),
    _POST.c.deleted_at.is_(None),
)
_EMPTY: Final[Mapping[str, Any]] = {
    "slug": None,
    "source": "",
    "boost_of_id": None,
    "quote_uri": None,
    "quote_of_id": None,
    "quote_state": "",
    "quote_authorization_uri": None,
    "boosts_count": 0,
    "favourites_count": 0,
    "replies_fetched_at": None,
    "deleted_at": None,
}
_OLDEST: Final = datetime(2007, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_MINUTE_AND_TRAVEL: Final = timedelta(minutes=2)


class Known(NamedTuple):
    """What an id names."""

    uri: str
    kind: str
    row_id: int | None


class Orphan(NamedTuple):
    """A reply that came before what it replies to."""

    id: int
    thread_id: int


def find_known(session: Session, uri: str, other: str | None = None) -> dict[str, Known]:
    """Return what is known of one or two ids, tombstones too; unknown ones are absent."""
    found = select_rows(session, _FIND_KNOWN, {"uri": uri, "other": other or uri})
    return {row[0]: Known(*row) for row in found}


def find_orphans(session: Session, parent_uri: str) -> list[Orphan]:
    """Return the replies to `parent_uri` that hang on nothing yet (row L20)."""
    found = select_rows(session, _FIND_ORPHANS, {"parent_uri": parent_uri})
    return [Orphan(*row) for row in found]


def published_at(told: datetime | None, now: datetime) -> datetime:
    """Return when a post was published: now, where what it tells cannot be (row P15)."""
    return told if told is not None and _OLDEST <= told <= now else now


def id_for(published: datetime, now: datetime) -> int:
    """Return a number that sorts by the moment.

    Most servers tell whole seconds, unions of their members' posts whole minutes. Within one the arrival
    decides where that was about the same time, else chance, so that the posts of a busy second do not
    fight for few numbers.
    """
    if published.microsecond == 0:
        if now - published < (_SECOND if published.second else _MINUTE_AND_TRAVEL):
            return new_id(now)
        published += timedelta(milliseconds=secrets.randbelow(1000))
    return new_id(published)


def insert_post(session: Session, row: Mapping[str, Any]) -> Post:
    """Insert a post and what its id names; return it as loaded. `row`: the columns that are not _EMPTY."""
    values = {**_EMPTY, **row}
    insert_row(session, _INSERT_POST, values)
    named = {"uri": row["uri"], "kind": "post", "row_id": row["id"], "seen_at": now_of(session)}
    insert_row(session, _INSERT_KNOWN, named)
    # As the ORM makes it from a row: setting forty attributes one by one would cost more than the insert.
    post: Post = Post.__mapper__.class_manager.new_instance()
    post.__dict__.update(values)
    make_transient_to_detached(post)
    session.add(post)
    return post


def insert_mentions(
    session: Session, post_id: int, addressed: Iterable[Actor], named_uris: frozenset[str]
) -> None:
    """Insert whom a post addresses; silently where the text does not name them."""
    rows = [
        {"post_id": post_id, "actor_id": actor.id, "silent": actor.uri not in named_uris}
        for actor in addressed
    ]
    if rows:
        session.execute(_INSERT_MENTION, rows)


def insert_tags(session: Session, post_id: int, tags: Mapping[str, str]) -> None:
    """Insert the hashtags of a post: normalised → as written."""
    rows = [{"post_id": post_id, "name": name, "display_name": shown} for name, shown in tags.items()]
    if rows:
        session.execute(_INSERT_TAG, rows)


def adopt(session: Session, post: Post, orphans: Sequence[Orphan]) -> None:
    """Attach the replies that came before `post`, with all that hangs on them."""
    session.execute(
        update(Post)
        .where(Post.id.in_([orphan.id for orphan in orphans]))
        .values(in_reply_to_id=post.id, in_reply_to_author_id=post.author_id)
    )
    session.execute(
        update(Post)
        .where(Post.thread_id.in_({orphan.thread_id for orphan in orphans}))
        .values(thread_id=post.thread_id)
    )
