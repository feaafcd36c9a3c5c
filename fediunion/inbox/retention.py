"""How long what came in is remembered: its text for days, its id for as long as it could be replayed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fediunion.db import now_of, settings_of
from fediunion.db.known_uris import forget_markers
from fediunion.inbox.models import InboxActivity, InboxRejection
from fediunion.kit.json import JsonObject
from fediunion.world import World

FORGET_JOB: Final = "inbox.forget"
IDS_ARE_KEPT: Final = timedelta(days=60)
REJECTIONS_ARE_KEPT: Final = timedelta(days=60)
MARKERS_ARE_KEPT: Final = timedelta(days=31)
"""A proof is believed for 30 days, and what came with one may wait for a day."""

_ROWS_AT_ONCE: Final = 1000


async def forget_received(world: World, payload: JsonObject) -> None:
    """Drop the texts of processed activities after `privacy.inbox_days`, and their rows after 60 days.

    The job `inbox.forget`, without payload. An id must be remembered for at least 30 days (row S38): a
    repeated delivery changes nothing until then. What merely says that something was taken back goes after
    31 days (rows L20, R10). What is found is changed in small portions: nobody else can write to SQLite
    meanwhile.
    """
    del payload
    after = 0
    while found := await world.db.read(_list_old_texts, after):
        await world.db.write(_forget_texts, found)
        after = found[-1]
    while await world.db.write(_delete_old):
        pass
    await world.db.write(_delete_old_rejections)
    while await world.db.write(_forget_markers) == _ROWS_AT_ONCE:
        pass


def _list_old_texts(session: Session, after: int) -> Sequence[int]:
    old = now_of(session) - timedelta(days=settings_of(session).privacy.inbox_days)
    return session.scalars(
        select(InboxActivity.id)
        .where(InboxActivity.id > after, InboxActivity.body.is_not(None))
        .where(InboxActivity.processed_at.is_not(None), InboxActivity.received_at < old)
        .order_by(InboxActivity.id)
        .limit(_ROWS_AT_ONCE)
    ).all()


def _forget_texts(session: Session, ids: Sequence[int]) -> None:
    session.execute(
        update(InboxActivity)
        .where(InboxActivity.id.in_(ids))
        .values(body=None)
        .execution_options(synchronize_session=False)
    )


def _delete_old(session: Session) -> int:
    """Delete one portion; return how many rows that were."""
    ids = session.scalars(
        select(InboxActivity.id)
        .where(InboxActivity.processed_at.is_not(None))
        .where(InboxActivity.received_at < now_of(session) - IDS_ARE_KEPT)
        .order_by(InboxActivity.received_at)
        .limit(_ROWS_AT_ONCE)
    ).all()
    session.execute(
        delete(InboxActivity).where(InboxActivity.id.in_(ids)).execution_options(synchronize_session=False)
    )
    return len(ids)


def _delete_old_rejections(session: Session) -> None:
    session.execute(
        delete(InboxRejection)
        .where(InboxRejection.day < (now_of(session) - REJECTIONS_ARE_KEPT).date())
        .execution_options(synchronize_session=False)
    )


def _forget_markers(session: Session) -> int:
    return forget_markers(session, now_of(session) - MARKERS_ARE_KEPT, limit=_ROWS_AT_ONCE)
