"""How a SQLite file is opened, and which of its failures mean that it cannot work now."""

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import orjson
from sqlalchemy import create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from fediunion.db.compiled import CompilesAlike, compiled_statements
from fediunion.db.database import json_text
from fediunion.kit.errors import TookTooLong, Unavailable

BUSY_TIMEOUT_SECONDS = 15
_STEPS_BETWEEN_LOOKS = 50_000
_STORAGE_FAILURES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_NOMEM,
    }
)


class UnitDialect(CompilesAlike, SQLiteDialect_pysqlite):
    """SQLite whose transactions this package begins and ends itself, in plain SQL.

    A unit of work is a savepoint in a transaction that many units share. What a Session begins and
    rolls back by itself must therefore not reach the file; savepoints inside a unit still do.
    """

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: DBAPIConnection) -> None:
        """Leave it to the owner of the connection."""

    def do_commit(self, dbapi_connection: DBAPIConnection) -> None:
        """Leave it to the owner of the connection."""

    def do_rollback(self, dbapi_connection: DBAPIConnection) -> None:
        """Leave it to the owner of the connection."""


registry.register("sqlite.units", __name__, "UnitDialect")


class SqliteConnection:
    """One connection: `sql` for SQLAlchemy, `file` for what only the driver can do.

    `deadline` is the second of `clock` after which its statements are interrupted.
    """

    def __init__(self, sql: Connection, clock: Callable[[], float]) -> None:
        self.sql = sql
        self.clock = clock
        driver = sql.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        self.file: sqlite3.Connection = driver
        self.deadline = float("inf")
        # A few steps of SQLite's machine cost nanoseconds; looking at the clock between them does not show.
        driver.set_progress_handler(lambda: clock() > self.deadline, _STEPS_BETWEEN_LOOKS)

    def undo(self) -> None:
        """Roll back what is open; SQLite may have done so itself."""
        self.deadline = float("inf")
        if self.file.in_transaction:
            self.file.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of the file; what was not committed is undone."""
        self.sql.close()


def engine_for(path: str) -> Engine:
    """Return the engine of the file at `path`, made with mode 0600 where there is none.

    Connections have WAL and `synchronous=FULL`: a commit that returned survives a power cut
    (https://www.sqlite.org/pragma.html#pragma_synchronous).
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(
        f"sqlite+units:///{path}",
        poolclass=NullPool,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_SECONDS},
        hide_parameters=True,
        execution_options={"compiled_cache": compiled_statements()},
        json_serializer=json_text,
        json_deserializer=orjson.loads,
    )

    @event.listens_for(engine, "connect")
    def _(dbapi_connection: sqlite3.Connection, _record: object) -> None:
        dbapi_connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-16000",
            "journal_size_limit=67108864",
        ):
            dbapi_connection.execute(f"PRAGMA {pragma}")

    return engine


def open_connection(engine: Engine, clock: Callable[[], float] = time.monotonic) -> SqliteConnection:
    """Return a new connection. Raises Unavailable when the file cannot be opened."""
    try:
        return SqliteConnection(engine.connect(), clock)
    except (DBAPIError, sqlite3.Error, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise Unavailable(f"the database cannot be opened: {cause}") from error


def is_storage_failure(error: BaseException) -> bool:
    """Whether `error` says that the file cannot be used now, whatever was asked of it."""
    return _code_of(error) in _STORAGE_FAILURES


def is_refused_write(error: BaseException) -> bool:
    """Whether something tried to write where it may only read."""
    return _code_of(error) == sqlite3.SQLITE_READONLY


def is_interruption(error: BaseException) -> bool:
    """Whether a statement took longer than it may."""
    return _code_of(error) == sqlite3.SQLITE_INTERRUPT


def as_unavailable(error: BaseException) -> BaseException:
    """Return `error`; Unavailable for a failure of the storage, TookTooLong for an interrupted statement."""
    unavailable: Unavailable
    if is_interruption(error):
        unavailable = TookTooLong("a statement took longer than it may")
    elif is_storage_failure(error):
        unavailable = Unavailable(f"the database cannot be used now: {getattr(error, 'orig', error)}")
    else:
        return error
    unavailable.__cause__ = error
    return unavailable


def _code_of(error: BaseException) -> int | None:
    """Return SQLite's primary result code (https://www.sqlite.org/rescode.html), None for other errors."""
    original = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(original, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None
