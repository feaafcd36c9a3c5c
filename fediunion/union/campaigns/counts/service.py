"""Sums of unions: what counts of them, when ours is told, and forgetting them."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.union.campaigns.counts.queries import counting
from fediunion.union.campaigns.models import CampaignCall, CountKind, UnionCount
from fediunion.union.campaigns.sponsors.queries import is_carried_here

TELL_JOB: Final = "campaigns.tell_count"
EVERY_SECONDS: Final = {
    CountKind.SIGNATURES: 60,
    CountKind.PLEDGES: 10,
    CountKind.BOOSTS: 60,
    CountKind.FAILED_BOOSTS: 60,
}


def number_stated(session: Session, call: CampaignCall, kind: CountKind) -> int:
    """Return how many members the unions that carry a call state together, as the last of each says."""
    # PostgreSQL sums to a decimal.
    return int(session.scalar(select(func.sum(UnionCount.number)).where(*counting(call, kind))) or 0)


def note_change(session: Session, call: CampaignCall, kind: CountKind) -> None:
    """Have what our union counts for another's call told to it, some time from now.

    It is told on the full minute after the next one, and for pledges on full ten seconds: neither how often
    nor when says when somebody signed.
    """
    if not is_carried_here(session, call):
        return
    every = EVERY_SECONDS[kind]
    turn = int(now_of(session).timestamp()) // every + 2
    at = datetime.fromtimestamp(turn * every, UTC)
    enqueue(session, TELL_JOB, at=at, key=f"{TELL_JOB}:{call.id}:{kind}", call_id=call.id, kind=kind.value)


def forget_counts(session: Session, call: CampaignCall, host: str) -> None:
    """Forget what the union on a server stated for a call, ours included: it carries the call no more."""
    session.execute(
        delete(UnionCount)
        .where(UnionCount.call_id == call.id, UnionCount.host == host)
        .execution_options(synchronize_session="fetch")
    )
