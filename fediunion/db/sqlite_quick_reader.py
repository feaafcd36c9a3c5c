"""Reading a SQLite file in the event loop's own thread, as long as it takes milliseconds."""

import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from fediunion.db.sqlite_connection import (
    SqliteConnection,
    is_interruption,
    is_refused_write,
    is_storage_failure,
)
from fediunion.db.sqlite_readers import answer, open_reading_connection
from fediunion.db.unit import Surroundings
from fediunion.kit.errors import Unavailable

T = TypeVar("T")

_QUICK_SECONDS = 0.005
_REMEMBERED_SECONDS = 60.0


class NotQuick(Exception):
    """The unit was not done here, and nothing of it is left."""


class QuickReader:
    """Spares most units that read the way to another thread and back.

    With the threads on different cores that way costs more than the question itself: 230 µs
    instead of 70 for one row by its key. A unit that makes SQLite work for longer than 5 ms is broken
    off and goes to the threads, and so does the same code for the minute that follows. In WAL mode
    nobody waits for a writer here (https://www.sqlite.org/wal.html#concurrency).
    """

    def __init__(self, engine: Engine, surroundings: Surroundings) -> None:
        self._engine = engine
        self._surroundings = surroundings
        self._connection: SqliteConnection | None = None
        self._slow_until: dict[object, float] = {}
        self._closed = False

    def read(self, work: Callable[..., T], unit: Callable[[Session], T]) -> T:
        """Return `unit(session)`, which calls `work`. Raises NotQuick where a thread should do it."""
        code = getattr(work, "__code__", work)
        if self._closed or self._slow_until.get(code, 0.0) > time.monotonic():
            raise NotQuick
        try:
            if self._connection is None:
                # What counts is the time of this thread: while others have the processor nothing is slow.
                self._connection = open_reading_connection(self._engine, time.thread_time)
                self._connection.file.execute("PRAGMA busy_timeout=0")
            value: T = answer(self._connection, self._surroundings, unit, _QUICK_SECONDS)
        except Unavailable:
            raise NotQuick from None
        except Exception as error:
            if is_interruption(error):
                self._slow_until[code] = time.monotonic() + _REMEMBERED_SECONDS
                raise NotQuick from None
            if is_storage_failure(error) and not is_refused_write(error):
                self._let_go()
                raise NotQuick from None
            raise
        return value

    def close(self) -> None:
        """Let go of the file; what is asked later is not quick."""
        self._closed = True
        self._let_go()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
