"""What one worker has in hand: servers, at most two requests each, every inbox's deliveries in order."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Final

from fediunion.outbox.claims import Due, LeasedHost
from fediunion.outbox.health import DRAIN_PER_SECOND, HostHealth, health_after
from fediunion.outbox.results import Result
from fediunion.outbox.schedule import Schedule
from fediunion.outbox.verdicts import Outcome

AT_ONCE_PER_HOST: Final = 2
SLOW_AFTER_SECONDS: Final = 2.0


class HostRun:
    """A leased server with the deliveries in hand for it.

    One request at a time for each inbox, and the next one only when the last is written down: so a
    crash repeats at most one delivery to an inbox. What failed keeps back later ones of its lane.
    """

    def __init__(self, leased: LeasedHost, confirmed_at: float) -> None:
        self.host = leased.host
        self.health = leased.health
        self.was_well = leased.was_well
        self.confirmed_at = confirmed_at
        self._waiting = deque(leased.due)
        self._busy: dict[str, int] = {}
        self._stuck: set[tuple[int, str]] = set()
        self._next_at = 0.0

    @property
    def is_finished(self) -> bool:
        """Whether nothing is in flight and nothing is left to send."""
        return not self._waiting and not self._busy

    def seconds_to_wait(self, at: float) -> float:
        """Return how long the next delivery is kept back by the slow pace of a server just back."""
        return max(self._next_at - at, 0.0) if self._waiting else 0.0

    def take(self, most: int, at: float) -> list[Due]:
        """Return up to `most` deliveries to begin now; `at` is the loop's time."""
        taken: list[Due] = []
        passed: list[Due] = []
        # A server that has just failed is asked one thing at a time until it answers.
        room = min((1 if self.health.failures else AT_ONCE_PER_HOST) - len(self._busy), most)
        while self._waiting and len(taken) < room and self._next_at <= at:
            due = self._waiting.popleft()
            if due.lane in self._stuck:
                continue
            if due.inbox_url in self._busy:
                passed.append(due)
                continue
            self._busy[due.inbox_url] = due.id
            taken.append(due)
            if self.health.drains:
                self._next_at = at + 1 / DRAIN_PER_SECOND
        self._waiting.extendleft(reversed(passed))
        return taken

    def drop(self, due: Due) -> None:
        """Forget a delivery that was taken and may not be begun."""
        self._busy.pop(due.inbox_url, None)

    def put_back(self, due: Due) -> None:
        """Take a delivery back that was taken and could not be written down as begun."""
        self._busy.pop(due.inbox_url, None)
        self._waiting.appendleft(due)

    def note(self, result: Result, now: datetime, schedule: Schedule) -> None:
        """Take in a result that is being written: its inbox is free, and others may have to stop."""
        due = result.due
        self._busy.pop(due.inbox_url, None)
        if result.verdict.outcome in (Outcome.RETRY, Outcome.NOT_FOUND):
            self._stuck.add(due.lane)
        self.stop_unless_well(health_after(self.health, result.verdict, now, schedule), now)

    def stop_unless_well(self, health: HostHealth, now: datetime) -> None:
        """Leave the rest where it is when the server has to be left alone for a while."""
        self.health = health
        if health.is_open or (health.next_attempt_at is not None and health.next_attempt_at > now):
            self.stop()

    def stop(self) -> None:
        """Begin nothing more."""
        self._waiting.clear()


class Slots:
    """How many requests are under way at once; one that takes long gives its place to another.

    Slow servers hold at most as many places beside the `most` quick ones, so that black holes do not
    keep well servers waiting (L13, L23).
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._quick = 0
        self._slow = 0

    @property
    def free(self) -> int:
        """How many more may begin."""
        return self._most - self._quick

    def take(self, loop: asyncio.AbstractEventLoop, freed: Callable[[], None]) -> Callable[[], None]:
        """Take a place; return what gives it back. `freed` is called when it is given up for being slow."""
        self._quick += 1
        slow = False

        def grow_slow() -> None:
            nonlocal slow
            if self._slow < self._most:
                slow = True
                self._quick -= 1
                self._slow += 1
                freed()

        timer = loop.call_later(SLOW_AFTER_SECONDS, grow_slow)

        def give_back() -> None:
            timer.cancel()
            if slow:
                self._slow -= 1
            else:
                self._quick -= 1

        return give_back
