"""The one thread that writes a SQLite file: it commits many waiting units of work together."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from fediunion.db.sqlite_connection import (
    SqliteConnection,
    as_unavailable,
    is_storage_failure,
    open_connection,
)
from fediunion.db.unit import Surroundings, begin_unit
from fediunion.kit.errors import Unavailable

_LARGEST_GROUP = 200
_LOOK_FOR_OTHERS_SECONDS = 1.0

Announcements: TypeAlias = set[tuple[str, str]]


@dataclass(frozen=True)
class WaitingUnit:
    """A unit of work, and who waits for its result."""

    work: Callable[[Session], Any]
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[Any]"


Settled: TypeAlias = tuple[WaitingUnit, Any, BaseException | None]


class Writer:
    """A queue of units and the thread that empties it.

    All units that wait when the thread is free go into one transaction, each in a savepoint of its
    own: one fsync for all of them, and an exception undoes one unit only. A failure of the storage,
    at any statement or at COMMIT, fails the whole group with Unavailable, and the next group
    starts on a new connection.

    `committed` is called in an event loop with what a group announced; `others_committed` in
    `home_loop`, within a second of a commit by another connection.
    """

    def __init__(
        self,
        engine: Engine,
        surroundings: Surroundings,
        statement_seconds: float,
        committed: Callable[[Announcements], None],
        others_committed: Callable[[], None],
    ) -> None:
        self.home_loop: asyncio.AbstractEventLoop | None = None
        self._engine = engine
        self._surroundings = surroundings
        self._statement_seconds = statement_seconds
        self._committed = committed
        self._others_committed = others_committed
        self._units: queue.SimpleQueue[WaitingUnit | None] = queue.SimpleQueue()
        self._closing = False
        self._connection: SqliteConnection | None = None
        self._version: int | None = None
        self._looked_at = 0.0
        self._thread = threading.Thread(target=self._write_forever, name="db-write", daemon=True)

    def submit(self, unit: WaitingUnit) -> None:
        """Have `unit` done. Raises Unavailable once the writer is closing."""
        if self._closing:
            raise Unavailable("the database is closed")
        self.start()
        self._units.put(unit)

    def start(self) -> None:
        """Start the thread, if it does not run yet."""
        if self._thread.ident is None:
            self._thread.start()

    def close(self) -> None:
        """Finish what was submitted, and end the thread."""
        self._closing = True
        if self._thread.ident is not None:
            self._units.put(None)
            self._thread.join()

    def _write_forever(self) -> None:
        while (group := self._next_group()) is not None:
            results: list[Settled] = []
            announcements: Announcements = set()
            try:
                if self._connection is None:
                    self._connection = open_connection(self._engine)
                if group:
                    results, announcements = self._commit(self._connection, group)
                self._look_for_others(self._connection)
            except BaseException as error:
                self._let_go()
                if not results:
                    failure = _failure_of_all(error)
                    results = [(unit, None, failure) for unit in group]
            self._settle(results, announcements)
        self._let_go()

    def _next_group(self) -> list[WaitingUnit] | None:
        """Return the units that wait, an empty list after a quiet second, None at the end."""
        try:
            unit = self._units.get(timeout=_LOOK_FOR_OTHERS_SECONDS)
        except queue.Empty:
            return []
        group: list[WaitingUnit] = []
        while unit is not None:
            group.append(unit)
            if len(group) == _LARGEST_GROUP:
                return group
            try:
                unit = self._units.get_nowait()
            except queue.Empty:
                return group
        if group:
            self._units.put(None)
            return group
        return None

    def _commit(
        self, connection: SqliteConnection, group: list[WaitingUnit]
    ) -> tuple[list[Settled], Announcements]:
        results: list[Settled] = []
        announcements: Announcements = set()
        run = connection.file.execute
        run("BEGIN IMMEDIATE")
        for waiting in group:
            if waiting.done.cancelled():
                continue
            run("SAVEPOINT unit")
            connection.deadline = time.monotonic() + self._statement_seconds
            try:
                with Session(connection.sql, expire_on_commit=False) as session:
                    unit = begin_unit(session, self._surroundings)
                    value = waiting.work(session)
                    session.flush()
            except BaseException as error:
                connection.deadline = float("inf")
                if not connection.file.in_transaction or is_storage_failure(error):
                    raise
                run("ROLLBACK TO unit")
                results.append((waiting, None, as_unavailable(error)))
            else:
                announcements |= unit.announcements
                results.append((waiting, value, None))
            run("RELEASE unit")
        connection.deadline = float("inf")
        run("COMMIT")
        return results, announcements

    def _look_for_others(self, connection: SqliteConnection) -> None:
        """Notice commits by other connections: `data_version` does not count our own."""
        if time.monotonic() - self._looked_at < _LOOK_FOR_OTHERS_SECONDS:
            return
        self._looked_at = time.monotonic()
        seen: int = connection.file.execute("PRAGMA data_version").fetchone()[0]
        loop = self.home_loop
        if self._version is not None and seen != self._version and loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._others_committed)
        self._version = seen

    def _let_go(self) -> None:
        connection, self._connection, self._version = self._connection, None, None
        if connection is not None:
            connection.close()

    def _settle(self, results: list[Settled], announcements: Announcements) -> None:
        """Hand each result to the loop that waits for it, with one wake-up for each loop."""
        by_loop: dict[asyncio.AbstractEventLoop, list[Settled]] = {}
        for result in results:
            by_loop.setdefault(result[0].loop, []).append(result)
        if announcements and self.home_loop is not None:
            by_loop.setdefault(self.home_loop, [])
        told = self.home_loop or next(iter(by_loop), None)
        for loop, own in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._deliver, own, announcements if loop is told else set())

    def _deliver(self, own: list[Settled], announcements: Announcements) -> None:
        for unit, value, error in own:
            deliver(unit.done, value, error)
        if announcements:
            self._committed(announcements)


def deliver(done: "asyncio.Future[Any]", value: Any, error: BaseException | None) -> None:
    """Give `done` its outcome, in its own loop. A waiter that was cancelled gets nothing."""
    if done.done():
        return
    if error is None:
        done.set_result(value)
    elif isinstance(error, StopIteration):
        # A future refuses it, and whoever waits would do so for ever.
        done.set_exception(RuntimeError("a unit of work raised StopIteration"))
    else:
        done.set_exception(error)


def _failure_of_all(error: BaseException) -> Unavailable:
    """Return what a whole group is told: most of it has no part in what went wrong."""
    translated = as_unavailable(error)
    if isinstance(translated, Unavailable):
        return translated
    failure = Unavailable("what was written together could not be committed")
    failure.__cause__ = error
    return failure
