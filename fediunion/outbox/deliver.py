"""The worker's loop over deliveries: lease servers, send, write down, in turns of one unit of work each."""

import asyncio
import contextlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import structlog

from fediunion.jobs.crash import crash_point
from fediunion.kit.errors import Unavailable
from fediunion.kit.ids import new_token
from fediunion.outbox.claims import LEASE_SECONDS, Due
from fediunion.outbox.health import DELIVERIES, OwnConnection
from fediunion.outbox.lanes import HostRun, Slots
from fediunion.outbox.results import Result, Turn, TurnTaken, mend_times, turn_taker
from fediunion.outbox.schedule import Schedule
from fediunion.outbox.sending import Sender
from fediunion.outbox.synchronization import FollowersOnHost
from fediunion.outbox.verdicts import HostSign
from fediunion.world import World

LOOK_EVERY_SECONDS: Final = 1.0
LOOK_AT_REST_SECONDS: Final = 3.0
GATHER_SECONDS: Final = 0.015
RENEW_SECONDS: Final = 8.0
NEW_HOSTS_PER_SECOND_AFTER_OUTAGE: Final = 20
WELL_HOSTS_WHILE_CUT_OFF: Final = 4
STOP_SECONDS: Final = 12.0

log = structlog.get_logger(__name__)


