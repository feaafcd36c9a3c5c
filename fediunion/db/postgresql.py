"""PostgreSQL through asyncpg: many processes, each unit of work a transaction of its own."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

import asyncpg
import orjson
from sqlalchemy import text
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from fediunion.db.compiled import CompilesAlike, compiled_statements
from fediunion.db.database import Database, json_text
from fediunion.db.said import said_by_database
from fediunion.db.unit import Surroundings, begin_unit
from fediunion.kit.errors import BadConfiguration, TookTooLong, Unavailable

P = ParamSpec("P")
T = TypeVar("T")

_CHANNEL = "fediunion"
_SERVER_TIME = "SELECT clock_timestamp()"
_DIFFERENCE_THAT_MATTERS = timedelta(seconds=2)
_ATTEMPTS = 3
_CONNECT_SECONDS = 5
_CHECKOUT_SECONDS = 5
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_UNDONE_BY_THE_SERVER = {"40001", "40P01"}
_SERVER_GOES_OR_COMES = {"57P01", "57P02", "57P03", "57P05", "08000", "08003", "08006"}
_UNAVAILABLE_CLASSES = ("08", "40", "53", "55", "57", "58")
_CANCELED = "57014"
_LETS_US_NOT = ("28", "3D", "42501")


class UnitDialect(CompilesAlike, PGDialect_asyncpg):
    """PostgreSQL through asyncpg, whose compiled statements serve each database of the process."""

    supports_statement_cache = True


registry.register("postgresql.units", __name__, "UnitDialect")


class PostgresDatabase(Database):
    """A pool of connections; LISTEN and NOTIFY carry announcements between processes.

    Processes of an instance may run on several machines. Where the clock of one differs from the server's
    by two seconds or more, its units of work go by the server's: a lease ends at one moment for all.
    """

    dialect = "postgresql"

    def __init__(
        self,
        url: str,
        surroundings: Surroundings,
        *,
        statement_seconds: float = 30,
        pool_size: int = 10,
        machine_clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(surroundings)
        self._machine_clock = machine_clock
        self._clocks_are_compared = False
        self._url = make_url(url.replace("postgres://", "postgresql://", 1))
        self._engine = _engine_for(
            self._url,
            statement_seconds,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=_CHECKOUT_SECONDS,
            pool_use_lifo=True,
        )
        self._reading = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._listener: asyncio.Task[None] | None = None
        self._listening = False
        self._units = 0
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def read(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See Database.read. A unit that writes here raises, rather than lose what it wrote."""
        return await self._run(lambda session: work(session, *args, **kwargs), keep=False)

    async def write(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See Database.write. `work` may run again after a deadlock or a connection lost before COMMIT."""
        return await self._run(lambda session: work(session, *args, **kwargs), keep=True)

    async def run_on_connection(self, work: Callable[[Connection], T], *, reshapes_tables: bool = False) -> T:
        """See Database.run_on_connection. It has a connection of its own, and takes as long as it needs."""
        engine = _engine_for(self._url, None, poolclass=NullPool)
        try:
            async with engine.begin() as connection:
                if reshapes_tables:
                    await connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))
                return await connection.run_sync(work)
        except (DBAPIError, OSError, TimeoutError) as error:
            raise _as_unavailable(error) from error
        finally:
            await engine.dispose()

    async def run_on_snapshot(self, work: Callable[[Connection], T]) -> T:
        """See Database.run_on_snapshot. It has a connection of its own."""
        engine = _engine_for(self._url, None, poolclass=NullPool).execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(work)
        except (DBAPIError, OSError, TimeoutError) as error:
            raise _as_unavailable(error) from error
        finally:
            await engine.dispose()

    async def start(self) -> None:
        """See Database.start."""
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen_forever())

    async def close(self) -> None:
        """See Database.close."""
        self._closed = True
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
            self._listener = None
        # A connection that came back to a pool already let go of would be closed by nobody.
        await self._idle.wait()
        await self._engine.dispose()

    async def _run(self, work: Callable[[Session], T], *, keep: bool) -> T:
        if self._closed:
            raise Unavailable("the database is closed")
        self._units += 1
        self._idle.clear()
        try:
            return await self._run_to_the_end(work, keep=keep)
        finally:
            self._units -= 1
            if not self._units:
                self._idle.set()

    async def _run_to_the_end(self, work: Callable[[Session], T], *, keep: bool) -> T:
        """Run `work`; again after a lost connection or a deadlock, when nothing of it can have been kept."""
        for attempt in range(1, _ATTEMPTS + 1):
            progress = _Progress()
            try:
                return await self._run_once(work, keep, progress)
            except (DBAPIError, PoolTimeout, OSError, TimeoutError) as error:
                if attempt == _ATTEMPTS or not _may_run_again(error, progress):
                    raise _as_unavailable(error) from error
            await asyncio.sleep(random.uniform(0.05, 0.4) * attempt)
        raise AssertionError("unreachable")

    async def _run_once(self, work: Callable[[Session], T], keep: bool, progress: "_Progress") -> T:
        engine = self._engine if keep else self._reading
        async with AsyncSession(engine, expire_on_commit=False, autoflush=keep) as session:
            if not self._clocks_are_compared:
                self._compare_clocks((await session.execute(text(_SERVER_TIME))).scalar_one())
            unit = begin_unit(session.sync_session, self.surroundings, self.ahead)
            value = await session.run_sync(work)
            if keep:
                if unit.announcements:
                    await session.run_sync(_notify, unit.announcements)
                else:
                    await session.flush()
                progress.committing = True
                await session.commit()
                # What names something is a change: whoever caused it must not read what was before,
                # not even for the moment until NOTIFY comes back.
                self._dispatch({each for each in unit.announcements if each[1] or not self._listening})
            return value

    async def _listen_forever(self) -> None:
        dsn = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                connection = await asyncpg.connect(dsn, timeout=_CONNECT_SECONDS, command_timeout=10)
                try:
                    await connection.add_listener(_CHANNEL, self._hear)
                    self._listening = True
                    # What was announced while nobody listened is not told again.
                    self._dispatch_unknown_change()
                    while not connection.is_closed():
                        await asyncio.sleep(5)
                        self._compare_clocks(await connection.fetchval(_SERVER_TIME))
                finally:
                    self._listening = False
                    with contextlib.suppress(Exception):
                        await connection.close(timeout=2)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                self._dispatch_unknown_change()
            await asyncio.sleep(random.uniform(0.5, 3))

    def _compare_clocks(self, server_time: datetime) -> None:
        self._clocks_are_compared = True
        difference = server_time - self._machine_clock()
        self.ahead = difference if abs(difference) >= _DIFFERENCE_THAT_MATTERS else timedelta()

    def _hear(self, _connection: Any, _pid: int, _channel: str, message: object) -> None:
        channel, _, payload = str(message).partition(":")
        self._dispatch({(channel, payload)})


def _engine_for(url: URL, statement_seconds: float | None, **pool: Any) -> AsyncEngine:
    return create_async_engine(
        url.set(drivername="postgresql+units"),
        hide_parameters=True,
        execution_options={"compiled_cache": compiled_statements()},
        json_serializer=json_text,
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": _CONNECT_SECONDS,
            # The server's own limit comes first; ours is for a server that does not answer at all.
            "command_timeout": None if statement_seconds is None else statement_seconds + 5,
            "server_settings": {
                "application_name": "fediunion",
                "statement_timeout": str(round((statement_seconds or 0) * 1000)),
                "idle_in_transaction_session_timeout": "60000",
            },
        },
        **pool,
    )


class _Progress:
    """How far a unit of work came: once COMMIT is sent, a lost connection hides whether it was kept."""

    committing = False


def check_durability(connection: Connection) -> None:
    """Refuse a server that may lose what it confirmed (row L06).

    Raises BadConfiguration that names the setting; `remote_write` and `local` count as on.
    Source: https://www.postgresql.org/docs/current/runtime-config-wal.html
    """
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        value = connection.execute(text(f"SHOW {name}")).scalar_one()
        if value == "off":
            raise BadConfiguration(f"PostgreSQL runs with {name} = off and can lose rows; switch it on")


def _notify(session: Session, announcements: set[tuple[str, str]]) -> None:
    """Send announcements with the commit. PostgreSQL sends equal ones of a transaction once."""
    session.execute(
        text("SELECT pg_notify(:channel, message) FROM unnest(CAST(:messages AS text[])) AS message"),
        {"channel": _CHANNEL, "messages": [f"{channel}:{payload}" for channel, payload in announcements]},
    )


def _may_run_again(error: Exception, progress: _Progress) -> bool:
    if isinstance(error, PoolTimeout):
        return False
    state = _state_of(error)
    if state in _UNDONE_BY_THE_SERVER:
        return True
    if progress.committing:
        return False
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or state in _SERVER_GOES_OR_COMES or isinstance(error, ConnectionError)


def _as_unavailable(error: Exception) -> Exception:
    """Return Unavailable where the server cannot work now, `error` where the statement is at fault.

    TookTooLong leaves open which of the two it was.
    """
    if isinstance(error, PoolTimeout):
        return Unavailable("all database connections are busy")
    if not isinstance(error, DBAPIError):
        return Unavailable(f"the database cannot be reached: {error}")
    state = _state_of(error)
    if state == _CANCELED:
        return TookTooLong(f"a statement took longer than it may: {said_by_database(error)}")
    if state.startswith(_LETS_US_NOT):
        return Unavailable(f"the database that [database] url names lets us not: {said_by_database(error)}")
    if (
        error.connection_invalidated
        or state.startswith(_UNAVAILABLE_CLASSES)
        or state in _UNDONE_BY_THE_SERVER
    ):
        return Unavailable(f"the database cannot do this now: {said_by_database(error)}")
    return error


def _state_of(error: Exception) -> str:
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""
