"""The schedule: once among all, whatever the clocks do."""

import asyncio
from datetime import timedelta

from sqlalchemy import select

from fediunion.db import Database
from fediunion.jobs.claims import claim, finish
from fediunion.jobs.models import Job
from fediunion.jobs.schedule import Every, enqueue_scheduled
from tests.fakes.clock import FakeClock

HOURLY = [Every("count", 3600)]


async def _finish_all(database: Database) -> int:
    jobs = await database.write(claim, "count", limit=100, lease_seconds=60.0, token="t")
    return await database.write(finish, jobs, [])


async def test_a_scheduled_job_is_enqueued_at_once_and_then_at_its_pace(
    database: Database, clock: FakeClock
) -> None:
    due = []
    for _ in range(5):
        due.append(await database.write(enqueue_scheduled, HOURLY))
        await _finish_all(database)
        clock.advance(minutes=30)
    assert due == [["count"], [], ["count"], [], ["count"]]


async def test_many_processes_enqueue_it_once(database: Database) -> None:
    await asyncio.gather(*(database.write(enqueue_scheduled, HOURLY) for _ in range(8)))
    assert len(await database.read(lambda session: list(session.scalars(select(Job))))) == 1


async def test_what_still_waits_is_not_enqueued_beside_itself(database: Database, clock: FakeClock) -> None:
    for _ in range(3):
        await database.write(enqueue_scheduled, HOURLY)
        clock.advance(hours=1)
    assert await _finish_all(database) == 1


async def test_L18_a_clock_that_is_set_back_does_not_stop_the_schedule(
    database: Database, clock: FakeClock
) -> None:
    clock.advance(hours=2)
    await database.write(enqueue_scheduled, HOURLY)
    await _finish_all(database)
    clock._shown -= timedelta(hours=2)
    assert await database.write(enqueue_scheduled, HOURLY) == ["count"]
    await _finish_all(database)
    clock.advance(minutes=59)
    assert await database.write(enqueue_scheduled, HOURLY) == []


async def test_L18_a_clock_that_leaps_ahead_runs_it_once_not_many_times(
    database: Database, clock: FakeClock
) -> None:
    await database.write(enqueue_scheduled, HOURLY)
    clock.advance(days=3)
    await _finish_all(database)
    assert await database.write(enqueue_scheduled, HOURLY) == ["count"]
    assert await database.write(enqueue_scheduled, HOURLY) == []
