"""The schema: which revision a database has, and how it gets the newest one."""

import asyncio
import importlib
import os
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect, text
from sqlalchemy.engine import Connection

from fediunion.db.append_only import missing_triggers
from fediunion.db.base import Base
from fediunion.db.database import Database
from fediunion.db.full_text import is_part_of_full_text, missing_full_text
from fediunion.db.sqlite import SqliteDatabase
from fediunion.kit.errors import BadConfiguration, Refused

MIGRATIONS = Path(__file__).parent / "migrations"
_PACKAGE = Path(__file__).parents[1]
_ADVISORY_LOCK = 4_071_880_563  # PostgreSQL: any number that nobody else takes


def all_tables() -> MetaData:
    """Return the tables of every package.

    They are found by the file name `models.py` and imported by name: the database stands below the
    packages and may not import them, and a list of them here would be forgotten by whoever adds one.
    """
    for file in sorted([*_PACKAGE.rglob("models.py"), *_PACKAGE.rglob("models/*.py")]):
        importlib.import_module(".".join(file.relative_to(_PACKAGE.parent).with_suffix("").parts))
    importlib.import_module("fediunion.db.known_uris")
    return Base.metadata


def newest_revision(migrations: Path = MIGRATIONS) -> str:
    """Return the revision that this version of the software needs, such as "0001"."""
    head = _scripts(migrations).get_current_head()
    assert head is not None
    return head


async def current_revision(database: Database) -> str | None:
    """Return the revision of `database`; None when it has no tables yet."""
    return await database.run_on_connection(_revision_of)


async def require_current(database: Database) -> None:
    """Raise BadConfiguration, naming what to run, unless `database` has the newest schema."""
    revision = await current_revision(database)
    if _steps_from(revision, MIGRATIONS):
        raise BadConfiguration(
            f"the database has {f'schema {revision}' if revision else 'no tables'}, "
            f"this version needs schema {newest_revision()}: run `fediunion migrate`"
        )


async def upgrade(database: Database, migrations: Path = MIGRATIONS) -> list[str]:
    """Bring `database` to the newest schema; return the revisions that were applied, oldest first.

    All of them in one transaction: a crash leaves the old schema. A SQLite file that has rows is
    copied first, to `….before-NNNN.db` beside it. Raises BadConfiguration for a database that a
    newer version has upgraded, Unavailable when the storage refuses.
    """
    revision = await current_revision(database)
    steps = _steps_from(revision, migrations)
    if steps and revision is not None and isinstance(database, SqliteDatabase):
        await asyncio.to_thread(_back_up, Path(database.path), steps[-1])
    if steps:
        steps = await database.run_on_connection(partial(_upgrade, migrations), reshapes_tables=True)
    return steps


def make_schema(connection: Connection, revision: str, migrations: Path = MIGRATIONS) -> None:
    """Make the tables of `revision` in an empty database, for a copy that was made with it.

    Raises Refused for a database that has tables, and for a revision of a newer version.
    """
    if inspect(connection).get_table_names():
        raise Refused("The database is not empty.")
    if revision not in {script.revision for script in _scripts(migrations).walk_revisions()}:
        raise Refused(f"This is of a newer version, with schema {revision}; install that one.")
    config = _config(migrations)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def differences(connection: Connection) -> list[object]:
    """Return how the schema of `connection` differs from the models; nothing when it does not."""
    tables = all_tables()

    def is_ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind not in ("table", "index") or name is None or not is_part_of_full_text(name, tables)

    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
    return [
        *compare_metadata(context, tables),
        *missing_full_text(connection, tables),
        *missing_triggers(connection, tables),
    ]


def _upgrade(migrations: Path, connection: Connection) -> list[str]:
    if connection.dialect.name == "postgresql":
        # Two processes that start together: the second waits, and finds nothing to do.
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
    steps = _steps_from(_revision_of(connection), migrations)
    if steps:
        config = _config(migrations)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return steps


def _steps_from(revision: str | None, migrations: Path) -> list[str]:
    """Return the revisions after `revision`, oldest first. Raises BadConfiguration for an unknown one."""
    steps: list[str] = []
    for script in _scripts(migrations).walk_revisions():
        if script.revision == revision:
            return steps[::-1]
        steps.append(script.revision)
    if revision is not None:
        raise BadConfiguration(f"the database has schema {revision}, of a newer version: install that one")
    return steps[::-1]


def _revision_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return MigrationContext.configure(connection).get_current_revision()


def _scripts(migrations: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(migrations))


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _back_up(file: Path, revision: str) -> Path:
    """Copy a SQLite file that may be in use; the copy is whole, or it is not there."""
    copy = file.with_name(f"{file.stem}.before-{revision}.db")
    unfinished = copy.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    _sync(unfinished)
    unfinished.replace(copy)
    _sync(copy.parent)
    return copy


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
