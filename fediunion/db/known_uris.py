"""Every ActivityPub id we know, what kind of thing it names, and what must stay deleted."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Index, bindparam, delete, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fediunion.db.base import Base
from fediunion.db.prepared import insert_ignoring
from fediunion.db.unit import now_of

TOMBSTONE = "tombstone"
UNDONE = "undone"
_MARKER: Final = "row_id IS NOT NULL AND kind IN ('tombstone', 'undone')"


class KnownUri(Base):
    """One id. The primary key also stops two things from claiming one id.

    The `row_id` of a tombstone is the actor who said that an id unknown here is gone, or who does the same
    under another id now: it holds for what that actor says of it (`is_buried`). Without one the thing was
    known, or its owner is gone: it holds for all.
    What is UNDONE was here and ended; its `row_id` is the actor who had done it and may do it once more under
    the same id, as some servers let them. `seen_at` is when it ended, by the clock of who ended it.
    """

    __tablename__ = "known_uri"
    uri: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    row_id: Mapped[int | None]
    seen_at: Mapped[datetime]

    __table_args__ = (
        Index(
            "ix_known_uri_marker",
            "seen_at",
            sqlite_where=text(_MARKER),
            postgresql_where=text(_MARKER),
        ),
    )


def remember_uri(session: Session, uri: str, kind: str, row_id: int | None) -> None:
    """Note, in the caller's unit of work, that `uri` names the row `row_id` of a `kind` ("actor", "post")."""
    session.add(KnownUri(uri=uri, kind=kind, row_id=row_id, seen_at=now_of(session)))


def find_known_uri(session: Session, uri: str) -> KnownUri | None:
    """Return what is known of `uri`, a tombstone too, or None."""
    return session.get(KnownUri, uri)


_AMONG: Final = select(KnownUri).where(KnownUri.uri.in_(bindparam("uris", expanding=True)))


def find_known_uris(session: Session, uris: Iterable[str]) -> dict[str, KnownUri]:
    """Return what is known of each of `uris`; unknown ones are absent."""
    wanted = list(dict.fromkeys(uris))
    if not wanted:
        return {}
    return {row.uri: row for row in session.scalars(_AMONG, {"uris": wanted})}


def bury_uri(session: Session, uri: str, actor_id: int | None = None) -> None:
    """Make `uri` a tombstone: what comes under this id later stays deleted (rows A39, L20).

    With `actor_id` it is for what that actor named anew, and is forgotten in time: nobody fills a table by
    doing one thing under ever new ids (row R10).
    """
    _let_name(session, uri, TOMBSTONE, actor_id)


def undo_uri(session: Session, uri: str, actor_id: int, at: datetime | None = None) -> None:
    """Note that what `uri` names has ended: a copy that comes later changes nothing (row L20).

    Unlike what is buried, it may be done again by `actor_id`, who did it, in something signed later. `at` is
    when that actor signed the end of it, by its own clock; None where another ended it now.
    """
    _let_name(session, uri, UNDONE, actor_id, at)


def _let_name(session: Session, uri: str, kind: str, row_id: int | None, at: datetime | None = None) -> None:
    at = at or now_of(session)
    changed = session.execute(
        update(KnownUri).where(KnownUri.uri == uri).values(kind=kind, row_id=row_id, seen_at=at)
    )
    if getattr(changed, "rowcount", 0) == 0:
        insert_ignoring(session, KnownUri, [{"uri": uri, "kind": kind, "row_id": row_id, "seen_at": at}])


def forget_uris(session: Session, uris: Collection[str]) -> None:
    """Forget that these ids ever named anything: for things of ours that nobody outside holds any more."""
    session.execute(delete(KnownUri).where(KnownUri.uri.in_(uris)))


def forget_markers(session: Session, before: datetime, *, limit: int) -> int:
    """Forget what only says that an actor took something back before then; return how much, at most `limit`.

    Those are the tombstones of what was never known here or has another id now, and what ended and may be
    done again. What else was known and is gone stays a tombstone.
    """
    old = select(KnownUri.uri).where(text(_MARKER), KnownUri.seen_at < before)
    uris = session.scalars(old.order_by(KnownUri.seen_at).limit(limit)).all()
    session.execute(
        delete(KnownUri).where(KnownUri.uri.in_(uris)).execution_options(synchronize_session=False)
    )
    return len(uris)


def bury_unknown_uri(session: Session, uri: str, actor_id: int | None) -> None:
    """Leave a tombstone where nothing is known of `uri`, which an actor takes back before it came.

    What the id names already, or another buried, stays: an actor that shares a host with somebody does not
    bury that one's things, known or still to come (rows A03, A16, A39).
    """
    now = now_of(session)
    insert_ignoring(session, KnownUri, [{"uri": uri, "kind": TOMBSTONE, "row_id": actor_id, "seen_at": now}])


def is_buried(kind: str, row_id: int | None, actor_id: int | None) -> bool:
    """Return whether what is known of an id is a tombstone that holds for this actor (None: for anybody)."""
    return kind == TOMBSTONE and (row_id is None or row_id == actor_id)


def lift_burial(session: Session, uri: str) -> None:
    """Forget that `uri` is gone: whose id it is not left a tombstone there, or its actor does it again."""
    known = session.get(KnownUri, uri)
    if known is not None and known.kind in (TOMBSTONE, UNDONE):
        session.delete(known)
        session.flush()
