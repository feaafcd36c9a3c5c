"""Whose turn it is to be asked: few fetches at once for each domain, and servers that let us wait apart."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from fediunion.kit.cache import BoundedCache
from fediunion.kit.errors import Unreachable
from fediunion.kit.urls import parse_remote_url, registrable_domain
from fediunion.world import World

_MOST_DOMAINS: Final = 10_000
_SLOW_FOR_SECONDS: Final = 600.0
_SILENT_FOR_SECONDS: Final = 60.0
_SLOW_AFTER_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How long all fetches of one activity may take, and how many run at once: in all, and of one domain.

    Who `waits` takes the time that slow servers need; who does not leaves them to one who does.
    """

    seconds: float
    at_once: int
    at_once_of_a_domain: int
    waits: bool


QUICK: Final = Pace(seconds=3.0, at_once=32, at_once_of_a_domain=2, waits=False)
PATIENT: Final = Pace(seconds=10.0, at_once=16, at_once_of_a_domain=2, waits=True)


class LetsWait(Exception):
    """The server took its time lately: whoever is in a hurry does not ask it."""


class SlowServers:
    """The registrable domains that let us wait lately; one object for an instance, bounded."""

    def __init__(self, world: World) -> None:
        monotonic = world.clock.monotonic
        self.slow: BoundedCache[str, bool] = BoundedCache(_MOST_DOMAINS, _SLOW_FOR_SECONDS, monotonic)
        self.silent: BoundedCache[str, bool] = BoundedCache(_MOST_DOMAINS, _SILENT_FOR_SECONDS, monotonic)


class Turns:
    """The turns of those who fetch together. A place is taken for one fetch at a time, never for two."""

    def __init__(self, world: World, pace: Pace) -> None:
        self._monotonic = world.clock.monotonic
        self._servers = world.part(SlowServers)
        self._pace = pace
        self._all = asyncio.Semaphore(pace.at_once)
        self._of_domain: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(pace.at_once_of_a_domain)
        )

    @asynccontextmanager
    async def at(self, uri: str) -> AsyncIterator[None]:
        """Hold a place while the server of `uri` is asked; wait for it where there is none.

        Only the time that the server itself takes is held against it. Raises LetsWait where it was slow
        within ten minutes and nobody here waits, and Unreachable where it was waited for in vain within one.
        """
        domain = registrable_domain(parse_remote_url(uri).host)
        async with self._of_domain[domain], self._all:
            self._check(domain)
            began = self._monotonic()
            answered = False
            try:
                yield
                answered = True
            finally:
                self._note(domain, self._monotonic() - began, answered=answered)

    def _check(self, domain: str) -> None:
        if not self._pace.waits:
            if self._servers.slow.get(domain):
                raise LetsWait(domain)
        elif self._servers.silent.get(domain):
            message = f"{domain} let us wait a moment ago"
            raise Unreachable(message, retry_after_seconds=_SILENT_FOR_SECONDS, reason="timeout")

    def _note(self, domain: str, seconds: float, *, answered: bool) -> None:
        if seconds >= _SLOW_AFTER_SECONDS:
            self._servers.slow.put(domain, True)
        if self._pace.waits and not answered and seconds >= self._pace.seconds / 2:
            self._servers.silent.put(domain, True)
