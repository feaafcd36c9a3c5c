"""How long what came in is remembered: its text for days, its id for as long as it could be replayed."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import JsonObject
from fediunion.db import now_of, settings_of
from fediunion.inbox.models import InboxActivity, InboxRejection
from fediunion.world import World

FORGET_JOB: Final = "inbox.forget"
IDS_ARE_KEPT: Final = timedelta(days=60)
REJECTIONS_ARE_KEPT: Final = timedelta(days=60)


async def forget_received(world: World, payload: JsonObject) -> None:
    """Delete what the retention periods say; the job `inbox.forget`, without payload."""
    del payload
    await world.db.write(forget)


def forget(session: Session) -> None:
    """Drop the texts of processed activities after `privacy.inbox_days`, and their rows after 60 days.

    An id must be remembered for at least 30 days (row S38): a repeated delivery changes nothing until then.
    """
    now = now_of(session)
    processed = InboxActivity.processed_at.is_not(None)
    old = now - timedelta(days=settings_of(session).privacy.inbox_days)
    session.execute(
        update(InboxActivity)
        .where(processed, InboxActivity.received_at < old, InboxActivity.body.is_not(None))
        .values(body=None),
        execution_options={"synchronize_session": False},
    )
    for ended in (
        delete(InboxActivity).where(processed, InboxActivity.received_at < now - IDS_ARE_KEPT),
        delete(InboxRejection).where(InboxRejection.day < (now - REJECTIONS_ARE_KEPT).date()),
    ):
        session.execute(ended, execution_options={"synchronize_session": False})
