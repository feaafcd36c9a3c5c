"""The numbers of posts that come from elsewhere: they sort by when a post was published, and stay."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from fediunion.db.prepared import select_rows
from fediunion.kit.ids import first_id_at, milliseconds_of, new_id
from fediunion.social.posts.models import Post

_SECOND: Final = timedelta(seconds=1)
_MINUTE_AND_TRAVEL: Final = timedelta(minutes=2)
_PARTS: Final = 256
_POST = cast("Table", Post.__table__)
_LAST_OF_AUTHOR: Final = (
    select(_POST.c.id)
    .where(
        _POST.c.author_id == bindparam("author"),
        _POST.c.published_at == bindparam("published"),
        _POST.c.id >= bindparam("first"),
        _POST.c.id < bindparam("above"),
    )
    .order_by(_POST.c.id.desc())
    .limit(1)
)


def id_for(
    session: Session, author_id: int, published: datetime, now: datetime, *, older_than: int | None = None
) -> int:
    """Return a number for a post that sorts by the moment, and stays.

    Most servers tell whole seconds, unions of their members' posts whole minutes. What arrives at about
    that time is numbered as it arrives. What comes later is put after what we have of the author from that
    second or minute; or right before `older_than`, a post that is known to be newer, as what stands above
    it in an outbox or replies to it. Authors among each other are in no order within it.
    """
    span = _SECOND if published.second else _MINUTE_AND_TRAVEL
    if published.microsecond:
        return new_id(published)
    if older_than is None and now - published < span:
        return new_id(now)
    first, end = first_id_at(published), first_id_at(published + span)
    above = older_than if older_than is not None and first < older_than < end else end
    if above == end and now - published < span:
        return new_id(now)
    below = _last_of(session, author_id, published, first, above)
    if above != end:
        return _before(above, below or first)
    if below is not None:
        return _after(below, end)
    # Not at the very beginning, so that there is room for what turns out to be older.
    return _at(milliseconds_of(first) + 100 + secrets.randbelow(100))


def _last_of(session: Session, author_id: int, published: datetime, first: int, above: int) -> int | None:
    parameters = {"author": author_id, "published": published, "first": first, "above": above}
    found = select_rows(session, _LAST_OF_AUTHOR, parameters)
    return found[0][0] if found else None


def _after(below: int, end: int) -> int:
    """Return a number of the next millisecond; at the end of the time, close to the one below."""
    candidate = _at(milliseconds_of(below) + 1)
    return candidate if candidate < end else below + _step(below, end)


def _before(above: int, below: int) -> int:
    """Return a number of the millisecond before; where that is taken, close to the one above."""
    milliseconds = milliseconds_of(above) - 1
    return _at(milliseconds) if milliseconds > milliseconds_of(below) else above - _step(below, above)


def _step(below: int, above: int) -> int:
    """Return a small part of what lies between two numbers: many more are to fit into the rest."""
    return 1 + secrets.randbelow(max(1, (above - below) // _PARTS))


def _at(milliseconds: int) -> int:
    # The middle of the millisecond: no rounding on the way leads to another.
    return new_id(datetime.fromtimestamp((milliseconds + 0.5) / 1000, UTC))
