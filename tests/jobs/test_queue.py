"""The queue's rows: enqueued, claimed, finished, put back."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import Database
from fediunion.jobs.claims import (
    ClaimedJob,
    Failure,
    claim,
    claim_suspect,
    due_kinds,
    finish,
    mend_times,
    release,
    renew,
)
from fediunion.jobs.models import Job, JobState
from fediunion.jobs.queue import enqueue
from tests.fakes.clock import FakeClock


async def _claim(
    database: Database, kind: str = "greet", token: str = "token", limit: int = 10
) -> list[ClaimedJob]:
    return await database.write(claim, kind, limit=limit, lease_seconds=60.0, token=token)


async def _claim_suspect(database: Database, token: str = "later") -> ClaimedJob | None:
    return await database.write(claim_suspect, ["greet"], held=(), lease_seconds=60.0, token=token)


async def _rows(database: Database) -> list[Job]:
    return await database.read(lambda session: list(session.scalars(select(Job).order_by(Job.id))))


async def test_a_job_is_claimed_with_its_payload(database: Database) -> None:
    await database.write(enqueue, "greet", name="Ada", numbers=[1, 2])
    [job] = await _claim(database)
    assert (job.kind, job.payload, job.attempts) == ("greet", {"name": "Ada", "numbers": [1, 2]}, 0)


async def test_a_job_is_not_claimed_again_while_its_lease_runs(database: Database, clock: FakeClock) -> None:
    await database.write(enqueue, "greet")
    await _claim(database)
    clock.advance(59)
    assert await _claim(database) == []
    assert await _claim_suspect(database) is None


async def test_jobs_are_claimed_in_the_order_in_which_they_came(database: Database) -> None:
    for number in range(5):
        await database.write(enqueue, "greet", number=number)
    claimed = await _claim(database, limit=3) + await _claim(database)
    assert [job.payload["number"] for job in claimed] == [0, 1, 2, 3, 4]


async def test_a_job_for_later_waits_until_then(database: Database, clock: FakeClock) -> None:
    await database.write(enqueue, "greet", at=clock.now() + timedelta(hours=1))
    assert await _claim(database) == []
    clock.advance(hours=1)
    assert len(await _claim(database)) == 1


async def test_a_job_of_a_unit_that_fails_does_not_exist(database: Database) -> None:
    def unit(session: Session) -> None:
        enqueue(session, "greet")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await database.write(unit)
    assert await _rows(database) == []


async def test_a_wish_with_a_key_waits_once_only(database: Database) -> None:
    for _ in range(3):
        await database.write(enqueue, "greet", key="ada")
    await database.write(enqueue, "greet", key="grace")
    assert len(await _claim(database)) == 2


async def test_a_wish_that_comes_while_the_same_one_runs_is_not_lost(database: Database) -> None:
    await database.write(enqueue, "greet", key="ada")
    [running] = await _claim(database)
    await database.write(enqueue, "greet", key="ada")
    await database.write(finish, [running], [])
    assert len(await _claim(database)) == 1


async def test_due_kinds_tells_fresh_jobs_from_suspect_ones(database: Database, clock: FakeClock) -> None:
    await database.write(enqueue, "greet")
    await database.write(enqueue, "count")
    await _claim(database)
    assert await database.read(due_kinds, ["greet", "count"]) == ({"count"}, set())
    clock.advance(61)
    assert await database.read(due_kinds, ["greet", "count"]) == ({"count"}, {"greet"})
    assert await database.read(due_kinds, ["count"]) == ({"count"}, set())


async def test_L27_a_zombies_late_finish_is_refused(database: Database, clock: FakeClock) -> None:
    await database.write(enqueue, "greet")
    zombie = await _claim(database, token="zombie")
    clock.advance(minutes=10)
    successor = await _claim_suspect(database, token="successor")
    assert successor is not None
    assert await database.write(finish, zombie, []) == 0
    assert await database.write(finish, [], [Failure(zombie[0], "late", 60)]) == 0
    assert await database.write(renew, zombie, lease_seconds=60) == 0
    assert await database.write(release, zombie) == 0
    [row] = await _rows(database)
    assert (row.state, row.lease_token) == (JobState.RUNNING, "successor")
    assert await database.write(finish, [successor], []) == 1


async def test_a_renewed_lease_keeps_others_away(database: Database, clock: FakeClock) -> None:
    await database.write(enqueue, "greet")
    jobs = await _claim(database)
    clock.advance(50)
    assert await database.write(renew, jobs, lease_seconds=60) == 1
    clock.advance(50)
    assert await _claim_suspect(database) is None


async def test_a_failed_job_comes_back_after_its_delay_and_remembers_why(
    database: Database, clock: FakeClock
) -> None:
    await database.write(enqueue, "greet")
    [job] = await _claim(database)
    await database.write(finish, [], [Failure(job, "the line was busy", 90)])
    clock.advance(89)
    assert await _claim(database) == []
    clock.advance(1)
    [again] = await _claim(database)
    [row] = await _rows(database)
    assert (again.attempts, row.last_error, row.crashes) == (1, "the line was busy", 0)


async def test_a_failure_without_a_delay_ends_in_quarantine(database: Database, clock: FakeClock) -> None:
    await database.write(enqueue, "greet")
    [job] = await _claim(database)
    await database.write(finish, [], [Failure(job, "never", None)])
    clock.advance(days=40)
    assert await database.read(due_kinds, ["greet"]) == (set(), set())
    [row] = await _rows(database)
    assert row.state == JobState.QUARANTINED


async def test_released_jobs_are_due_at_once_and_no_crash_is_counted(database: Database) -> None:
    await database.write(enqueue, "greet")
    await database.write(release, await _claim(database))
    assert len(await _claim(database)) == 1


async def test_L26_the_third_crash_of_a_job_puts_it_into_quarantine_and_others_flow(
    database: Database, clock: FakeClock
) -> None:
    for name in ("poison", "harmless"):
        await database.write(enqueue, "greet", name=name)
    assert len(await _claim(database)) == 2
    clock.advance(61)
    for _ in range(2):
        assert await _suspects_name(database) == "poison"
        clock.advance(61)
        assert await _suspects_name(database, give_back=True) == "harmless"
    assert await _suspects_name(database) == "harmless"
    poisoned, other = await _rows(database)
    assert (poisoned.state, poisoned.crashes, poisoned.lease_token) == (JobState.QUARANTINED, 3, None)
    assert "3 times" in (poisoned.last_error or "")
    assert (other.state, other.crashes) == (JobState.RUNNING, 1)


async def _suspects_name(database: Database, *, give_back: bool = False) -> str:
    job = await _claim_suspect(database)
    assert job is not None
    if give_back:
        await database.write(release, [job])
    return str(job.payload["name"])


async def test_a_job_that_was_in_a_crash_is_claimed_alone(database: Database, clock: FakeClock) -> None:
    await database.write(enqueue, "greet")
    await _claim(database)
    clock.advance(61)
    suspect = await _claim_suspect(database)
    assert suspect is not None
    await database.write(finish, [], [Failure(suspect, "not now", 5)])
    clock.advance(5)
    assert await _claim(database) == []
    assert await _claim_suspect(database) is not None


async def test_a_lease_of_ours_that_ran_out_is_no_crash(database: Database, clock: FakeClock) -> None:
    await database.write(enqueue, "greet")
    [job] = await _claim(database)
    clock.advance(61)
    held = await database.write(claim_suspect, ["greet"], held=[job.id], lease_seconds=60.0, token="t")
    assert held is None


async def test_L18_jobs_do_not_wait_for_the_time_that_a_fast_clock_showed(
    database: Database, clock: FakeClock
) -> None:
    clock.advance(hours=2)
    await database.write(enqueue, "greet")
    await database.write(enqueue, "count")
    await database.write(enqueue, "greet", at=clock.now() + timedelta(hours=1))
    await _claim(database, "count")
    clock._shown -= timedelta(hours=2)
    assert await database.write(mend_times, lease_seconds=60) == 2
    assert len(await _claim(database)) == 1
    clock.advance(61)
    assert await database.read(due_kinds, ["greet", "count"]) == (set(), {"greet", "count"})
