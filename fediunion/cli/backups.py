"""The commands about backups: backup, restore."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fediunion.cli.options import ConfigOption, JsonOption, config_file_of_command
from fediunion.cli.output import print_fields, progress, say
from fediunion.cli.session import in_settings

if TYPE_CHECKING:
    from fediunion.app.backup.archive import Manifest
    from fediunion.world import World


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(restore)


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, or a folder of backups.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write everything that makes this instance what it is into one file, while it runs.

    Rows, queue, signing keys, configuration with its secrets, and the media folder. Whoever has the file can
    act as this instance. In a folder the file is named by domain and time, and those older than
    `[privacy] backup_days` are removed.

    Example: fediunion --config instance/config.toml backup /var/backups/fediunion/
    """
    from fediunion.app.backup.making import backup_name, make_backup, old_backups

    config_file = config_file_of_command(context, config)
    in_folder = file.is_dir()

    async def work(world: "World") -> "tuple[Path, Manifest]":
        now = world.clock.now()
        path = file / backup_name(world.settings, now) if in_folder else file
        manifest = await make_backup(world, config_file, path, progress)
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
) -> None:
    """Make a backup into the same instance, in a new folder; everything is checked before it is written.

    The rows go into a SQLite file there; with FEDIUNION_DATABASE_URL in the environment, into that empty
    database. The old instance must not run any more: both would act in the same name.

    Example: fediunion restore fediunion-union.example-20261201T090000Z.backup --dir instance
    """
    from fediunion.app.backup.archive import ArchiveReader
    from fediunion.app.backup.restoring import restore_backup

    os.umask(0o077)
    archive = ArchiveReader(file)
    try:
        path = asyncio.run(restore_backup(archive, directory, os.environ, progress))
    finally:
        progress("")
        archive.close()
    made = archive.manifest
    say(f"{made.domain} is as it was at {made.made_at}: {made.rows} rows, {len(made.media)} media files.")
    say(f"Next: fediunion --config {path} doctor, then serve. Never run the old one beside it.")
