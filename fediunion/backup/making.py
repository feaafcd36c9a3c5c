"""Making a backup of an instance that may be running: its rows of one moment, its files, its secrets."""

import asyncio
import base64
import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import orjson
from sqlalchemy.engine import Connection

from fediunion import __version__
from fediunion.backup.archive import MEDIA, ROWS, ArchiveWriter, BackupFailed, CopiedTable, Manifest
from fediunion.backup.sealing import Seal
from fediunion.config import Settings, secret_keys
from fediunion.db.rows import TableRows, read_tables
from fediunion.db.schema import has_newest_schema
from fediunion.kit.clock import format_instant, parse_instant
from fediunion.kit.errors import BadConfiguration
from fediunion.world import World

LAST_BACKUP: Final = "last-backup.json"
CONFIGURATION: Final = "config.toml"
SECRETS: Final = "secrets.json"
_MOMENT: Final = "%Y%m%dT%H%M%SZ"

Tell = Callable[[str], None]


async def make_backup(world: World, path: Path, tell: Tell, seal: Seal | None = None) -> Manifest:
    """Do `write_copy`, and note it as the last backup."""
    manifest = await write_copy(world, path, tell, seal)
    await asyncio.to_thread(_note, world.settings, path, manifest)
    return manifest


async def write_copy(world: World, path: Path, tell: Tell, seal: Seal | None = None) -> Manifest:
    """Write everything that makes the instance what it is into the new file `path`; return what it holds.

    `tell` hears how far it is; with `seal` only its passphrase opens the file. Raises Refused for a file
    that is there already, BadConfiguration for a database with another schema, BackupFailed.
    """
    from fediunion.db.migrate import all_tables, newest_revision

    if not await world.db.read(has_newest_schema):
        raise BadConfiguration("The database has another schema than this version: run `fediunion migrate`.")
    manifest = Manifest(
        domain=world.settings.handle_domain,
        made_at=format_instant(world.clock.now()),
        version=__version__,
        schema=newest_revision(),
        engine=world.db.dialect,
    )
    tables = all_tables()
    with ArchiveWriter(path, seal) as archive:

        def copy_rows(connection: Connection) -> list[CopiedTable]:
            copied = []
            for each in read_tables(connection, tables):
                counted = _Counted(each, tell)
                archive.add(f"{ROWS}{each.name}", counted)
                copied.append(CopiedTable(each.name, each.columns, counted.number))
            return copied

        copied = await world.db.run_on_snapshot(copy_rows)
        # Files after rows: what a row names was there before the row.
        await asyncio.to_thread(_copy_files, archive, world.settings, tell)
        return await asyncio.to_thread(archive.finish, Manifest(**{**vars(manifest), "tables": copied}))


def backup_name(settings: Settings, now: datetime) -> str:
    """Return the name of a backup in a folder of them."""
    return f"{_beginning(settings)}{now.strftime(_MOMENT)}.backup"


def old_backups(folder: Path, settings: Settings, now: datetime) -> list[Path]:
    """Return the backups of this instance in `folder` that are older than they may become, by their names."""
    oldest = (now - timedelta(days=settings.privacy.backup_days)).strftime(_MOMENT)
    named = re.compile(re.escape(_beginning(settings)) + r"(\d{8}T\d{6}Z)\.backup")
    found = [(path, named.fullmatch(path.name)) for path in sorted(folder.iterdir())]
    return [path for path, match in found if match and match[1] < oldest]


def last_backup(settings: Settings) -> tuple[datetime, Path] | None:
    """Return when the last backup was made by this instance, and where; None where none was."""
    try:
        known = orjson.loads((settings.data_dir / LAST_BACKUP).read_bytes())
        made_at = parse_instant(str(known["made_at"]))
        return None if made_at is None else (made_at, Path(str(known["file"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _beginning(settings: Settings) -> str:
    return f"fediunion-{settings.handle_domain.replace(':', '_')}-"


class _Counted:
    """Lines with their ends, counted, in pieces that are worth a call."""

    def __init__(self, table: TableRows, tell: Tell) -> None:
        self._table = table
        self._tell = tell
        self.number = 0

    def __iter__(self) -> Iterator[bytes]:
        piece: list[bytes] = []
        for line in self._table.lines:
            piece += (line, b"\n")
            self.number += 1
            if self.number % 1000 == 0:
                yield b"".join(piece)
                piece.clear()
                self._tell(f"{self._table.name}: {self.number} rows")
        yield b"".join(piece)


def _copy_files(archive: ArchiveWriter, settings: Settings, tell: Tell) -> None:
    folder = settings.media.dir
    for number, path in enumerate(_files_in(folder), start=1):
        archive.add_file(f"{MEDIA}{path.relative_to(folder).as_posix()}", path)
        if number % 100 == 0:
            tell(f"media: {number} files")
    config_file = settings.file
    if config_file is None:
        raise BackupFailed("This instance was not started from a configuration file.")
    try:
        archive.add(CONFIGURATION, [config_file.read_bytes()])
    except OSError as error:
        raise BackupFailed(f"{config_file} cannot be read: {error.strerror}.") from error
    archive.add(SECRETS, [orjson.dumps(_secrets(settings))])


def _files_in(folder: Path) -> Iterator[Path]:
    """Yield the files below `folder` that are files themselves: a link leads to what is not ours."""
    for here, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(here, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _secrets(settings: Settings) -> dict[str, dict[str, str]]:
    """Return the secrets in force, wherever they came from, but not where the rows are: that changes."""
    found: dict[str, dict[str, str]] = {}
    for section, key in secret_keys():
        value = getattr(getattr(settings, section), key)
        if section == "database" or not value:
            continue
        text = base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else str(value)
        found.setdefault(section, {})[key] = text
    return found


def _note(settings: Settings, path: Path, manifest: Manifest) -> None:
    note = settings.data_dir / LAST_BACKUP
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = note.with_suffix(".part")
    unfinished.write_bytes(orjson.dumps({"made_at": manifest.made_at, "file": str(path.absolute())}))
    unfinished.replace(note)
