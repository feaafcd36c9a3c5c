"""Whose turn it is to be asked: few fetches at once for each domain, and servers that let us wait apart."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from fediunion.activitypub.fetch_budget import NO_ROOM
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


class _Lately:
    """Which registrable domains did something lately, by the domain that had us ask them; bounded.

    Whoever sends can name an address at which somebody's server takes long. So what one domain caused is
    held up for that domain alone, until another one meets the same; and what a server sends about itself is
    never held up by what others caused (row F39).
    """

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._causes: BoundedCache[str, str] = BoundedCache(_MOST_DOMAINS, seconds, monotonic)
        self._pairs: BoundedCache[tuple[str, str], bool] = BoundedCache(_MOST_DOMAINS, seconds, monotonic)
        self._domains: BoundedCache[str, bool] = BoundedCache(_MOST_DOMAINS, seconds, monotonic)

    def note(self, domain: str, cause: str) -> None:
        """Remember what `domain` did when `cause` had us ask it."""
        if self._causes.get(domain) not in (None, cause):
            self._domains.put(domain, True)
        self._causes.put(domain, cause)
        self._pairs.put((domain, cause), True)

    def holds(self, domain: str, cause: str) -> bool:
        """Return whether what `cause` has us ask of `domain` is held up."""
        return bool(self._pairs.get((domain, cause)) or (cause != domain and self._domains.get(domain)))


class SlowServers:
    """The registrable domains that let us wait lately; one object for an instance."""

    def __init__(self, world: World) -> None:
        self.slow = _Lately(_SLOW_FOR_SECONDS, world.clock.monotonic)
        self.silent = _Lately(_SILENT_FOR_SECONDS, world.clock.monotonic)


class Turns:
    """The turns of those who fetch together. A place is taken for one fetch at a time, never for two."""

    def __init__(self, world: World, pace: Pace) -> None:
        self._monotonic = world.clock.monotonic
        self._servers = world.part(SlowServers)
        self._pace = pace
        self._all = asyncio.Semaphore(pace.at_once)
        self._of_domain: defaultdict[tuple[str, bool], asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(pace.at_once_of_a_domain)
        )

    @asynccontextmanager
    async def at(self, uri: str, cause: str) -> AsyncIterator[None]:
        """Hold a place while the server of `uri` is asked; wait for it where there is none.

        `cause` is the registrable domain that has us ask; what a server has us ask of itself has places of
        its own. Only the time that the server itself takes is held against it: nobody else may be asked
        meanwhile. Raises LetsWait where it was slow within ten minutes and nobody here waits, and Unreachable
        where it was waited for in vain within one.
        """
        domain = registrable_domain(parse_remote_url(uri).host)
        async with self._of_domain[domain, domain == cause], self._all:
            self._check(domain, cause)
            began = self._monotonic()
            answered = waited_for_us = False
            try:
                yield
                answered = True
            except Unreachable as error:
                waited_for_us = error.reason == NO_ROOM
                raise
            finally:
                if not waited_for_us:
                    self._note(domain, cause, self._monotonic() - began, answered=answered)

    def _check(self, domain: str, cause: str) -> None:
        if not self._pace.waits:
            if self._servers.slow.holds(domain, cause):
                raise LetsWait(domain)
        elif self._servers.silent.holds(domain, cause):
            message = f"{domain} let us wait a moment ago"
            raise Unreachable(message, retry_after_seconds=_SILENT_FOR_SECONDS, reason="timeout")

    def _note(self, domain: str, cause: str, seconds: float, *, answered: bool) -> None:
        if seconds >= _SLOW_AFTER_SECONDS:
            self._servers.slow.note(domain, cause)
        if self._pace.waits and not answered and seconds >= self._pace.seconds / 2:
            self._servers.silent.note(domain, cause)
