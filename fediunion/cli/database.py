"""The commands about the database: migrate."""

import asyncio

import typer

from fediunion.cli.options import ConfigOption, settings_of_command
from fediunion.cli.output import progress, say


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(migrate)


def migrate(context: typer.Context, config: ConfigOption = None) -> None:
    """Upgrade the schema of the database to that of this version; a SQLite file is copied first.

    Example: fediunion --config instance/config.toml migrate
    """
    from fediunion.app.opening import open_world
    from fediunion.app.startup import bring_up_to_date, check_process

    settings = settings_of_command(context, config)
    check_process(settings)

    async def run() -> list[str]:
        world = open_world(settings)
        try:
            return await bring_up_to_date(world, upgrades=True)
        finally:
            await world.client.close()
            await world.db.close()

    progress("Upgrading the schema …")
    try:
        steps = asyncio.run(run())
    finally:
        progress("")
    say(f"The schema was upgraded to {steps[-1]}." if steps else "The schema is up to date.")
