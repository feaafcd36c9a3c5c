"""How many fetches strangers may cause."""

from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fediunion.kit.clock import Clock
from fediunion.kit.errors import Unreachable
from fediunion.kit.urls import parse_remote_url, registrable_domain

WINDOW_SECONDS: Final = 60.0
NO_ROOM: Final = "fetch-budget"
"""The reason of Unreachable where the limits leave no room for a fetch just now."""


class FetchBudget:
    """A limit on fetches of keys and actors that unknown hosts cause; always on.

    Counts attempts of the last minute, overall and for one registrable domain (all its
    sub-domains share), and how many run at once for such a domain.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        per_minute: int = 60,
        per_domain_per_minute: int = 20,
        per_domain_at_once: int = 2,
    ) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._per_domain_per_minute = per_domain_per_minute
        self._per_domain_at_once = per_domain_at_once
        self._recent: deque[tuple[float, str]] = deque()
        self._recent_of: Counter[str] = Counter()
        self._running: Counter[str] = Counter()

    @asynccontextmanager
    async def slot(self, url: str) -> AsyncIterator[None]:
        """Hold one of the places while a fetch of `url` runs.

        Raises Unreachable(reason="fetch-budget") at once where there is none, with the seconds
        after which there may be one; BadDocument where `url` is no address.
        """
        domain = registrable_domain(parse_remote_url(url).host)
        self._take(domain)
        try:
            yield
        finally:
            self._running[domain] -= 1
            if self._running[domain] <= 0:
                del self._running[domain]

    def _take(self, domain: str) -> None:
        now = self._clock.monotonic()
        self._forget(before=now - WINDOW_SECONDS)
        if self._running[domain] >= self._per_domain_at_once:
            raise _exhausted(domain, 1.0)
        if len(self._recent) >= self._per_minute:
            raise _exhausted(domain, self._recent[0][0] + WINDOW_SECONDS - now)
        if self._recent_of[domain] >= self._per_domain_per_minute:
            oldest = next(at for at, name in self._recent if name == domain)
            raise _exhausted(domain, oldest + WINDOW_SECONDS - now)
        self._recent.append((now, domain))
        self._recent_of[domain] += 1
        self._running[domain] += 1

    def _forget(self, *, before: float) -> None:
        while self._recent and self._recent[0][0] <= before:
            _, domain = self._recent.popleft()
            self._recent_of[domain] -= 1
            if not self._recent_of[domain]:
                del self._recent_of[domain]


def _exhausted(domain: str, seconds: float) -> Unreachable:
    return Unreachable(
        f"too many fetches from strangers just now to ask {domain}",
        retry_after_seconds=max(1.0, seconds),
        reason=NO_ROOM,
    )