class Deliverer:
    """Delivers what is due, until told to stop; any number of workers can do so beside each other.

    A server is leased to one worker at a time. Each turn writes down in one unit of work how requests
    ended and which begin, and only then do they begin. A result whose lease went to another worker is
    refused. `followers_on_host` gives the followers for the digest of FEP-8fcf.
    """

    def __init__(self, world: World, followers_on_host: FollowersOnHost | None = None) -> None:
        self._world = world
        self._sender = Sender(world, followers_on_host)
        self._schedule = Schedule(world.settings)
        self._take_turn = turn_taker(self._schedule, token := new_token())
        self.token = token
        self._slots = Slots(world.settings.federation.deliveries_at_once)
        self._most_hosts = 2 * world.settings.federation.deliveries_at_once
        self._connection = OwnConnection()
        self._runs: dict[str, HostRun] = {}
        self._requests: set[asyncio.Task[None]] = set()
        self._results: list[Result] = []
        self._begun = 0
        self._looks = True
        self._look_every = LOOK_EVERY_SECONDS
        self._renewed_at = world.clock.monotonic()
        self._times_are_mended = False
        self._wake = asyncio.Event()
        world.db.subscribe(DELIVERIES, lambda _: self._look_again())

    async def run_forever(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set; then wait for the requests under way and give back all leases."""
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: self._wake.set())
        loop = asyncio.get_running_loop()
        looked_at = loop.time()
        try:
            while not stop.is_set():
                if loop.time() - looked_at >= self._look_every:
                    self._looks, looked_at = True, loop.time()
                try:
                    await self._turn()
                except Unavailable as error:
                    log.warning("deliveries wait for the database", error=str(error))
                    await asyncio.sleep(LOOK_EVERY_SECONDS)
                except Exception:
                    # No mistake of ours ends the worker: other servers' deliveries go on.
                    log.exception("a turn of deliveries failed")
                    await asyncio.sleep(LOOK_EVERY_SECONDS)
                await self._rest()
        finally:
            stopping.cancel()
            await self._finish()

    async def deliver_due(self) -> int:
        """Deliver until nothing is due any more; return how many tries were made. For tests and commands."""
        begun = self._begun
        while True:
            self._looks = True
            await self._turn()
            if not self._runs and not self._results:
                return self._begun - begun
            await self._rest()

    async def close(self) -> None:
        """Give back all leases and let go of the threads, after the requests under way."""
        await self._finish()

    def _look_again(self) -> None:
        self._looks = True
        self._wake.set()

    async def _turn(self) -> None:
        """Write down what there is to write and begin what may begin; do nothing where there is nothing."""
        if not self._times_are_mended:
            await self._world.db.write(mend_times, self._schedule)
            self._times_are_mended = True
        turn = self._next_turn()
        if turn is None:
            return
        try:
            taken = await self._world.db.write(self._take_turn, turn)
        except BaseException:
            self._undo(turn)
            raise
        if turn.results:
            crash_point("delivery_after_mark")
        self._apply(turn, taken)
        # New deliveries are announced; what nobody announces is the time of a further try.
        is_busy = bool(turn.results or turn.finished_hosts or taken.leased or self._runs)
        self._look_every = LOOK_EVERY_SECONDS if is_busy else LOOK_AT_REST_SECONDS

    def _next_turn(self) -> Turn | None:
        results, self._results = self._results, []
        beginning = self._choose()
        finished = [run.host for run in self._runs.values() if run.is_finished]
        most_new, most_well = self._most_new_hosts() if self._looks else (0, 0)
        renews = bool(self._runs) and self._world.clock.monotonic() - self._renewed_at >= RENEW_SECONDS
        if not (results or beginning or finished or most_new or most_well or renews):
            return None
        self._looks = False
        return Turn(results, beginning, finished, most_new, renews, most_well)

    def _choose(self) -> list[Due]:
        at, free = asyncio.get_running_loop().time(), self._slots.free
        chosen: list[Due] = []
        for host in list(self._runs):
            if free <= 0:
                break
            taken = self._runs[host].take(free, at)
            if taken:
                # To the end of the line: where places are few, every server gets its turn.
                self._runs[host] = self._runs.pop(host)
                chosen += taken
                free -= len(taken)
        return chosen

    def _most_new_hosts(self) -> tuple[int, int]:
        """Return how many servers may be taken, and beside them how many that were well lately."""
        busy = [run for run in self._runs.values() if not run.is_finished]
        room = self._most_hosts - len(busy)
        if self._connection.is_lost:
            # Places of their own: what was under way before takes long to end where servers are silent.
            well = sum(run.was_well for run in busy)
            return 0 if busy else 1, max(WELL_HOSTS_WHILE_CUT_OFF - well, 0)
        return (min(room, NEW_HOSTS_PER_SECOND_AFTER_OUTAGE) if self._connection.recovers else room), 0

    def _apply(self, turn: Turn, taken: TurnTaken) -> None:
        now, confirmed_at = self._world.clock.now(), self._world.clock.monotonic()
        for host in taken.lost_hosts:
            self._runs[host].stop()
        for host in {*turn.finished_hosts} - taken.lost_hosts:
            del self._runs[host]
        for host in taken.health.keys() & self._runs.keys():
            self._runs[host].stop_unless_well(taken.health[host], now)
        if turn.renews:
            self._renewed_at = confirmed_at
            for host, run in self._runs.items():
                if host in taken.renewed:
                    run.confirmed_at = confirmed_at
                else:
                    run.stop()
        for leased in taken.leased:
            # Our own lease looks as if it had ended when the clock was set forward: it goes on (L18).
            run = self._runs.setdefault(leased.host, HostRun(leased, confirmed_at))
            run.confirmed_at = confirmed_at
        self._note_claimed(turn, len(taken.leased))
        self._start_begun(turn.beginning, taken.begun)
        for host in taken.lost_hosts:
            if self._runs[host].is_finished:
                del self._runs[host]
        if taken.leased or turn.finished_hosts:
            self._wake.set()

    def _start_begun(self, beginning: Sequence[Due], begun: Collection[int]) -> None:
        for due in beginning:
            if due.id in begun:
                self._start(due)
            else:
                self._runs[due.host].drop(due)
                self._wake.set()

    def _note_claimed(self, turn: Turn, leased: int) -> None:
        if turn.most_new_hosts and leased < turn.most_new_hosts and not self._connection.is_lost:
            self._connection.recovers = False
        elif leased and not self._connection.recovers and not self._connection.is_lost:
            # As many as there was room for: there may be more.
            self._looks = True

    def _undo(self, turn: Turn) -> None:
        self._results = [*turn.results, *self._results]
        for due in turn.beginning:
            self._runs[due.host].put_back(due)
        self._looks = True

    def _start(self, due: Due) -> None:
        self._begun += 1
        give_back = self._slots.take(asyncio.get_running_loop(), self._wake.set)
        request = asyncio.create_task(self._deliver(due))
        self._requests.add(request)

        def ended(done: "asyncio.Task[None]") -> None:
            self._requests.discard(done)
            give_back()
            self._wake.set()

        request.add_done_callback(ended)

    async def _deliver(self, due: Due) -> None:
        run = self._runs[due.host]
        last_moment = LEASE_SECONDS - self._world.settings.federation.request_timeout_seconds

        def may_send() -> bool:
            return self._world.clock.monotonic() - run.confirmed_at < max(last_moment, 1.0)

        result = await self._sender.send(due, may_send)
        self._connection.note([(due.host, result.verdict)])
        if self._connection.is_lost and result.verdict.is_unanswered:
            wait = self._schedule.wait(1).total_seconds()
            not_counted = replace(result.verdict, host_sign=HostSign.CUT_OFF, pause_seconds=wait)
            result = replace(result, verdict=not_counted)
        run.note(result, self._world.clock.now(), self._schedule)
        self._results.append(result)

    async def _rest(self) -> None:
        """Wait until there is something to do, or to look for; then a moment more, for company."""
        loop_time = asyncio.get_running_loop().time()
        waits = [run.seconds_to_wait(loop_time) for run in self._runs.values()]
        longest = min([self._look_every, *(wait for wait in waits if wait > 0)])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(longest):
                await self._wake.wait()
        self._wake.clear()
        if self._requests:
            await asyncio.sleep(GATHER_SECONDS)

    async def _finish(self) -> None:
        for run in self._runs.values():
            run.stop()
        if self._requests:
            await asyncio.wait(self._requests, timeout=STOP_SECONDS)
        for request in self._requests:
            request.cancel()
        self._looks = False
        with contextlib.suppress(Unavailable):
            while self._results or any(run.is_finished for run in self._runs.values()):
                await self._turn()
        self._sender.close()
