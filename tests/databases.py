"""Fresh databases for tests, empty or with all tables, on either engine."""

import importlib
import itertools
import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import create_async_engine

import fediunion
from fediunion.db import Base
from tests import postgres
from tests.memory import folder_in_memory

_ROOT = Path(fediunion.__file__).parent
_ENOUGH_BYTES = 256 * 2**20


def create_all_tables(connection: Connection) -> None:
    """Make the tables of every package."""
    for path in sorted(
        [*_ROOT.rglob("models.py"), *_ROOT.rglob("models/*.py"), _ROOT / "db" / "known_uris.py"]
    ):
        importlib.import_module(".".join(path.relative_to(_ROOT.parent).with_suffix("").parts))
    Base.metadata.create_all(connection)


class Databases(ABC):
    """Makes databases; every call gives another one, which is removed after the test."""

    @abstractmethod
    def empty(self) -> str:
        """Return the URL of a database without tables."""

    @abstractmethod
    def with_tables(self) -> str:
        """Return the URL of a database with all tables and no rows."""

    @abstractmethod
    def remove_all(self) -> None:
        """Remove what was made since the last time."""


@contextmanager
def quick_folder() -> Iterator[Path]:
    """Give a folder for database files, in memory where the system has a place for that; remove it after."""
    place = folder_in_memory(_ENOUGH_BYTES)
    with tempfile.TemporaryDirectory(prefix="fediunion-tests-", dir=place) as name:
        yield Path(name)


class SqliteDatabases(Databases):
    """Files in a folder; the tables are made once and copied."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        self._model: Path | None = None

    def empty(self) -> str:
        return f"sqlite:///{self._next_file()}"

    def with_tables(self) -> str:
        if self._model is None:
            self._model = self._folder / "model.db"
            engine = create_engine(f"sqlite:///{self._model}")
            with engine.begin() as connection:
                create_all_tables(connection)
            engine.dispose()
        file = self._next_file()
        shutil.copyfile(self._model, file)
        return f"sqlite:///{file}"

    def remove_all(self) -> None:
        for file in self._folder.glob("fediunion-*"):
            file.unlink()

    def _next_file(self) -> Path:
        return self._folder / f"fediunion-{next(self._numbers)}.db"


class PostgresDatabases(Databases):
    """Databases of one server. Those with tables are used again: emptying one is far quicker than copying."""

    def __init__(self, server_url: str, *, prefix: str = "test") -> None:
        self._server_url = server_url
        self._prefix = f"{prefix}_{os.getpid()}"
        self._numbers = itertools.count()
        self._made: list[str] = []
        self._in_use: list[str] = []
        self._to_empty: list[str] = []
        self._emptying: dict[str, postgres.LastingConnection] = {}

    def empty(self) -> str:
        name = f"{self._prefix}_{next(self._numbers)}"
        self._made.append(name)
        return postgres.create_database(self._server_url, name)

    def with_tables(self) -> str:
        if self._to_empty:
            url = self._to_empty.pop()
            if url not in self._emptying:
                self._emptying[url] = postgres.LastingConnection(url)
            self._emptying[url].run(_remove_all_rows)
        else:
            url = postgres.create_database(self._server_url, f"{self._prefix}_{next(self._numbers)}")
            postgres.in_a_loop(lambda: _create_tables(url))
        self._in_use.append(url)
        return url

    def remove_all(self) -> None:
        while self._made:
            postgres.drop_database(self._server_url, self._made.pop())
        self._to_empty += self._in_use
        self._in_use = []

    def close(self) -> None:
        """Let go of what is kept from one test to the next."""
        while self._emptying:
            self._emptying.popitem()[1].close()


async def _remove_all_rows(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Empty all tables, in any order. Who else is still connected is thrown out."""
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    rows = await connection.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    )
    # One statement for all, which the connection prepares once: most tables are empty, and cost nothing.
    filled = " UNION ALL ".join(
        f"SELECT '{row['tablename']}' WHERE EXISTS (SELECT FROM \"{row['tablename']}\")" for row in rows
    )
    deletions = "; ".join(f'DELETE FROM "{name}"' for (name,) in await connection.fetch(filled))
    await connection.execute(f"SET session_replication_role = replica; {deletions}")


async def _create_tables(url: str) -> None:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        await connection.run_sync(create_all_tables)
    await engine.dispose()
