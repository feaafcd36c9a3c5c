"""SQLite: one writer thread that commits many units of work together, and a few readers."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from fediunion.db.database import Database
from fediunion.db.sqlite_connection import as_unavailable, engine_for, open_connection
from fediunion.db.sqlite_quick_reader import NotQuick, QuickReader
from fediunion.db.sqlite_readers import Readers
from fediunion.db.sqlite_writer import WaitingUnit, Writer
from fediunion.db.unit import Surroundings
from fediunion.kit.errors import Unavailable

P = ParamSpec("P")
T = TypeVar("T")


class SqliteDatabase(Database):
    """WAL with `synchronous=FULL`: what `write` returned survives a power cut."""

    dialect = "sqlite"

    def __init__(self, path: str, surroundings: Surroundings, *, statement_seconds: float = 30) -> None:
        super().__init__(surroundings)
        self.path = path
        self._engine = engine_for(path)
        self._readers = Readers(self._engine, surroundings, statement_seconds)
        self._quick = QuickReader(self._engine, surroundings)
        self._writer = Writer(
            self._engine, surroundings, statement_seconds, self._dispatch, self._dispatch_unknown_change
        )

    async def read(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See Database.read. A unit that writes here raises, rather than lose what it wrote.

        It is tried in the event loop first, and may therefore run twice.
        """

        def unit(session: Session) -> T:
            return work(session, *args, **kwargs)

        with contextlib.suppress(NotQuick):
            value = self._quick.read(work, unit)
            # Whoever reads again and again must let others have their turn.
            await asyncio.sleep(0)
            return value
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._readers.ask(unit, done)
        return await done

    async def write(self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See Database.write. The unit of a cancelled caller is committed whole, or not begun."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._writer.submit(WaitingUnit(lambda session: work(session, *args, **kwargs), loop, done))
        return await done

    async def run_on_connection(self, work: Callable[[Connection], T], *, reshapes_tables: bool = False) -> T:
        """See Database.run_on_connection."""
        return await asyncio.to_thread(self._run_on_connection, work, reshapes_tables)

    async def run_on_snapshot(self, work: Callable[[Connection], T]) -> T:
        """See Database.run_on_snapshot. In WAL mode a reader keeps its moment while others write."""
        return await asyncio.to_thread(self._run_on_snapshot, work)

    async def start(self) -> None:
        """See Database.start. The writer looks once a second whether another process committed."""
        self._writer.home_loop = asyncio.get_running_loop()
        self._writer.start()

    async def close(self) -> None:
        """See Database.close."""
        self._quick.close()
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._readers.close)
        self._engine.dispose()

    def _run_on_snapshot(self, work: Callable[[Connection], T]) -> T:
        connection = open_connection(self._engine)
        try:
            connection.file.execute("PRAGMA query_only=ON")
            connection.file.execute("BEGIN")
            return work(connection.sql)
        except BaseException as error:
            raise as_unavailable(error) from error
        finally:
            connection.undo()
            connection.close()

    def _run_on_connection(self, work: Callable[[Connection], T], reshapes_tables: bool) -> T:
        connection = open_connection(self._engine)
        try:
            if reshapes_tables:
                # A table is reshaped by copying and dropping it, which must not cascade to others. Inside
                # a transaction this switch does nothing: https://www.sqlite.org/lang_altertable.html#otheralter
                connection.file.execute("PRAGMA foreign_keys=OFF")
            connection.file.execute("BEGIN IMMEDIATE")
            with connection.sql.begin():
                value = work(connection.sql)
            if reshapes_tables:
                broken = connection.file.execute("PRAGMA foreign_key_check").fetchone()
                if broken is not None:
                    raise Unavailable(f"the table {broken[0]} would be left with references to nothing")
            connection.file.execute("COMMIT")
            return value
        except BaseException as error:
            connection.undo()
            raise as_unavailable(error) from error
        finally:
            connection.close()
