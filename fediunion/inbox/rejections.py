"""How many deliveries were refused, and why: counted in memory, written down every few seconds."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client import Counter as Metric
from sqlalchemy import update
from sqlalchemy.orm import Session

from fediunion.db import insert_ignoring
from fediunion.inbox.models import InboxRejection
from fediunion.kit.errors import Unavailable
from fediunion.world import World

OTHER_HOSTS: Final = "(other)"
_FLUSH_SECONDS: Final = 5.0
_MOST_HOSTS_AT_ONCE: Final = 1000
_MOST_ROWS_A_DAY: Final = 10_000
_LONGEST_HOST: Final = 253

_Row = tuple[date, str, str]


class Rejections:
    """The counts of one process of an instance; `registry` is what its metrics are read from.

    A flood from a million names makes a bounded number of rows: beyond a thousand hosts between two
    writes, and ten thousand on a day, they are counted together as OTHER_HOSTS (row R10).
    """

    def __init__(self, world: World, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._world = world
        self._metric = Metric(
            "fediunion_inbox_rejected",
            "Deliveries to our inboxes that were refused",
            ["reason"],
            registry=self.registry,
        )
        self._waiting: Counter[_Row] = Counter()
        self._rows_of_day: set[_Row] = set()
        self._flushing: asyncio.Task[None] | None = None

    def count(self, reason: str, host: str) -> None:
        """Count one refusal; `host` is who is said to have sent it, "" where nobody knows."""
        self._metric.labels(reason=reason).inc()
        row = (self._world.clock.now().date(), reason, host[:_LONGEST_HOST])
        if not self._has_room(row):
            row = (row[0], reason, OTHER_HOSTS)
        self._rows_of_day.add(row)
        self._waiting[row] += 1
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush_later())

    def _has_room(self, row: _Row) -> bool:
        if next(iter(self._rows_of_day), row)[0] != row[0]:
            self._rows_of_day.clear()
        known = row in self._rows_of_day or len(self._rows_of_day) < _MOST_ROWS_A_DAY
        return known and (row in self._waiting or len(self._waiting) < _MOST_HOSTS_AT_ONCE)

    async def flush(self) -> None:
        """Write down what was counted since the last time; what cannot be written is kept for the next."""
        counted, self._waiting = self._waiting, Counter()
        if not counted:
            return
        try:
            await self._world.db.write(_add_counts, counted)
        except Unavailable:
            self._waiting.update(counted)

    async def close(self) -> None:
        """Write down the rest."""
        if self._flushing is not None:
            self._flushing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._flushing
        await self.flush()

    async def _flush_later(self) -> None:
        await asyncio.sleep(_FLUSH_SECONDS)
        await self.flush()


def _add_counts(session: Session, counted: Mapping[_Row, int]) -> None:
    rows = [{"day": day, "reason": reason, "host": host, "count": 0} for day, reason, host in counted]
    insert_ignoring(session, InboxRejection, sorted(rows, key=lambda row: (row["reason"], row["host"])))
    for (day, reason, host), count in sorted(counted.items()):
        session.execute(
            update(InboxRejection)
            .where(InboxRejection.day == day, InboxRejection.reason == reason, InboxRejection.host == host)
            .values(count=InboxRejection.count + count)
        )
