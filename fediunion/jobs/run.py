"""Running the queue: once over what is due, or for ever in a worker."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial

import structlog

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
from fediunion.jobs.crash import crash_point
from fediunion.jobs.handlers import BatchHandler, Handlers, JobHandler, RetryLater, handle
from fediunion.jobs.queue import CHANNEL
from fediunion.jobs.schedule import Every, enqueue_scheduled
from fediunion.kit.errors import Unavailable
from fediunion.kit.ids import new_token
from fediunion.world import World

__all__ = ["BatchHandler", "Handlers", "JobHandler", "RetryLater", "Runner", "run_due"]

LEASE_SECONDS = 50.0
"""A crashed worker's jobs run again within a minute (row L02)."""

_BATCH = 200
_AT_ONCE = 10
_STOP_SECONDS = 20.0
_BREATH_SECONDS = 1.0
_JUMP_SECONDS = 5.0
_POLL_SECONDS = {"sqlite": 2.0, "postgresql": 5.0}

_log = structlog.get_logger(__name__)


async def run_due(world: World, handlers: Handlers, *, limit: int = _BATCH) -> int:
    """Claim and run what is due, once over all kinds; return how many jobs that were."""
    fresh, suspect = await world.db.read(due_kinds, list(handlers))
    ran = 0
    for kind in sorted(fresh):
        jobs = await world.db.write(
            claim, kind, limit=limit - ran, lease_seconds=LEASE_SECONDS, token=new_token()
        )
        if jobs:
            ran += len(jobs)
            await world.db.write(finish, *await handle(world, handlers, jobs))
    if suspect:
        job = await world.db.write(
            claim_suspect, suspect, held=(), lease_seconds=LEASE_SECONDS, token=new_token()
        )
        if job is not None:
            ran += 1
            await world.db.write(finish, *await handle(world, handlers, [job]))
    return ran


