"""Claiming jobs under a lease, and recording how they ended: functions that run in a unit of work."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import CursorResult, Delete, Select, Table, Update, bindparam, case, delete, select, update
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.db.prepared import select_rows
from fediunion.jobs.models import Job, JobState
from fediunion.kit.text import storable

CRASHES_UNTIL_QUARANTINE = 3
_LONGEST_ERROR = 1000
_JOBS = cast("Table", Job.__table__)
_AT_REST = case((_JOBS.c.crashes > 0, JobState.SUSPECT), else_=JobState.READY)
_WAITING = (JobState.READY, JobState.RUNNING, JobState.SUSPECT)


@dataclass(frozen=True)
class ClaimedJob:
    """A job that is ours until its lease ends; `token` proves it. `attempts` counts its earlier failures."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime
    token: str


@dataclass(frozen=True)
class Failure:
    """A job that did not succeed: to be run again `after_seconds`, or quarantined where that is None.

    One that `counts` uses up an attempt.
    """

    job: ClaimedJob
    error: str
    after_seconds: float | None
    counts: bool = True


_DUE: Final = (
    select(_JOBS.c.kind, _JOBS.c.state)
    .where(
        _JOBS.c.state.in_(_WAITING),
        _JOBS.c.kind.in_(bindparam("kinds", expanding=True)),
        _JOBS.c.run_at <= bindparam("now", type_=_JOBS.c.run_at.type),
    )
    .distinct()
)


def due_kinds(session: Session, kinds: Collection[str]) -> tuple[set[str], set[str]]:
    """Return which of `kinds` have fresh jobs that are due, and which have suspect ones."""
    found = select_rows(session, _DUE, {"kinds": list(kinds), "now": now_of(session)})
    fresh = {kind for kind, state in found if state == JobState.READY}
    return fresh, {kind for kind, state in found if state != JobState.READY}


def claim(session: Session, kind: str, *, limit: int, lease_seconds: float, token: str) -> list[ClaimedJob]:
    """Lease up to `limit` jobs of `kind` that are due and were never in a crash, the oldest first."""
    now = now_of(session)
    chosen = (
        select(_JOBS.c.id)
        .where(_JOBS.c.state == JobState.READY, _JOBS.c.kind == kind, _JOBS.c.run_at <= now)
        .order_by(_JOBS.c.run_at, _JOBS.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return _lease(session, chosen, now + timedelta(seconds=lease_seconds), token, _JOBS.c.crashes)


def claim_suspect(
    session: Session, kinds: Collection[str], *, held: Collection[int], lease_seconds: float, token: str
) -> ClaimedJob | None:
    """Lease one job that was there when a process crashed, to be run alone; None when there is none.

    A job whose lease ran out is such a one, unless we hold it ourselves and were only late. At its
    third crash it is quarantined instead, and the next one is taken.
    """
    now = now_of(session)
    while True:
        chosen = (
            select(_JOBS.c.id)
            .where(
                _JOBS.c.state.in_([JobState.RUNNING, JobState.SUSPECT]),
                _JOBS.c.kind.in_(kinds),
                _JOBS.c.run_at <= now,
            )
            .where(_JOBS.c.id.not_in(held))
            .order_by(_JOBS.c.run_at, _JOBS.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = session.execute(
            select(_JOBS.c.id, _JOBS.c.state, _JOBS.c.crashes).where(_JOBS.c.id.in_(chosen))
        ).one_or_none()
        if row is None:
            return None
        crashes = row.crashes + (row.state == JobState.RUNNING)
        if crashes < CRASHES_UNTIL_QUARANTINE:
            until = now + timedelta(seconds=lease_seconds)
            return _lease(session, select(_JOBS.c.id).where(_JOBS.c.id == row.id), until, token, crashes)[0]
        session.execute(
            update(_JOBS)
            .where(_JOBS.c.id == row.id)
            .values(
                state=JobState.QUARANTINED,
                crashes=crashes,
                lease_token=None,
                last_error=f"the process ended {crashes} times while it ran this",
            )
        )


def renew(session: Session, jobs: Sequence[ClaimedJob], *, lease_seconds: float) -> int:
    """Put off the end of the leases of `jobs`; return how many of them are still ours."""
    until = now_of(session) + timedelta(seconds=lease_seconds)
    return sum(_change(session, update(_JOBS).values(run_at=until), jobs))


def finish(session: Session, done: Sequence[ClaimedJob], failed: Sequence[Failure]) -> int:
    """Delete what is done, put back or quarantine what failed; return how many of them were still ours.

    What another worker has claimed since is left alone (row L27).
    """
    ours = sum(_change(session, delete(_JOBS), done))
    now = now_of(session)
    for failure in failed:
        again = failure.after_seconds
        put_back = update(_JOBS).values(
            lease_token=None,
            attempts=failure.job.attempts + failure.counts,
            last_error=storable(failure.error[:_LONGEST_ERROR]),
            run_at=now + timedelta(seconds=again or 0),
            state=JobState.QUARANTINED if again is None else _AT_REST,
        )
        ours += sum(_change(session, put_back, [failure.job]))
    return ours


def release(session: Session, jobs: Sequence[ClaimedJob]) -> int:
    """Give back jobs that were claimed and not begun, or broken off by us; return how many were ours."""
    given_back = update(_JOBS).values(lease_token=None, run_at=now_of(session), state=_AT_REST)
    return sum(_change(session, given_back, jobs))


def mend_times(session: Session, *, lease_seconds: float) -> int:
    """Repair what a clock that was set back would keep waiting; return how many jobs that concerned.

    What was meant to run at once, by a clock that was ahead of ours, is due now; no lease lasts
    longer than a new one.
    """
    now = now_of(session)
    until = now + timedelta(seconds=lease_seconds)
    immediate = (
        update(_JOBS)
        .where(_JOBS.c.state == JobState.READY, _JOBS.c.created_at > now)
        .where(_JOBS.c.run_at == _JOBS.c.created_at)
        .values(run_at=now)
    )
    leased = (
        update(_JOBS).where(_JOBS.c.state == JobState.RUNNING, _JOBS.c.run_at > until).values(run_at=until)
    )
    return _rows(session, immediate) + _rows(session, leased)


def _lease(
    session: Session, chosen: Select[Any], until: datetime, token: str, crashes: object
) -> list[ClaimedJob]:
    # A common table expression, because PostgreSQL may evaluate a plain sub-select more than once
    # and then lock more rows than the limit says.
    ids = chosen.cte("chosen")
    leased = session.execute(
        update(_JOBS)
        .where(_JOBS.c.id.in_(select(ids.c.id)))
        .values(state=JobState.RUNNING, run_at=until, lease_token=token, crashes=crashes, dedupe_key=None)
        .returning(_JOBS.c.id, _JOBS.c.kind, _JOBS.c.payload, _JOBS.c.attempts, _JOBS.c.created_at)
    )
    jobs = [ClaimedJob(row.id, row.kind, row.payload, row.attempts, row.created_at, token) for row in leased]
    return sorted(jobs, key=lambda job: job.id)


def _change(session: Session, statement: Update | Delete, jobs: Sequence[ClaimedJob]) -> Iterator[int]:
    """Apply `statement` to those of `jobs` that we still hold; yield how many rows it changed."""
    by_token: dict[str, list[int]] = defaultdict(list)
    for job in jobs:
        by_token[job.token].append(job.id)
    for token, ids in by_token.items():
        yield _rows(session, statement.where(_JOBS.c.id.in_(ids), _JOBS.c.lease_token == token))


def _rows(session: Session, statement: Update | Delete) -> int:
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
