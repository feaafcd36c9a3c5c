"""A worker that is killed at any point loses no job, and the next one takes over."""

import asyncio
import signal
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.db import Database, Surroundings, open_database
from fediunion.db.known_uris import KnownUri
from fediunion.jobs.crash import VARIABLE
from fediunion.jobs.models import Job
from fediunion.jobs.queue import enqueue
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.processes.running import program

JOBS = 60


async def _work_off(url: str, crash_at: str, starts_at: datetime) -> int:
    done = await asyncio.to_thread(
        program, "tests.jobs.killed_worker", url, starts_at.isoformat(), env={VARIABLE: crash_at}
    )
    return done.returncode


async def _enqueue_all(database: Database) -> None:
    def unit(session: Session) -> None:
        for number in range(JOBS):
            enqueue(session, "note", uri=f"{number:03}")

    await database.write(unit)


@pytest.mark.slow
@pytest.mark.parametrize(
    "crash_at", ["job_after_claim", "job_before_finish", "job_before_finish:30", "job_after_finish"]
)
async def test_L02_a_killed_worker_loses_no_job_and_its_successor_does_each_once(
    databases: Databases, settings: Settings, clock: FakeClock, crash_at: str
) -> None:
    url = databases.with_tables()
    database = open_database(url, Surroundings(settings, clock))
    await _enqueue_all(database)
    assert await _work_off(url, crash_at, clock.now()) == -signal.SIGKILL
    # When the leases of the one that was killed are over.
    assert await _work_off(url, "", clock.now() + timedelta(hours=1)) == 0
    noted = await database.read(lambda session: list(session.scalars(select(KnownUri.uri))))
    assert sorted(noted) == [f"{number:03}" for number in range(JOBS)]
    assert await database.read(lambda session: list(session.scalars(select(Job)))) == []
    await database.close()
