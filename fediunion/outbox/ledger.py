"""Who may hold a copy of what we sent: found again for a Delete, kept small by retention."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, or_, select, text, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import insert_ignoring, now_of, settings_of
from fediunion.jobs.queue import enqueue
from fediunion.outbox.models import Delivery, DeliveryState, OutboxActivity, SentTo
from fediunion.outbox.publish import Inbox

DEAD_LETTER_DAYS: Final = 90
FORGET_WORDS: Final = "outbox.forget_words"

# What such an activity carries stays with the recipient until it is told otherwise: its object, or itself.
_CARRIES_OBJECT: Final = frozenset({"Create", "Update"})
_STAYS_ITSELF: Final = frozenset({"Announce", "Like", "EmojiReact", "Add", "Follow", "Block"})
_ROWS_AT_ONCE: Final = 1000


def holders(session: Session, _author: Actor, object_uri: str) -> Iterable[Inbox]:
    """Return every inbox that may hold `object_uri` (an object, or an activity): row L35.

    That is each inbox to which an activity about it was tried or delivered, whatever became of it.
    """
    return _inboxes(session, object_uri, Delivery.attempts > 0)


def sent_to(session: Session, _author: Actor, object_uri: str) -> Iterable[Inbox]:
    """Return every inbox that `object_uri` was or is still to be sent to, and no other (row I8).

    Unlike `holders` with those that wait for their first attempt: what they get says how the thing was.
    """
    return _inboxes(
        session, object_uri, or_(Delivery.attempts > 0, Delivery.state != DeliveryState.WITHDRAWN)
    )


def _inboxes(session: Session, object_uri: str, meant: ColumnElement[bool]) -> list[Inbox]:
    """Return the inboxes of the deliveries about `object_uri` that are `meant`, and of those before them."""
    delivered = (
        select(Delivery.inbox_url)
        .join(OutboxActivity, OutboxActivity.id == Delivery.activity_id)
        .where(
            or_(OutboxActivity.object_uri == object_uri, OutboxActivity.uri == object_uri),
            OutboxActivity.activity_type != "Delete",
            meant,
        )
    )
    sent = select(SentTo.inbox_url).where(SentTo.object_uri == object_uri)
    return [Inbox(url) for url in sorted(set(session.scalars(delivered)) | set(session.scalars(sent)))]


def retain(session: Session) -> int:
    """Move one portion of old deliveries into the ledger; return how many, 0 when nothing is left to do.

    Delivered and withdrawn ones are kept for `privacy.delivery_days`, dead letters for 90 days. A portion
    is of one state, and the delivered ones come when no others are left: the Delete that ends what the
    ledger knows is among them, and its Create may be among the others.
    """
    now = now_of(session)
    periods = {
        DeliveryState.WITHDRAWN: settings_of(session).privacy.delivery_days,
        DeliveryState.DEAD: DEAD_LETTER_DAYS,
        DeliveryState.DELIVERED: settings_of(session).privacy.delivery_days,
    }
    for state, days in periods.items():
        until = now - timedelta(days=days)
        rows = session.execute(
            select(
                Delivery.id,
                Delivery.inbox_url,
                Delivery.attempts,
                OutboxActivity.activity_type,
                OutboxActivity.uri,
                OutboxActivity.object_uri,
            )
            .join(OutboxActivity, OutboxActivity.id == Delivery.activity_id)
            .where(Delivery.state == state, Delivery.finished_at < until)
            .order_by(Delivery.id)
            .limit(_ROWS_AT_ONCE)
        ).all()
        if not rows:
            continue
        kept = [
            {"object_uri": held, "inbox_url": inbox_url, "sent_at": now}
            for _, inbox_url, attempts, activity_type, uri, object_uri in rows
            if attempts and (held := _held_after(activity_type, uri, object_uri))
        ]
        insert_ignoring(session, SentTo, kept)
        _forget_deleted(session, [(row.object_uri, row.inbox_url) for row in rows if _deletes(row, state)])
        session.execute(
            delete(Delivery)
            .where(Delivery.id.in_([row.id for row in rows]))
            .execution_options(synchronize_session=False)
        )
        return len(rows)
    return 0


def trim_bodies(session: Session) -> int:
    """Empty the bodies of private activities that nobody is owed any more; return how many.

    A body is no longer needed once fanned out, with no delivery left, and older than the dead letters.
    """
    until = now_of(session) - timedelta(days=settings_of(session).privacy.delivery_days)
    left = select(Delivery.id).where(Delivery.activity_id == OutboxActivity.id).exists()
    ids = session.scalars(
        select(OutboxActivity.id)
        .where(
            # In the words of the index: SQLite sees that it is of use in these only.
            text("NOT public AND body <> ''"),
            OutboxActivity.fanned_out_at < until,
            ~left,
        )
        .limit(_ROWS_AT_ONCE)
    ).all()
    session.execute(
        update(OutboxActivity)
        .where(OutboxActivity.id.in_(ids))
        .values(body="")
        .execution_options(synchronize_session=False)
    )
    return len(ids)


def forget_words_of(session: Session, object_uri: str) -> None:
    """Have what was sent about a thing that is gone emptied, once nobody is owed any of it."""
    at = now_of(session) + timedelta(days=settings_of(session).privacy.delivery_days + 1)
    enqueue(session, FORGET_WORDS, at=at, object_uri=object_uri)


def empty_bodies(session: Session, object_uri: str) -> None:
    """Empty the bodies of all that told of a thing that is gone; later, while deliveries of them are kept.

    The Delete stays as it is: it has no words.
    """
    told = (OutboxActivity.object_uri == object_uri, OutboxActivity.activity_type.in_(_CARRIES_OBJECT))
    owed = select(Delivery.id).join(OutboxActivity, OutboxActivity.id == Delivery.activity_id).where(*told)
    if session.scalar(owed.limit(1)) is not None:
        forget_words_of(session, object_uri)
        return
    session.execute(
        update(OutboxActivity).where(*told).values(body="").execution_options(synchronize_session=False)
    )


def _held_after(activity_type: str, uri: str, object_uri: str | None) -> str | None:
    if activity_type in _CARRIES_OBJECT:
        return object_uri
    return uri if activity_type in _STAYS_ITSELF else None


def _deletes(row: object, state: DeliveryState) -> bool:
    return state is DeliveryState.DELIVERED and getattr(row, "activity_type", "") in ("Delete", "Undo")


def _forget_deleted(session: Session, confirmed: Sequence[tuple[str | None, str]]) -> None:
    for object_uri, inbox_url in confirmed:
        session.execute(
            delete(SentTo)
            .where(SentTo.object_uri == object_uri, SentTo.inbox_url == inbox_url)
            .execution_options(synchronize_session=False)
        )
