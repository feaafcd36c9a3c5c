"""A SQLite file with broken pages is found before more is written to it."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from fediunion.app.doctor.findings import Result
from fediunion.app.doctor.machine import look_at_database
from fediunion.app.opening import open_world
from fediunion.app.startup import prepare
from fediunion.backup.checking import CHECK_PAGES, check_pages
from fediunion.config import DatabaseSettings, Settings
from fediunion.db.integrity import Damaged
from fediunion.installed import schedule
from fediunion.world import World
from tests.databases import SqliteDatabases
from tests.fakes.internet import FakeInternet

_PAGE = 4096


def _fill(path: Path) -> None:
    """Write two thousand rows, all of them into the file itself."""
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE filler (id INTEGER PRIMARY KEY, words TEXT)")
        file.executemany("INSERT INTO filler (words) VALUES (?)", [("x" * 900,)] * 2000)
    file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file.close()


def _break(path: Path) -> None:
    """Write over some pages of the rows."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // _PAGE * 3 // 4 * _PAGE)
        file.write(b"\xa5" * 3 * _PAGE)


@pytest.fixture
def path(files: SqliteDatabases) -> Path:
    """A database with all tables and some rows."""
    found = Path(files.with_tables().removeprefix("sqlite:///"))
    _fill(found)
    return found


@pytest.fixture
async def world(settings: Settings, path: Path) -> AsyncIterator[World]:
    """An instance on that file."""
    made = replace(settings, database=DatabaseSettings(url=f"sqlite:///{path}"))
    opened = open_world(made, transport=FakeInternet())
    yield opened
    await opened.client.close()
    await opened.db.close()


async def test_L09_nothing_is_served_from_a_file_with_broken_pages(world: World, path: Path) -> None:
    _break(path)
    with pytest.raises(Damaged, match="restore the last backup"):
        await prepare(world)
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT count(*) FROM actor").fetchone() == (0,), "something was written"
    file.close()


async def test_L09_broken_pages_are_found_at_night_and_by_the_doctor(world: World, path: Path) -> None:
    await check_pages(world, {})
    _break(path)
    with pytest.raises(Damaged):
        await check_pages(world, {})
    found = {each.check: each for each in await look_at_database(world)}
    assert found["pages"].result is Result.FAILED


def test_the_pages_are_looked_at_every_night() -> None:
    assert [every.seconds for every in schedule() if every.job == CHECK_PAGES] == [86_400]
