"""The few threads that read a SQLite file, each on a connection of its own."""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from fediunion.db.sqlite_connection import (
    SqliteConnection,
    as_unavailable,
    is_refused_write,
    is_storage_failure,
    open_connection,
)
from fediunion.db.sqlite_writer import deliver
from fediunion.db.unit import Surroundings, begin_unit
from fediunion.kit.errors import Unavailable

_THREADS = 4


@dataclass(frozen=True)
class _Question:
    """A unit that only reads, and who waits for its answer."""

    work: Callable[[Session], Any]
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[Any]"


class _Reader:
    """One thread and its mailbox."""

    def __init__(self, number: int, read: Callable[["_Reader"], None]) -> None:
        self.mailbox: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self.connection: SqliteConnection | None = None
        self.thread = threading.Thread(target=read, args=(self,), name=f"db-read-{number}", daemon=True)


class Readers:
    """Gives each question to the reader that was busy last.

    Its caches are warm: with one question at a time this costs half of what a pool costs that
    takes its threads in turn.
    """

    def __init__(self, engine: Engine, surroundings: Surroundings, statement_seconds: float) -> None:
        self._engine = engine
        self._surroundings = surroundings
        self._statement_seconds = statement_seconds
        self._lock = threading.Lock()
        self._all: list[_Reader] = []
        self._idle: list[_Reader] = []
        self._waiting: deque[_Question] = deque()
        self._closed = False

    def ask(self, work: Callable[[Session], Any], done: "asyncio.Future[Any]") -> None:
        """Have `work` done on one snapshot; its outcome goes into `done`. Raises Unavailable once closed."""
        question = _Question(work, done.get_loop(), done)
        with self._lock:
            if self._closed:
                raise Unavailable("the database is closed")
            if not self._idle and len(self._all) < _THREADS:
                reader = _Reader(len(self._all), self._read_forever)
                self._all.append(reader)
                self._idle.append(reader)
                reader.thread.start()
            if not self._idle:
                self._waiting.append(question)
                return
            reader = self._idle.pop()
        reader.mailbox.put(question)

    def close(self) -> None:
        """Answer what was asked, and end the threads."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for reader in idle:
            reader.mailbox.put(None)
        for reader in self._all:
            reader.thread.join()

    def _read_forever(self, reader: _Reader) -> None:
        question = reader.mailbox.get()
        while question is not None:
            value, error = self._answer(reader, question)
            if not question.loop.is_closed():
                question.loop.call_soon_threadsafe(deliver, question.done, value, error)
            # What was read must not be kept alive until the next question comes.
            del value, error
            question = self._next_question(reader)
        if reader.connection is not None:
            reader.connection.close()

    def _next_question(self, reader: _Reader) -> _Question | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            if self._closed:
                return None
            self._idle.append(reader)
        return reader.mailbox.get()

    def _answer(self, reader: _Reader, question: _Question) -> tuple[Any, BaseException | None]:
        if question.done.cancelled():
            return None, None
        try:
            if reader.connection is None:
                reader.connection = open_reading_connection(self._engine)
            return answer(reader.connection, self._surroundings, question.work, self._statement_seconds), None
        except BaseException as error:
            if is_refused_write(error):
                return None, error
            if is_storage_failure(error) and reader.connection is not None:
                reader.connection.close()
                reader.connection = None
            return None, as_unavailable(error)


def open_reading_connection(engine: Engine, clock: Callable[[], float] = time.monotonic) -> SqliteConnection:
    """Return a connection that refuses to write."""
    connection = open_connection(engine, clock)
    connection.file.execute("PRAGMA query_only=ON")
    return connection


def answer(
    connection: SqliteConnection, surroundings: Surroundings, work: Callable[[Session], Any], seconds: float
) -> Any:
    """Return `work(session)`, done on one snapshot within `seconds` of work of SQLite's."""
    connection.file.execute("BEGIN")
    connection.deadline = connection.clock() + seconds
    try:
        with Session(connection.sql, expire_on_commit=False, autoflush=False) as session:
            begin_unit(session, surroundings)
            return work(session)
    finally:
        connection.undo()
