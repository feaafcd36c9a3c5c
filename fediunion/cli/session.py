"""Running a command's work in the world of the instance."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from fediunion.cli.options import settings_of_command

if TYPE_CHECKING:
    from fediunion.world import World


T = TypeVar("T")


def in_world(context: typer.Context, config: Path | None, work: "Callable[[World], Awaitable[T]]") -> T:
    """Return what `work(world)` gives, done on the instance's own database beside a running server.

    A new SQLite instance gets its schema and its actors first. Raises what `work` raises.
    """
    from fediunion.app.startup import prepare

    async def prepared(world: "World") -> T:
        await prepare(world)
        return await work(world)

    return in_settings(context, config, prepared)


def in_settings(context: typer.Context, config: Path | None, work: "Callable[[World], Awaitable[T]]") -> T:
    """Return what `work(world)` gives in a world as it is: no schema is looked at, and none is made."""
    from fediunion.app.log import set_up_log
    from fediunion.app.opening import open_world
    from fediunion.app.startup import check_process

    settings = settings_of_command(context, config)
    check_process(settings)
    set_up_log("warning")

    async def run() -> T:
        world = open_world(settings)
        try:
            return await work(world)
        finally:
            await world.client.close()
            await world.db.close()

    return asyncio.run(run())
