"""Running jobs: outcomes, retries, isolation, leases, a graceful end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from fediunion.jobs.models import Job, JobState
from fediunion.jobs.queue import enqueue
from fediunion.jobs.run import BatchHandler, Handlers, RetryLater, Runner, run_due
from fediunion.jobs.schedule import Every
from fediunion.kit.errors import Refused, TookTooLong, Unavailable
from fediunion.kit.json import JsonObject
from fediunion.world import World
from tests.fakes.clock import FakeClock


class Guestbook:
    """A handler that notes whom it greeted, and one for many at once; both fail for the names in `fails`."""

    def __init__(self) -> None:
        self.greeted: list[str] = []
        self.batches: list[int] = []
        self.fails: dict[str, Exception] = {}
        self.opened = asyncio.Event()

    async def greet(self, _world: World, payload: JsonObject) -> None:
        if payload["name"] in self.fails:
            raise self.fails[payload["name"]]
        self.greeted.append(payload["name"])
        self.opened.set()

    async def greet_all(self, world: World, payloads: Sequence[JsonObject]) -> list[Exception | None]:
        self.batches.append(len(payloads))
        outcomes: list[Exception | None] = []
        for payload in payloads:
            try:
                await self.greet(world, payload)
            except Refused as error:
                outcomes.append(error)
            else:
                outcomes.append(None)
        return outcomes

    @property
    def one_by_one(self) -> Handlers:
        return {"greet": self.greet}

    @property
    def together(self) -> Handlers:
        return {"greet": BatchHandler(self.greet_all)}


@pytest.fixture
def guestbook() -> Guestbook:
    return Guestbook()


async def _enqueue(world: World, *names: str) -> None:
    def unit(session: Session) -> None:
        for name in names:
            enqueue(session, "greet", name=name)

    await world.db.write(unit)


async def _rows(world: World) -> list[Job]:
    return await world.db.read(lambda session: list(session.scalars(select(Job).order_by(Job.id))))


async def _until_empty(world: World) -> None:
    async with asyncio.timeout(60):
        while await world.db.read(_count) > 0:  # noqa: ASYNC110  # rows vanish without an event
            await asyncio.sleep(0.02)


async def _until_leased(world: World, beyond: datetime) -> None:
    """Return once the only job is leased for longer than that."""
    async with asyncio.timeout(60):
        while not ((rows := await _rows(world)) and rows[0].lease_token and rows[0].run_at > beyond):  # noqa: ASYNC110  # rows change without an event
            await asyncio.sleep(0.02)


def _count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Job)).one()


@asynccontextmanager
async def _running(runner: Runner) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(runner.run_forever(stop))
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(60):
            await task


async def test_what_is_done_has_no_row(world: World, guestbook: Guestbook) -> None:
    await _enqueue(world, "Ada", "Grace")
    assert await run_due(world, guestbook.one_by_one) == 2
    assert guestbook.greeted == ["Ada", "Grace"]
    assert await _rows(world) == []
    assert await run_due(world, guestbook.one_by_one) == 0


async def test_jobs_without_a_handler_stay(world: World, guestbook: Guestbook) -> None:
    await world.db.write(enqueue, "unheard-of")
    assert await run_due(world, guestbook.one_by_one) == 0
    assert [job.kind for job in await _rows(world)] == ["unheard-of"]


async def test_a_batch_handler_gets_all_jobs_of_its_kind_and_fails_single_ones(
    world: World, guestbook: Guestbook
) -> None:
    guestbook.fails["Eve"] = Refused("not Eve")
    await _enqueue(world, "Ada", "Eve", "Grace")
    assert await run_due(world, guestbook.together) == 3
    assert (guestbook.batches, guestbook.greeted) == ([3], ["Ada", "Grace"])
    [eve] = await _rows(world)
    assert (eve.attempts, eve.last_error) == (1, "Refused: not Eve")


async def test_a_batch_that_breaks_as_a_whole_is_handled_one_by_one(
    world: World, guestbook: Guestbook
) -> None:
    guestbook.fails["Eve"] = ValueError("a mistake of ours")
    await _enqueue(world, "Eve", "Ada", "Grace")
    await run_due(world, guestbook.together)
    assert guestbook.greeted == ["Ada", "Grace"]
    [eve] = await _rows(world)
    assert eve.attempts == 1


async def test_a_batch_that_takes_too_long_fails_only_what_takes_too_long_alone(
    world: World, guestbook: Guestbook
) -> None:
    guestbook.fails["Eve"] = TimeoutError()
    await _enqueue(world, "Ada", "Eve", "Grace")
    await run_due(world, guestbook.together)
    assert sorted(set(guestbook.greeted)) == ["Ada", "Grace"]
    [eve] = await _rows(world)
    assert (eve.payload["name"], eve.attempts) == ("Eve", 1)


async def test_R11_a_job_that_always_fails_ends_in_quarantine_and_others_flow(
    world: World, guestbook: Guestbook, clock: FakeClock
) -> None:
    guestbook.fails["Eve"] = ValueError("always")
    await _enqueue(world, "Eve")
    delays = []
    while (row := (await _rows(world))[0]).state == JobState.READY:
        delays.append((row.run_at - clock.now()).total_seconds())
        clock.advance(max(0.0, delays[-1]))
        await run_due(world, guestbook.one_by_one)
    assert (row.attempts, row.last_error) == (12, "ValueError: always")
    base = world.settings.federation.retry_base_seconds
    assert base * 0.75 <= delays[1] <= base * 1.25
    assert delays[1:8] == sorted(delays[1:8])
    assert max(delays) <= 12 * 3600 * 1.25
    await _enqueue(world, "Ada")
    await run_due(world, guestbook.one_by_one)
    assert guestbook.greeted == ["Ada"]


async def test_the_delay_that_a_handler_asks_for_is_kept_and_uses_up_no_attempt(
    world: World, guestbook: Guestbook, clock: FakeClock
) -> None:
    guestbook.fails["Eve"] = RetryLater("at noon", 3600)
    await _enqueue(world, "Eve")
    await run_due(world, guestbook.one_by_one)
    [row] = await _rows(world)
    assert (row.attempts, row.run_at) == (0, clock.now() + timedelta(hours=1))


@pytest.mark.parametrize(("asked", "kept"), [(-5.0, 1.0), (1e9, 86400.0)])
async def test_no_delay_parks_a_job_for_ever(
    world: World, guestbook: Guestbook, clock: FakeClock, asked: float, kept: float
) -> None:
    guestbook.fails["Eve"] = RetryLater("whenever", asked)
    await _enqueue(world, "Eve")
    await run_due(world, guestbook.one_by_one)
    assert (await _rows(world))[0].run_at == clock.now() + timedelta(seconds=kept)


async def test_a_storage_that_refuses_work_uses_up_no_attempt(world: World, guestbook: Guestbook) -> None:
    guestbook.fails["Eve"] = Unavailable("disk full")
    await _enqueue(world, "Eve")
    await run_due(world, guestbook.one_by_one)
    assert (await _rows(world))[0].attempts == 0


@pytest.mark.parametrize("together", [True, False])
async def test_a_unit_of_work_that_takes_too_long_uses_up_an_attempt(
    world: World, guestbook: Guestbook, together: bool
) -> None:
    guestbook.fails["Eve"] = TookTooLong("30 s")
    await _enqueue(world, "Eve")
    await run_due(world, guestbook.together if together else guestbook.one_by_one)
    assert (await _rows(world))[0].attempts == 1


async def test_an_error_that_no_database_takes_is_written_down_without_what_it_refuses(
    world: World, guestbook: Guestbook
) -> None:
    guestbook.fails["Eve"] = Refused("half \udc80 and \x00 nothing")
    await _enqueue(world, "Eve", "Ada")
    await run_due(world, guestbook.one_by_one)
    [left] = await _rows(world)
    assert left.last_error == "Refused: half ? and  nothing"


async def test_a_job_that_is_put_off_for_a_month_ends_in_quarantine(
    world: World, guestbook: Guestbook, clock: FakeClock
) -> None:
    guestbook.fails["Eve"] = RetryLater("later", 3600)
    await _enqueue(world, "Eve")
    clock.advance(days=31)
    await run_due(world, guestbook.one_by_one)
    assert (await _rows(world))[0].state == JobState.QUARANTINED


@pytest.mark.parametrize("together", [True, False])
async def test_a_runner_empties_the_queue_as_it_fills(
    world: World, guestbook: Guestbook, together: bool
) -> None:
    handlers = guestbook.together if together else guestbook.one_by_one
    async with _running(Runner(world, handlers)):
        for round_ in range(3):
            await _enqueue(world, *(f"{round_}-{number}" for number in range(150)))
        await _until_empty(world)
    assert len(guestbook.greeted) == len(set(guestbook.greeted)) == 450


async def test_a_runner_finds_jobs_whose_time_has_come(
    world: World, guestbook: Guestbook, clock: FakeClock
) -> None:
    await world.db.write(enqueue, "greet", at=clock.now() + timedelta(hours=1), name="Ada")
    async with _running(Runner(world, guestbook.one_by_one)):
        clock.advance(hours=1)
        await _until_empty(world)
    assert guestbook.greeted == ["Ada"]


async def test_two_runners_share_the_work_and_repeat_none(world: World, guestbook: Guestbook) -> None:
    await _enqueue(world, *(str(number) for number in range(600)))
    async with _running(Runner(world, guestbook.together)), _running(Runner(world, guestbook.one_by_one)):
        await _until_empty(world)
    assert sorted(guestbook.greeted, key=int) == [str(number) for number in range(600)]


async def test_a_slow_kind_does_not_delay_another(world: World, guestbook: Guestbook) -> None:
    gate = asyncio.Event()

    async def wait(_world: World, _payload: JsonObject) -> None:
        await gate.wait()

    for _ in range(30):
        await world.db.write(enqueue, "wait")
    async with _running(Runner(world, {"wait": wait, **guestbook.one_by_one})):
        await asyncio.sleep(0.1)
        await _enqueue(world, "Ada")
        await asyncio.wait_for(guestbook.opened.wait(), 60)
        gate.set()
        await _until_empty(world)


async def test_L18_what_a_fast_clock_left_is_done_by_a_process_that_starts_later(
    world: World, guestbook: Guestbook, clock: FakeClock
) -> None:
    await _enqueue(world, "Ada")
    ahead = clock.now() + timedelta(hours=5)
    await world.db.write(lambda session: session.execute(update(Job).values(created_at=ahead, run_at=ahead)))
    async with _running(Runner(world, guestbook.one_by_one)):
        await _until_empty(world)
    assert guestbook.greeted == ["Ada"]


async def test_a_long_job_keeps_its_lease(world: World, guestbook: Guestbook, clock: FakeClock) -> None:
    gate = asyncio.Event()
    runs = []

    async def wait(_world: World, _payload: JsonObject) -> None:
        runs.append(1)
        await gate.wait()

    await world.db.write(enqueue, "wait")
    first = Runner(world, {"wait": wait}, lease_seconds=0.3)
    async with _running(first), _running(Runner(world, {"wait": wait}, lease_seconds=0.3)):
        for _ in range(10):
            clock.advance(0.2)
            await _until_leased(world, clock.now() + timedelta(seconds=0.2))
        gate.set()
        await _until_empty(world)
    assert runs == [1]


async def test_L05_a_stopping_runner_finishes_what_runs_and_gives_back_the_rest(
    world: World, guestbook: Guestbook
) -> None:
    started = asyncio.Event()

    async def slow(_world: World, payload: JsonObject) -> None:
        started.set()
        await asyncio.sleep(0.2)
        guestbook.greeted.append(payload["name"])

    await _enqueue(world, *(str(number) for number in range(50)))
    async with _running(Runner(world, {"greet": slow}, at_once=5)):
        await started.wait()
    assert len(guestbook.greeted) == 5
    rows = await _rows(world)
    assert len(rows) == 45
    assert {(row.state, row.lease_token, row.crashes) for row in rows} == {(JobState.READY, None, 0)}


async def test_a_job_that_does_not_end_is_broken_off_when_the_worker_stops(world: World) -> None:
    started = asyncio.Event()

    async def hang(_world: World, _payload: JsonObject) -> None:
        started.set()
        await asyncio.Event().wait()

    await world.db.write(enqueue, "hang")
    async with _running(Runner(world, {"hang": hang}, stop_seconds=0.1)):
        await started.wait()
    [row] = await _rows(world)
    assert (row.state, row.lease_token) == (JobState.READY, None)


async def test_a_runner_enqueues_what_its_schedule_says(world: World, guestbook: Guestbook) -> None:
    async def count(_world: World, _payload: JsonObject) -> None:
        await guestbook.greet(_world, {"name": "counted"})

    async with _running(Runner(world, {"count": count}, [Every("count", 3600)])):
        await asyncio.wait_for(guestbook.opened.wait(), 60)
        await _until_empty(world)
    assert guestbook.greeted == ["counted"]
