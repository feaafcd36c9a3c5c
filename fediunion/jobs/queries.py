"""What an operator sees of the queue, and may do about it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from fediunion.db import announce, now_of
from fediunion.jobs.models import Job, JobState
from fediunion.jobs.queue import CHANNEL


@dataclass(frozen=True)
class KindCount:
    """How many jobs of a kind stand in a state."""

    kind: str
    state: JobState
    count: int


def count_jobs(session: Session) -> list[KindCount]:
    """Return the numbers of the whole queue, by kind and state."""
    rows = session.execute(
        select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state).order_by(Job.kind, Job.state)
    )
    return [KindCount(kind, JobState(state), number) for kind, state, number in rows]


def queue_age_seconds(session: Session) -> float:
    """Return for how many seconds the job that waits longest has been due; 0 when nothing waits."""
    oldest = session.scalar(
        select(func.min(Job.run_at)).where(Job.state.in_([JobState.READY, JobState.SUSPECT]))
    )
    return 0.0 if oldest is None else max(0.0, (now_of(session) - oldest).total_seconds())


def list_quarantined(session: Session, *, limit: int = 100) -> list[Job]:
    """Return the jobs that nobody runs any more, the newest first; `last_error` says why."""
    statement = select(Job).where(Job.state == JobState.QUARANTINED).order_by(Job.id.desc()).limit(limit)
    return list(session.scalars(statement))


def retry_quarantined(session: Session, ids: Collection[int] | None = None) -> int:
    """Give jobs from quarantine (all of them without `ids`) a fresh start; return how many."""
    statement = (
        update(Job)
        .where(Job.state == JobState.QUARANTINED)
        .values(state=JobState.READY, attempts=0, crashes=0, run_at=now_of(session))
    )
    if ids is not None:
        statement = statement.where(Job.id.in_(ids))
    changed = session.execute(statement, execution_options={"synchronize_session": False})
    announce(session, CHANNEL)
    return cast("CursorResult[Any]", changed).rowcount


def drop_quarantined(session: Session, ids: Collection[int]) -> int:
    """Delete jobs from quarantine for good; return how many."""
    dropped = session.execute(
        delete(Job).where(Job.state == JobState.QUARANTINED, Job.id.in_(ids)),
        execution_options={"synchronize_session": False},
    )
    return cast("CursorResult[Any]", dropped).rowcount
