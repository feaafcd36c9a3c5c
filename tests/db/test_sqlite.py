"""SQLite: group commit, storage that fails and comes back, other processes on the same file."""

import asyncio
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from stat import S_IMODE

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from fediunion.db import Surroundings
from fediunion.db.known_uris import KnownUri, remember_uri
from fediunion.db.sqlite import SqliteDatabase
from fediunion.kit.errors import TookTooLong, Unavailable

ROOT = Path(__file__).parents[2]


def _count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(KnownUri)).one()


def _pragma(session: Session, name: str) -> object:
    return session.execute(text(f"PRAGMA {name}")).scalar_one()


def _limit_pages(session: Session, pages: int) -> None:
    session.execute(text(f"PRAGMA max_page_count = {pages}"))


def _fill(session: Session, kilobytes: int) -> None:
    remember_uri(session, "x" * 1024 * kilobytes, "post", 1)


async def _written_together(sqlite: SqliteDatabase, *works: Callable[[Session], object]) -> list[object]:
    """Return the outcomes of units that wait while the writer is busy, and so become one group."""
    entered, leave = threading.Event(), threading.Event()

    def hold(_session: Session) -> None:
        entered.set()
        leave.wait(60)

    holding = asyncio.create_task(sqlite.write(hold))
    await asyncio.to_thread(entered.wait, 60)
    units = [asyncio.create_task(sqlite.write(work)) for work in works]
    await asyncio.sleep(0.05)
    leave.set()
    await holding
    return await asyncio.gather(*units, return_exceptions=True)


def _remembering(uri: str) -> Callable[[Session], None]:
    return lambda session: remember_uri(session, uri, "post", 1)


async def test_L06_the_writer_syncs_every_commit_to_disk(sqlite: SqliteDatabase) -> None:
    expected = {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1, "query_only": 0}
    assert {name: await sqlite.write(_pragma, name) for name in expected} == expected
    assert await sqlite.write(_pragma, "busy_timeout") == 15_000
    assert await sqlite.read(_pragma, "query_only") == 1


def test_a_new_file_is_for_its_owner_only(tmp_path: Path, surroundings: Surroundings) -> None:
    SqliteDatabase(str(tmp_path / "new" / "rows.db"), surroundings)
    assert S_IMODE((tmp_path / "new" / "rows.db").stat().st_mode) == 0o600


async def test_L07_a_full_disk_fails_its_group_and_the_writer_recovers(sqlite: SqliteDatabase) -> None:
    await sqlite.write(remember_uri, "before", "post", 1)
    pages = await sqlite.write(_pragma, "page_count")
    assert isinstance(pages, int)
    await sqlite.write(_limit_pages, pages)
    outcomes = await _written_together(
        sqlite, *(_remembering(str(number)) for number in range(5)), lambda session: _fill(session, 100)
    )
    assert {type(outcome) for outcome in outcomes} == {Unavailable}
    assert await sqlite.read(_count) == 1
    # The limit was the connection's; the writer has opened another one.
    await sqlite.write(_fill, 100)
    assert await sqlite.read(_count) == 2


async def test_a_failure_at_commit_fails_everybody_in_the_group(sqlite: SqliteDatabase) -> None:
    await sqlite.run_on_connection(
        lambda connection: connection.exec_driver_sql(
            "CREATE TABLE child (id INTEGER REFERENCES known_uri (uri) DEFERRABLE INITIALLY DEFERRED)"
        )
    )
    orphan = text("INSERT INTO child VALUES ('nobody')")
    outcomes = await _written_together(
        sqlite,
        *(_remembering(str(number)) for number in range(5)),
        lambda session: session.execute(orphan).close(),
    )
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 6
    assert await sqlite.read(_count) == 0
    await sqlite.write(remember_uri, "after", "post", 1)
    assert await sqlite.read(_count) == 1


async def test_a_unit_of_a_cancelled_caller_is_whole_or_not_begun(sqlite: SqliteDatabase) -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        remember_uri(session, "slow", "post", 1)
        entered.set()
        leave.wait(60)

    running = asyncio.create_task(sqlite.write(slow))
    await asyncio.to_thread(entered.wait, 60)
    waiting = asyncio.create_task(sqlite.write(remember_uri, "waiting", "post", 1))
    await asyncio.sleep(0)
    running.cancel()
    waiting.cancel()
    await asyncio.gather(running, waiting, return_exceptions=True)
    leave.set()
    await sqlite.write(remember_uri, "after", "post", 1)
    uris = await sqlite.read(lambda session: list(session.scalars(select(KnownUri.uri))))
    assert sorted(uris) == ["after", "slow"]


