"""How many fetches strangers may cause."""

from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

from fediunion.kit.clock import Clock
from fediunion.kit.errors import Unreachable
from fediunion.kit.urls import parse_remote_url, registrable_domain

WINDOW_SECONDS: Final = 60.0
NO_ROOM: Final = "fetch-budget"
"""The reason of Unreachable where the limits leave no room for a fetch just now."""

_Counted: TypeAlias = tuple[str, str]
"""A domain that is asked, and the one that has us ask: "" is any."""

_ANY: Final[_Counted] = ("", "")


@dataclass(frozen=True, slots=True)
class Share:
    """What one who has us ask may cause in a minute: in all, and at one domain."""

    per_minute: int
    per_domain_per_minute: int


class FetchBudget:
    """A limit on fetches of keys and actors that unknown hosts cause; always on.

    Counts attempts of the last minute, overall and for one registrable domain (all its
    sub-domains share), and how many run at once for such a domain. With a `share`, nobody who has us
    ask can use up what others need.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        per_minute: int = 60,
        per_domain_per_minute: int = 20,
        per_domain_at_once: int = 2,
        share: Share | None = None,
    ) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._per_domain_per_minute = per_domain_per_minute
        self._per_domain_at_once = per_domain_at_once
        self._share = share
        self._recent: deque[tuple[float, str, str]] = deque()
        self._recent_of: Counter[_Counted] = Counter()
        self._running: Counter[str] = Counter()

    @asynccontextmanager
    async def slot(self, url: str, cause: str = "") -> AsyncIterator[None]:
        """Hold one of the places while a fetch of `url` runs.

        `cause` is the registrable domain of who has us ask; where it is "", nobody's share is looked at.
        Raises Unreachable(reason="fetch-budget") at once where there is none, with the seconds
        after which there may be one; BadDocument where `url` is no address.
        """
        domain = registrable_domain(parse_remote_url(url).host)
        self._take(domain, cause)
        try:
            yield
        finally:
            self._running[domain] -= 1
            if self._running[domain] <= 0:
                del self._running[domain]

    def _take(self, domain: str, cause: str) -> None:
        now = self._clock.monotonic()
        self._forget(before=now - WINDOW_SECONDS)
        if self._running[domain] >= self._per_domain_at_once:
            raise _exhausted(domain, 1.0)
        for counted, most in self._limits(domain, cause):
            if self._recent_of[counted] >= most:
                oldest = next(at for at, *each in self._recent if counted in _counted(*each))
                raise _exhausted(domain, oldest + WINDOW_SECONDS - now)
        self._recent.append((now, domain, cause))
        self._recent_of.update(_counted(domain, cause))
        self._running[domain] += 1

    def _limits(self, domain: str, cause: str) -> Iterator[tuple[_Counted, int]]:
        yield _ANY, self._per_minute
        yield (domain, ""), self._per_domain_per_minute
        if cause and self._share is not None:
            yield ("", cause), self._share.per_minute
            yield (domain, cause), self._share.per_domain_per_minute

    def _forget(self, *, before: float) -> None:
        while self._recent and self._recent[0][0] <= before:
            _, domain, cause = self._recent.popleft()
            for counted in _counted(domain, cause):
                self._recent_of[counted] -= 1
                if not self._recent_of[counted]:
                    del self._recent_of[counted]


def _counted(domain: str, cause: str) -> set[_Counted]:
    return {_ANY, (domain, ""), ("", cause), (domain, cause)}


def _exhausted(domain: str, seconds: float) -> Unreachable:
    return Unreachable(
        f"too many fetches from strangers just now to ask {domain}",
        retry_after_seconds=max(1.0, seconds),
        reason=NO_ROOM,
    )
