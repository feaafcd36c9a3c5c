"""What belongs to the row of a remote post, by prebuilt statements: most of what is stored arrives so."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db.known_uris import KnownUri
from fediunion.db.prepared import select_rows
from fediunion.social.posts.models import Post, PostMention, PostTag

_POST = cast("Table", Post.__table__)
_KNOWN = cast("Table", KnownUri.__table__)
_INSERT_MENTION: Final = insert(cast("Table", PostMention.__table__))
_INSERT_TAG: Final = insert(cast("Table", PostTag.__table__))
_FIND_KNOWN: Final = select(_KNOWN.c.uri, _KNOWN.c.kind, _KNOWN.c.row_id).where(
    _KNOWN.c.uri.in_((bindparam("uri"), bindparam("other")))
)
_FIND_ORPHANS: Final = select(_POST.c.id, _POST.c.thread_id, _POST.c.audience).where(
    _POST.c.in_reply_to_uri == bindparam("parent_uri"),
    _POST.c.in_reply_to_id.is_(None),
    _POST.c.deleted_at.is_(None),
)
_OLDEST: Final = datetime(2007, 1, 1, tzinfo=UTC)


class Known(NamedTuple):
    """What an id names."""

    uri: str
    kind: str
    row_id: int | None


class Orphan(NamedTuple):
    """A reply that came before what it replies to."""

    id: int
    thread_id: int
    audience: str


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