async def test_R12_a_statement_that_takes_too_long_is_interrupted(
    tmp_path: Path, surroundings: Surroundings
) -> None:
    database = SqliteDatabase(str(tmp_path / "rows.db"), surroundings, statement_seconds=0.2)
    endless = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
    for door in (database.read, database.write):
        with pytest.raises(TookTooLong, match="longer than it may"):
            await asyncio.wait_for(door(lambda session: session.execute(endless).scalar()), 60)
        assert await door(lambda session: session.execute(text("SELECT 1")).scalar()) == 1
    await database.close()


async def test_a_read_that_takes_long_does_not_hold_up_the_event_loop(sqlite: SqliteDatabase) -> None:
    long = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000000) SELECT max(i) FROM n"
    )
    ended_in: list[int] = []

    def unit(session: Session) -> object:
        value = session.execute(long).scalar()
        ended_in.append(threading.get_ident())
        return value

    for _ in range(2):
        assert await sqlite.read(unit) == 2_000_000
    assert len(ended_in) == 2
    assert threading.get_ident() not in ended_in


async def test_the_exception_of_a_read_is_raised_and_the_next_one_works(
    sqlite: SqliteDatabase,
) -> None:
    runs = []

    def unit(session: Session) -> None:
        runs.append(_count(session))
        raise LookupError("nothing there")

    with pytest.raises(LookupError):
        await sqlite.read(unit)
    assert runs == [0]
    assert await sqlite.read(_count) == 0


_OTHER_PROCESS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=300, isolation_level=None)
for number in range(100):
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO known_uri VALUES (?, 'other', 1, '2026-01-01 00:00:00')", (str(number),))
    connection.execute("COMMIT")
"""


async def test_R18_many_writers_and_another_process_never_see_a_locked_database(
    sqlite: SqliteDatabase,
) -> None:
    async def write(writer: int) -> None:
        for number in range(10):
            await sqlite.write(remember_uri, f"{writer}-{number}", "post", 1)
            await sqlite.read(_count)

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _OTHER_PROCESS, sqlite.path)
    await asyncio.gather(*(write(writer) for writer in range(50)))
    assert await process.wait() == 0
    assert await sqlite.read(_count) == 600


async def test_another_process_commit_is_announced_to_everybody(sqlite: SqliteDatabase) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    sqlite.subscribe("jobs", heard.put_nowait)
    await asyncio.sleep(1.2)
    while not heard.empty():
        heard.get_nowait()
    with closing(sqlite3.connect(sqlite.path)) as other, other:
        other.execute("INSERT INTO known_uri VALUES ('a', 'other', 1, '2026-01-01 00:00:00')")
    assert await asyncio.wait_for(heard.get(), 60) == "*"


async def test_L08_a_lock_that_somebody_holds_is_waited_for(sqlite: SqliteDatabase) -> None:
    with closing(sqlite3.connect(sqlite.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(sqlite.write(remember_uri, "a", "post", 1))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        assert await sqlite.read(_count) == 0
        other.execute("COMMIT")
    await asyncio.wait_for(waiting, 60)
    assert await sqlite.read(_count) == 1


async def test_a_closed_database_says_so_instead_of_hanging(
    tmp_path: Path, surroundings: Surroundings
) -> None:
    database = SqliteDatabase(str(tmp_path / "rows.db"), surroundings)
    await database.read(lambda session: session.execute(text("SELECT 1")).scalar())
    await database.close()
    for door in (database.read, database.write):
        with pytest.raises(Unavailable):
            await door(_count)


async def test_a_file_that_is_no_database_makes_it_unavailable(
    tmp_path: Path, surroundings: Surroundings
) -> None:
    file = tmp_path / "rows.db"
    file.write_bytes(b"not a database" * 1000)  # a test may block
    database = SqliteDatabase(str(file), surroundings)
    for door in (database.read, database.write):
        with pytest.raises(Unavailable) as caught:
            await door(_count)
        assert str(caught.value) == "the database cannot be opened: file is not a database"
    await database.close()
