"""The queue: rows that stand for work to be done."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from fediunion.db import Base, Identified


class JobState(StrEnum):
    """Where a job stands. A job that is done has no row.

    RUNNING ones are leased until `run_at`; a lease that runs out without a word is a crash. SUSPECT
    ones were there when a process crashed, and wait to be run alone.
    """

    READY = "ready"
    RUNNING = "running"
    SUSPECT = "suspect"
    QUARANTINED = "quarantined"


class Job(Identified):
    """Work that survives a crash, from the commit that asked for it until the commit that did it.

    `run_at` is when it is due, and while it runs when its lease ends. `lease_token` fences: who
    finishes a job must still hold the token under which it was claimed. `attempts` counts failures
    that a handler reported, `crashes` leases that ran out; three of those and the job is quarantined.
    `dedupe_key` lets the same wish wait in the queue once only; it is given up when the job is
    claimed, so that what is wished while it runs is not lost.
    """

    __tablename__ = "job"
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default=JobState.READY)
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    crashes: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None]
    last_error: Mapped[str | None]
    dedupe_key: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_job_due", "state", "kind", "run_at"),)


class ScheduledRun(Base):
    """When a job of the schedule was enqueued last, so that a restart neither forgets nor repeats it."""

    __tablename__ = "scheduled_run"
    job: Mapped[str] = mapped_column(primary_key=True)
    last_at: Mapped[datetime]