class Runner:
    """A worker: a lane for each kind of job, one for suspects, and what keeps their leases.

    A lane claims many jobs at a time and runs them together (a BatchHandler) or `at_once` beside one
    another, so that a slow kind delays no other. Suspects run one at a time. Outcomes
    are recorded by one task, as many in a unit as have come together.
    """

    def __init__(
        self,
        world: World,
        handlers: Handlers,
        schedule: Sequence[Every] = (),
        *,
        at_once: int = _AT_ONCE,
        lease_seconds: float = LEASE_SECONDS,
        stop_seconds: float = _STOP_SECONDS,
    ) -> None:
        self._world = world
        self._handlers = handlers
        self._schedule = schedule
        self._at_once = at_once
        self._lease_seconds = lease_seconds
        self._stop_seconds = stop_seconds
        self._poll_seconds = _POLL_SECONDS[world.db.dialect]
        self._stopping = False
        self._held: dict[int, ClaimedJob] = {}
        self._done: list[ClaimedJob] = []
        self._failed: list[Failure] = []
        self._woken = {kind: asyncio.Event() for kind in handlers}
        self._look, self._suspects, self._outcomes = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._offset: float | None = None
        self._leases_count_from = 0.0

    async def run_forever(self, stop: asyncio.Event) -> None:
        """Run jobs until `stop` is set; finish what runs within `stop_seconds`, give back the rest."""
        self._world.db.subscribe(CHANNEL, self._wake)
        self._look.set()
        lanes = [self._spawn(partial(self._run_lane, kind)) for kind in self._handlers]
        lanes.append(self._spawn(self._run_suspects))
        upkeep = [self._spawn(part) for part in (self._look_around, self._keep_leases, self._record)]
        upkeep.append(self._spawn(self._keep_schedule))
        try:
            await stop.wait()
        finally:
            self._stopping = True
            for event in (*self._woken.values(), self._suspects):
                event.set()
            await asyncio.wait(lanes, timeout=self._stop_seconds)
            await _cancel([*lanes, *upkeep])
            await self._hand_back()

    def _wake(self, kind: str) -> None:
        self._woken.get(kind, self._look).set()

    def _spawn(self, part: Callable[[], Awaitable[None]]) -> "asyncio.Task[None]":
        return asyncio.create_task(self._repeat(part))

    async def _repeat(self, part: Callable[[], Awaitable[None]]) -> None:
        """Run `part` again and again; no storage that is away, and no mistake of ours, ends the worker."""
        while not self._stopping:
            try:
                await part()
            except Unavailable:
                await asyncio.sleep(_BREATH_SECONDS)
            except Exception:
                _log.exception("a part of the worker failed")
                await asyncio.sleep(_BREATH_SECONDS)

    async def _run_lane(self, kind: str) -> None:
        await self._woken[kind].wait()
        self._woken[kind].clear()
        while not self._stopping:
            jobs = await self._world.db.write(
                claim, kind, limit=_BATCH, lease_seconds=self._lease_seconds, token=new_token()
            )
            self._held.update((job.id, job) for job in jobs)
            if not jobs:
                return
            crash_point("job_after_claim")
            if isinstance(self._handlers[kind], BatchHandler):
                await self._run(jobs)
            else:
                waiting = iter(jobs)
                await asyncio.gather(*(self._run_each(waiting) for _ in range(self._at_once)))
            if len(jobs) < _BATCH:
                return

    async def _run_each(self, waiting: Iterator[ClaimedJob]) -> None:
        for job in waiting:
            if self._stopping:
                return
            await self._run([job])

    async def _run_suspects(self) -> None:
        await self._suspects.wait()
        self._suspects.clear()
        while not self._stopping:
            job = await self._world.db.write(
                claim_suspect,
                list(self._handlers),
                held=list(self._held),
                lease_seconds=self._lease_seconds,
                token=new_token(),
            )
            if job is None:
                return
            self._held[job.id] = job
            crash_point("job_after_claim")
            await self._run([job])

    async def _run(self, jobs: Sequence[ClaimedJob]) -> None:
        done, failed = await handle(self._world, self._handlers, jobs)
        crash_point("job_before_finish")
        self._done += done
        self._failed += failed
        self._outcomes.set()

    async def _record(self) -> None:
        await self._outcomes.wait()
        self._outcomes.clear()
        await self._write_outcomes()
        crash_point("job_after_finish")

    async def _write_outcomes(self) -> None:
        done, failed = self._done, self._failed
        self._done, self._failed = [], []
        try:
            await self._world.db.write(finish, done, failed)
        except BaseException:
            self._done, self._failed = done + self._done, failed + self._failed
            self._outcomes.set()
            raise
        for job in (*done, *(failure.job for failure in failed)):
            self._held.pop(job.id, None)

    async def _keep_leases(self) -> None:
        await asyncio.sleep(self._lease_seconds / 3)
        if self._held:
            await self._world.db.write(renew, list(self._held.values()), lease_seconds=self._lease_seconds)

    async def _look_around(self) -> None:
        """Find what nobody announced: jobs whose time came, other processes' jobs, ended leases."""
        await self._watch_clock()
        fresh, suspect = await self._world.db.read(due_kinds, list(self._handlers))
        for kind in fresh:
            self._woken[kind].set()
        if suspect and asyncio.get_running_loop().time() >= self._leases_count_from:
            self._suspects.set()
        try:
            await asyncio.wait_for(self._look.wait(), self._poll_seconds)
        except TimeoutError:
            return
        self._look.clear()

    async def _watch_clock(self) -> None:
        """Notice when the clock was set: leases then look older or younger than they are (row L18).

        Whether it was set while no worker ran is not known: what it may have left is mended at the beginning.
        """
        offset = self._clock_offset()
        if self._offset is not None:
            if abs(offset - self._offset) < _JUMP_SECONDS:
                return
            # The others whose clock was set need the time to renew their leases.
            self._leases_count_from = asyncio.get_running_loop().time() + self._lease_seconds
        await self._world.db.write(mend_times, lease_seconds=self._lease_seconds)
        self._offset = offset

    def _clock_offset(self) -> float:
        return self._world.clock.now().timestamp() - self._world.clock.monotonic()

    async def _keep_schedule(self) -> None:
        if self._schedule:
            await self._world.db.write(enqueue_scheduled, self._schedule)
        shortest = min((every.seconds for every in self._schedule), default=60.0)
        await asyncio.sleep(min(max(shortest / 4, self._poll_seconds), 60.0))

    async def _hand_back(self) -> None:
        try:
            await self._write_outcomes()
            await self._world.db.write(release, list(self._held.values()))
        except Unavailable:
            _log.warning("jobs wait until their leases end", jobs=len(self._held))
        self._held.clear()


async def _cancel(tasks: Sequence["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
