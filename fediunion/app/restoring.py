"""Restoring: an instance made of a backup, in an empty folder, on either engine."""

import os
import shutil
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

import orjson
from sqlalchemy.engine import Connection

from fediunion.app.opening import open_world
from fediunion.backup.archive import MEDIA, ROWS, ArchiveReader, BackupFailed, sync_folder
from fediunion.backup.making import CONFIGURATION, SECRETS
from fediunion.config import Settings, load_settings, with_key
from fediunion.db.rows import insert_lines
from fediunion.kit.errors import FediUnionError, Invalid

_MEDIA_DIR: Final = "data/media"
_DATABASE_URL: Final = "sqlite:///data/fediunion.db"

Tell = Callable[[str], None]


async def restore_backup(
    archive: ArchiveReader, directory: Path, environ: Mapping[str, str], tell: Tell
) -> Path:
    """Make `directory` the instance of `archive`; return its configuration file.

    The archive is read whole and checked before anything is written. The rows go into a new SQLite file
    there, or into the empty database that FEDIUNION_DATABASE_URL (or the credential) names. Whatever fails,
    nothing is left. Raises Invalid for a folder that is not empty, Refused for an archive or a database that
    cannot be used, BackupFailed where files cannot be written.
    """
    was_there = _is_there_and_empty(directory)
    tell("checking the backup")
    archive.verify()
    try:
        return await _restore(archive, directory, environ, tell)
    except BaseException as error:
        _remove_all(directory, itself=not was_there)
        if isinstance(error, OSError) and not isinstance(error, FediUnionError):
            raise BackupFailed(f"{directory} cannot be written: {error.strerror or error}.") from error
        raise


async def _restore(archive: ArchiveReader, directory: Path, environ: Mapping[str, str], tell: Tell) -> Path:
    config = _write_configuration(archive, directory)
    settings = load_settings(config, environ)
    if settings.handle_domain != archive.manifest.domain:
        raise archive.damaged("its configuration is of another domain")
    media = settings.media.dir
    media.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number, name in enumerate(archive.manifest.media, start=1):
        _write_file(_inside(media, name.removeprefix(MEDIA), archive), archive.parts(name), 0o600)
        if number % 100 == 0:
            tell(f"media: {number} files")
    await _fill_database(archive, settings, tell)
    for folder in (directory, settings.data_dir):
        sync_folder(folder)
    return config


async def _fill_database(archive: ArchiveReader, settings: Settings, tell: Tell) -> None:
    from fediunion.db import migrate

    world = open_world(settings)
    try:
        await world.db.run_on_connection(partial(_fill, archive, tell), reshapes_tables=True)
        await migrate.upgrade(world.db)
    finally:
        await world.client.close()
        await world.db.close()


def _fill(archive: ArchiveReader, tell: Tell, connection: Connection) -> None:
    from fediunion.db import migrate

    migrate.make_schema(connection, archive.manifest.schema)
    for each in archive.manifest.tables:
        tell(f"{each.name}: {each.rows} rows")
        inserted = insert_lines(connection, each.name, each.columns, archive.lines(f"{ROWS}{each.name}"))
        if inserted != each.rows:
            raise archive.damaged(f"{each.name} has {inserted} rows instead of {each.rows}")


def _write_configuration(archive: ArchiveReader, directory: Path) -> Path:
    """Write the configuration for its new place: paths below `directory`, all secrets in it."""
    text = archive.read(CONFIGURATION).decode("utf-8")
    known: Mapping[str, Mapping[str, Any]] = tomllib.loads(text)
    if "url" in known.get("database", {}):
        text = with_key(text, "database", "url", _DATABASE_URL)
    if "dir" in known.get("media", {}):
        text = with_key(text, "media", "dir", _MEDIA_DIR)
    secrets: Mapping[str, Mapping[str, str]] = orjson.loads(archive.read(SECRETS))
    for section, keys in secrets.items():
        for key, value in keys.items():
            text = with_key(text, section, key, value)
    (directory / "data").mkdir(mode=0o700, parents=True)
    path = directory / CONFIGURATION
    _write_file(path, [text.encode()], 0o640)
    return path


def _inside(folder: Path, name: str, archive: ArchiveReader) -> Path:
    """Return the path of a member below `folder`; a name that would lead out of it is refused."""
    path = PurePosixPath(name)
    if not path.parts or ".." in path.parts or path.is_absolute() or "\\" in name or "\0" in name:
        raise archive.damaged("a name in it leads elsewhere")
    return folder.joinpath(*path.parts)


def _write_file(path: Path, parts: Iterable[bytes], mode: int) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        for part in parts:
            file.write(part)
        file.flush()
        os.fsync(descriptor)


def _is_there_and_empty(directory: Path) -> bool:
    if directory.is_symlink() or (directory.exists() and not directory.is_dir()):
        raise Invalid(f"{directory} is no folder.", field="dir")
    if directory.exists() and any(directory.iterdir()):
        raise Invalid(f"{directory} is not empty; a backup is restored into a new folder.", field="dir")
    return directory.exists()


def _remove_all(directory: Path, *, itself: bool) -> None:
    if not directory.is_dir():
        return
    for path in directory.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    if itself:
        directory.rmdir()
