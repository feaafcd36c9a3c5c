"""What an operator sees of the queue, and does about it."""

from datetime import timedelta

from fediunion.db import Database
from fediunion.jobs.claims import Failure, claim, finish
from fediunion.jobs.models import JobState
from fediunion.jobs.queries import (
    KindCount,
    count_jobs,
    drop_quarantined,
    list_quarantined,
    queue_age_seconds,
    retry_quarantined,
)
from fediunion.jobs.queue import enqueue
from tests.fakes.clock import FakeClock


async def _quarantine(database: Database) -> None:
    await database.write(enqueue, "greet")
    jobs = await database.write(claim, "greet", limit=9, lease_seconds=60.0, token="t")
    await database.write(finish, [], [Failure(job, "never", None) for job in jobs])


async def test_the_queue_is_counted_by_kind_and_state(database: Database) -> None:
    await _quarantine(database)
    for kind in ("greet", "greet", "count"):
        await database.write(enqueue, kind)
    assert await database.read(count_jobs) == [
        KindCount("count", JobState.READY, 1),
        KindCount("greet", JobState.QUARANTINED, 1),
        KindCount("greet", JobState.READY, 2),
    ]


async def test_the_age_of_the_queue_is_that_of_the_job_that_waits_longest(
    database: Database, clock: FakeClock
) -> None:
    assert await database.read(queue_age_seconds) == 0
    await database.write(enqueue, "greet", at=clock.now() + timedelta(hours=1))
    assert await database.read(queue_age_seconds) == 0
    clock.advance(hours=2)
    assert await database.read(queue_age_seconds) == 3600


async def test_a_job_in_quarantine_is_shown_and_gets_a_fresh_start_on_demand(database: Database) -> None:
    heard: list[str] = []
    database.subscribe("jobs", heard.append)
    await _quarantine(database)
    [job] = await database.read(list_quarantined)
    assert job.last_error == "never"
    assert await database.write(retry_quarantined, [job.id + 1]) == 0
    assert await database.write(retry_quarantined, [job.id]) == 1
    assert await database.read(list_quarantined) == []
    [again] = await database.write(claim, "greet", limit=9, lease_seconds=60.0, token="t")
    assert (again.id, again.attempts) == (job.id, 0)


async def test_a_job_in_quarantine_can_be_dropped_and_no_other(database: Database) -> None:
    await _quarantine(database)
    await database.write(enqueue, "greet")
    [job] = await database.read(list_quarantined)
    assert await database.write(drop_quarantined, [job.id, job.id + 1]) == 1
    assert sum(count.count for count in await database.read(count_jobs)) == 1
