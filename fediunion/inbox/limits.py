"""How much one owner of servers may send: a rate, and how much of it may wait to be processed."""

from collections import Counter
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.inbox.models import InboxActivity
from fediunion.kit.cache import BoundedCache
from fediunion.kit.errors import BadDocument, TooOften
from fediunion.kit.urls import parse_remote_url, registrable_domain
from fediunion.world import World

_MOST_DOMAINS: Final = 10_000
_LOOK_AGAIN_SECONDS: Final = 5.0
_BYTES_OF_ONE: Final = 16_384


class TooManyActivities(TooOften):
    """The sender is to come back after `retry_after_seconds`, a whole number."""

    reason = "too-many"

    def __init__(self, message: str, retry_after_seconds: float) -> None:
        super().__init__(message, retry_after_seconds=max(1, round(retry_after_seconds)))


def domain_of(uri: str) -> str:
    """Return the registrable domain of an id; all hosts under it share one limit. "" for what is no id."""
    try:
        return registrable_domain(parse_remote_url(uri).host)
    except BadDocument:
        return ""


class InboxLimits:
    """Token buckets by registrable domain, and a look at what waits; off where `limits.enabled` is false.

    Only what was proven to come from a domain is charged to it, so that nobody can use up the rate of
    somebody else. The table is bounded; the domain that sent nothing for longest is forgotten first.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._enabled = world.settings.limits.enabled
        self._burst = float(world.settings.limits.inbox_per_host_per_minute)
        self._per_second = self._burst / 60
        self._most_waiting = world.settings.limits.inbox_waiting_per_host
        self._buckets: BoundedCache[str, tuple[float, float]] = BoundedCache(
            _MOST_DOMAINS, 3600.0, world.clock.monotonic
        )
        self._waiting: Counter[str] = Counter()
        self._looked_at: float | None = None

    async def check(self, domain: str) -> None:
        """Raise TooManyActivities where `domain` is over its limits already; costs no cryptography."""
        if not self._enabled:
            return
        tokens = self._tokens(domain)
        if tokens < 1:
            raise TooManyActivities(f"{domain} sends too much", (1 - tokens) / self._per_second)
        now = self._world.clock.monotonic()
        if self._looked_at is None or now - self._looked_at >= _LOOK_AGAIN_SECONDS:
            self._looked_at = now
            self._waiting = await self._world.db.read(count_waiting, self._most_waiting)
        if self._waiting[domain] >= self._most_waiting:
            raise TooManyActivities(f"Too much of {domain} waits to be processed", 60)

    def charge(self, domain: str, size: int = 0) -> None:
        """Count one activity of `size` bytes that `domain` has proven to have sent.

        It counts once more for each 16 KiB, so that not even the largest fill memory and disk (row R01).
        """
        if self._enabled:
            weight = min(1 + size // _BYTES_OF_ONE, self._burst)
            self._buckets.put(domain, (self._world.clock.monotonic(), self._tokens(domain) - weight))

    def __len__(self) -> int:
        return len(self._buckets)

    def _tokens(self, domain: str) -> float:
        bucket = self._buckets.get(domain)
        if bucket is None:
            return self._burst
        at, tokens = bucket
        return min(self._burst, tokens + (self._world.clock.monotonic() - at) * self._per_second)


def count_waiting(session: Session, interesting: int) -> Counter[str]:
    """Return how many activities of each domain wait; empty where fewer than `interesting` wait in all."""
    waiting = select(InboxActivity.sender_uri).where(InboxActivity.processed_at.is_(None))
    total = session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
    if total < interesting:
        return Counter()
    return Counter(domain_of(uri) for uri in session.scalars(waiting))
