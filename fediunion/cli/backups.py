"""The commands about backups: backup, restore, unseal."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fediunion.cli.options import ConfigOption, JsonOption
from fediunion.cli.output import print_fields, progress, say
from fediunion.cli.secrets_in import PasswordFile, read_password
from fediunion.cli.session import in_settings
from fediunion.kit.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fediunion.backup.archive import Manifest
    from fediunion.world import World


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(restore)
    app.command()(unseal)


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, or a folder of backups.")],
    config: ConfigOption = None,
    encrypt: Annotated[bool, typer.Option("--encrypt", help="Seal it with a passphrase.")] = False,
    password_file: PasswordFile = None,
    as_json: JsonOption = False,
) -> None:
    """Write everything that makes this instance what it is into one file, while it runs.

    Rows, queue, signing keys, configuration with its secrets, and the media folder. Whoever has the file can
    act as this instance, unless it is sealed: then the passphrase is needed too. In a folder the file is
    named by domain and time, and those older than `[privacy] backup_days` are removed.

    Example: fediunion --config instance/config.toml backup /var/backups/fediunion/
    """
    from fediunion.backup.making import backup_name, make_backup, old_backups
    from fediunion.backup.sealing import new_seal
    from fediunion.members.passwords import check_password

    passphrase = read_password(password_file, required=True) if encrypt or password_file else None
    seal = None if passphrase is None else new_seal(check_password(passphrase))
    in_folder = file.is_dir()

    async def work(world: "World") -> "tuple[Path, Manifest]":
        now = world.clock.now()
        path = file / backup_name(world.settings, now) if in_folder else file
        manifest = await make_backup(world, path, progress, seal)
        for old in old_backups(file, world.settings, now) if in_folder else ():
            old.unlink(missing_ok=True)
        return path, manifest

    try:
        written, manifest = in_settings(context, config, work)
    finally:
        progress("")
    found = {
        "file": str(written),
        "domain": manifest.domain,
        "made_at": manifest.made_at,
        "rows": manifest.rows,
        "media": len(manifest.media),
        "bytes": written.stat().st_size,
    }
    print_fields(found, as_json=as_json)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `backup` wrote.")],
    directory: Annotated[Path, typer.Option("--dir", help="A missing or empty folder.")],
    password_file: PasswordFile = None,
) -> None:
    """Make a backup into the same instance, in a new folder; everything is checked before it is written.

    The rows go into a SQLite file there; with FEDIUNION_DATABASE_URL in the environment, into that empty
    database. The old instance must not run any more: both would act in the same name.

    Example: fediunion restore fediunion-union.example-20261201T090000Z.backup --dir instance
    """
    from fediunion.app.restoring import restore_backup
    from fediunion.backup.archive import ArchiveReader

    os.umask(0o077)
    archive = ArchiveReader(file, _passphrase_for(file, password_file))
    try:
        path = asyncio.run(restore_backup(archive, directory, os.environ, progress))
    finally:
        progress("")
        archive.close()
    made = archive.manifest
    say(f"{made.domain} is as it was at {made.made_at}: {made.rows} rows, {len(made.media)} media files.")
    say(f"Next: fediunion --config {path} doctor, then serve. Never run the old one beside it.")


def unseal(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A sealed backup or export.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new file for what is in it.")],
    password_file: PasswordFile = None,
) -> None:
    """Open what is sealed with a passphrase: a backup (`restore` does so by itself), or exported keys.

    What is written is in the clear, for its owner alone.

    Example: fediunion unseal fediunion-union.example-keys.sealed keys.json
    """
    from fediunion.backup.sealing import is_sealed, open_sealed, parts_of

    try:
        with file.open("rb") as stream:
            if not is_sealed(stream):
                raise Refused(f"{file} is not sealed.")
            passphrase = read_password(password_file, required=True, again=False) or ""
            with open_sealed(stream, passphrase) as opened:
                _write_new(out, parts_of(opened))
    except OSError as error:
        raise Refused(f"{error.filename}: {error.strerror}.") from error


def _passphrase_for(file: Path, password_file: Path | None) -> str | None:
    """Return the passphrase of a file that is sealed, None for any other."""
    from fediunion.backup.sealing import is_sealed

    try:
        with file.open("rb") as stream:
            if not is_sealed(stream):
                return None
    except OSError:
        return None
    return read_password(password_file, required=True, again=False)


def _write_new(path: Path, parts: "Iterable[bytes]") -> None:
    """Write a file that is not there yet; what is damaged in the middle leaves none."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for part in parts:
                file.write(part)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
