"""Databases of one engine, for what the engines do differently."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fediunion.config import Settings
from fediunion.db import Surroundings
from fediunion.db.migrate import all_tables
from fediunion.db.postgresql import PostgresDatabase
from fediunion.db.sqlite import SqliteDatabase
from tests.databases import Databases
from tests.fakes.clock import FakeClock


@pytest.fixture
def surroundings(settings: Settings, clock: FakeClock) -> Surroundings:
    """What units of work may ask for."""
    return Surroundings(settings, clock)


@pytest.fixture
async def sqlite(tmp_path: Path, surroundings: Surroundings) -> AsyncIterator[SqliteDatabase]:
    """An open SQLite file with all tables, whatever engine the other tests use."""
    opened = SqliteDatabase(str(tmp_path / "rows.db"), surroundings)
    await opened.run_on_connection(all_tables().create_all)
    await opened.start()
    yield opened
    await opened.close()


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest, databases: Databases) -> str:
    """The URL of a PostgreSQL database with all tables."""
    if request.config.getoption("--database") != "postgresql":
        pytest.skip("about PostgreSQL: runs with --database=postgresql")
    return databases.with_tables()


@pytest.fixture
async def postgres(postgres_url: str, surroundings: Surroundings) -> AsyncIterator[PostgresDatabase]:
    """An open PostgreSQL database with all tables."""
    opened = PostgresDatabase(postgres_url, surroundings, statement_seconds=300, pool_size=4)
    await opened.start()
    yield opened
    await opened.close()
