"""What runs again and again: enqueued once among all processes of an instance, whatever clocks do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from fediunion.db import insert_ignoring, now_of
from fediunion.jobs.models import Job, JobState, ScheduledRun
from fediunion.jobs.queue import enqueue

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Every:
    """Run `job` (a kind of job, without payload) every so many seconds."""

    job: str
    seconds: float


def enqueue_scheduled(session: Session, schedule: Sequence[Every]) -> list[str]:
    """Enqueue what is due by `schedule`, in this unit of work; return its kinds.

    The row says when a job was enqueued last, and who changes it enqueues: one process only, and
    never a second time after a crash. A row of the future means that the clock was set back: the
    job runs now. What still waits or runs is not enqueued beside itself.
    """
    now = now_of(session)
    known = set(session.scalars(select(ScheduledRun.job)))
    missing = [every.job for every in schedule if every.job not in known]
    insert_ignoring(session, ScheduledRun, [{"job": job, "last_at": _NEVER} for job in missing])
    return [every.job for every in schedule if _take_turn(session, every, now)]


def _take_turn(session: Session, every: Every, now: datetime) -> bool:
    due_before = now - timedelta(seconds=every.seconds)
    turn = session.execute(
        update(ScheduledRun)
        .where(ScheduledRun.job == every.job)
        .where(or_(ScheduledRun.last_at <= due_before, ScheduledRun.last_at > now))
        .values(last_at=now),
        execution_options={"synchronize_session": False},
    )
    if cast("CursorResult[Any]", turn).rowcount == 0:
        return False
    unfinished = select(Job.id).where(Job.kind == every.job, Job.state != JobState.QUARANTINED).limit(1)
    if session.scalar(unfinished) is None:
        enqueue(session, every.job)
    return True
