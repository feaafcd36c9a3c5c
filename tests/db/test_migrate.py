"""Migrations: to the schema of the models, from every release, whole or not at all."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from stat import S_IMODE

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection

from fediunion.config import Settings
from fediunion.db import Database, Surroundings, open_database
from fediunion.db.migrate import (
    MIGRATIONS,
    current_revision,
    differences,
    newest_revision,
    require_current,
    upgrade,
)
from fediunion.db.sqlite import SqliteDatabase
from fediunion.kit.errors import BadConfiguration, Unavailable
from tests.db.later_schema import with_second_migration
from tests.fakes.clock import FakeClock
from tests.processes.running import program

ROOT = Path(__file__).parents[2]
KEPT_SCHEMAS = sorted({file.name.partition(".")[0] for file in (Path(__file__).parent / "schemas").iterdir()})

ROWS = (
    "INSERT INTO job (id, kind, payload, state, run_at, attempts, crashes, created_at)"
    " VALUES (1, 'greet', '{}', 'ready', '2026-01-01 00:00:00', 0, 0, '2026-01-01 00:00:00')"
)


@pytest.fixture
async def empty(database_url: str, settings: Settings, clock: FakeClock) -> AsyncIterator[Database]:
    """An open database without tables."""
    opened = open_database(database_url, Surroundings(settings, clock))
    yield opened
    await opened.close()


async def _execute(database: Database, statements: list[str]) -> None:
    def work(connection: Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    await database.run_on_connection(work)


async def _restore(database: Database, revision: str) -> None:
    script = Path(__file__).parent / "schemas" / f"{revision}.{database.dialect}.sql"
    await _execute(database, [part for part in script.read_text().split(";\n") if part.strip()])


def _jobs(connection: Connection) -> list[str]:
    return list(connection.execute(text("SELECT kind FROM job")).scalars())


async def test_migrating_an_empty_database_gives_the_schema_of_the_models(empty: Database) -> None:
    assert await current_revision(empty) is None
    applied = await upgrade(empty)
    assert applied[-1] == newest_revision() == await current_revision(empty)
    await require_current(empty)
    assert await empty.run_on_connection(differences) == []


async def test_a_difference_from_the_models_is_seen(empty: Database) -> None:
    await upgrade(empty)
    await _execute(empty, ["DROP INDEX ix_job_due"])
    assert len(await empty.run_on_connection(differences)) == 1


async def test_upgrading_again_changes_nothing(empty: Database) -> None:
    await upgrade(empty)
    await _execute(empty, [ROWS])
    assert await upgrade(empty) == []
    assert await empty.run_on_connection(_jobs) == ["greet"]


@pytest.mark.parametrize("revision", KEPT_SCHEMAS)
async def test_L24_every_released_schema_is_upgraded_with_its_rows(empty: Database, revision: str) -> None:
    await _restore(empty, revision)
    await _execute(empty, [ROWS])
    await upgrade(empty)
    assert await empty.run_on_connection(differences) == []
    assert await empty.run_on_connection(_jobs) == ["greet"]


async def test_an_old_schema_is_refused_with_what_to_run(empty: Database) -> None:
    with pytest.raises(BadConfiguration, match="run `fediunion migrate`"):
        await require_current(empty)
    await upgrade(empty)
    await require_current(empty)


async def test_a_schema_of_a_newer_version_is_refused(empty: Database) -> None:
    await upgrade(empty)
    await _execute(empty, ["UPDATE alembic_version SET version_num = '9999'"])
    for refused in (require_current(empty), upgrade(empty)):
        with pytest.raises(BadConfiguration, match="newer version"):
            await refused


async def test_two_processes_upgrade_together_and_one_does_it(
    empty: Database, settings: Settings, clock: FakeClock, database_url: str
) -> None:
    other = open_database(database_url, Surroundings(settings, clock))
    applied = await asyncio.gather(upgrade(empty), upgrade(other))
    await other.close()
    assert sorted(applied) == [[], [newest_revision()]]


async def test_a_later_migration_keeps_rows_and_references(empty: Database, tmp_path: Path) -> None:
    await upgrade(empty)
    await _execute(empty, [ROWS])
    assert await upgrade(empty, with_second_migration(tmp_path)) == ["0002"]
    assert await empty.run_on_connection(_jobs) == ["greet"]
    assert await current_revision(empty) == "0002"


async def test_L04_a_sqlite_file_with_rows_is_copied_before_it_is_upgraded(
    settings: Settings, clock: FakeClock, tmp_path: Path
) -> None:
    database = SqliteDatabase(str(tmp_path / "union.db"), Surroundings(settings, clock))
    await upgrade(database)
    assert _copies_in(tmp_path) == {}
    await _execute(database, [ROWS])
    await upgrade(database, with_second_migration(tmp_path))
    await database.close()
    assert _copies_in(tmp_path) == {"union.before-0002.db": 0o600}
    copy = SqliteDatabase(str(tmp_path / "union.before-0002.db"), Surroundings(settings, clock))
    assert await copy.run_on_connection(_jobs) == ["greet"]
    assert await current_revision(copy) == "0001"
    await copy.close()


def _copies_in(folder: Path) -> dict[str, int]:
    return {file.name: S_IMODE(file.stat().st_mode) for file in folder.glob("*.before-*")}


async def test_a_migration_that_leaves_a_reference_to_nothing_is_undone(
    settings: Settings, clock: FakeClock, tmp_path: Path
) -> None:
    database = SqliteDatabase(str(tmp_path / "union.db"), Surroundings(settings, clock))
    await upgrade(database)

    def orphan(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO sent_to VALUES ('a', 'b', '2026-01-01')")
        connection.exec_driver_sql(
            "INSERT INTO outbox_activity (id, uri, digest, actor_id, activity_type, body, recipients, public,"
            " patient, created_at) VALUES (1, 'u', x'', 77, 'Create', '', '{}', 0, 0, '2026-01-01')"
        )

    with pytest.raises(Unavailable, match="outbox_activity"):
        await database.run_on_connection(orphan, reshapes_tables=True)
    count = "SELECT count(*) FROM sent_to"
    assert await database.run_on_connection(lambda it: it.exec_driver_sql(count).scalar_one()) == 0
    await database.close()


async def _upgrade_until_killed(url: str, migrations: Path, dies_at: int) -> bool:
    """Run the upgrade in a process of its own; return whether it was killed."""
    done = await asyncio.to_thread(program, "tests.db.killed_upgrade", url, migrations, str(dies_at))
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


@pytest.mark.parametrize("dies_at", [1, 20, 60])
async def test_L04_an_upgrade_from_nothing_that_is_killed_leaves_nothing_and_succeeds_later(
    empty: Database, database_url: str, dies_at: int
) -> None:
    assert await _upgrade_until_killed(database_url, MIGRATIONS, dies_at)
    assert await current_revision(empty) is None
    await upgrade(empty)
    assert await empty.run_on_connection(differences) == []


@pytest.mark.slow
async def test_L04_an_upgrade_of_rows_that_is_killed_at_any_statement_leaves_the_old_schema(
    empty: Database, database_url: str, tmp_path: Path
) -> None:
    await upgrade(empty)
    await _execute(empty, [ROWS])
    migrations = with_second_migration(tmp_path)
    dies_at = 1
    while await _upgrade_until_killed(database_url, migrations, dies_at):
        assert await current_revision(empty) == "0001"
        assert await empty.run_on_connection(differences) == []
        assert await empty.run_on_connection(_jobs) == ["greet"]
        if isinstance(empty, SqliteDatabase):
            assert Path(empty.path).with_suffix(".before-0002.db").exists()
        dies_at += 1
    assert dies_at > 3
    assert await current_revision(empty) == "0002"
