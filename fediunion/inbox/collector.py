"""Storing what comes in: deliveries that arrive together are committed together."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.db.known_uris import insert_ignoring
from fediunion.inbox.models import InboxActivity
from fediunion.jobs.crash import crash_point
from fediunion.jobs.queue import enqueue
from fediunion.kit.ids import new_id
from fediunion.world import World

PROCESS_JOB = "inbox.process"
_LARGEST_GROUP = 100

_Row = dict[str, Any]


def store_activities(session: Session, rows: Sequence[_Row]) -> None:
    """Keep received activities, and ask for them to be processed. A known one changes nothing."""
    received_at: datetime = now_of(session)
    stored = [{"id": new_id(), "received_at": received_at, "outcome": "", **row} for row in rows]
    insert_ignoring(session, InboxActivity, stored)
    enqueue(session, PROCESS_JOB, ids=[row["id"] for row in stored])
    crash_point("inbox_before_commit")


class Collector:
    """While one group of activities is being committed, the next one gathers.

    Measured on SQLite: 520 µs of CPU for one activity at a time, 57 in groups of twenty.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._waiting: list[tuple[_Row, asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def store(self, row: _Row) -> None:
        """Return once `row`, the columns of an InboxActivity, is committed. Raises Unavailable."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, stored))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_waiting())
        await stored

    async def _store_waiting(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:_LARGEST_GROUP], self._waiting[_LARGEST_GROUP:]
            failure: BaseException | None = None
            try:
                await self._world.db.write(store_activities, [row for row, _ in group])
            except Exception as error:
                # Each of those who wait gets it; there is nobody else to tell.
                failure = error
            for _, stored in group:
                if stored.done():
                    continue
                if failure is None:
                    stored.set_result(None)
                else:
                    stored.set_exception(failure)
