"""The life of the demo: three unions in one process, each with its own port, database and keys."""

import asyncio
import json
import shutil
import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from fediunion.app.opening import open_world
from fediunion.app.serve import ServerRole, close_world, listen, run_world
from fediunion.app.startup import prepare
from fediunion.cli.demo.campaigning import LEAD, watched
from fediunion.cli.demo.cast import Cast, read_cast
from fediunion.cli.demo.guide import print_guide
from fediunion.cli.demo.seeding import Login, Seeding
from fediunion.cli.output import say
from fediunion.config import load_settings, new_configuration
from fediunion.kit.errors import Invalid
from fediunion.world import World

_HOST: Final = "127.0.0.1"
_LOGINS: Final = "logins.json"


async def run_demo(directory: Path, first_port: int) -> None:
    """Run until SIGINT or SIGTERM. The first start plays the script; later ones find its results.

    Raises Invalid for a folder that holds something else, BadConfiguration for a port that is taken.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    cast = read_cast()
    logins = _make_room(directory, first_port, cast)
    listeners = [listen(_HOST, first_port + place) for place in range(len(cast.unions))]
    worlds = {union.name: open_world(load_settings(_config(directory, union.name))) for union in cast.unions}
    try:
        for world in worlds.values():
            # One after the other: Alembic keeps the migration that it runs in a global.
            await prepare(world)
        async with asyncio.TaskGroup() as group:
            await _start(group, worlds, listeners, stop)
            try:
                await _until_stopped(cast, worlds, logins, directory, stop)
            finally:
                stop.set()
    finally:
        await asyncio.gather(*(close_world(world) for world in worlds.values()))


async def _start(
    group: asyncio.TaskGroup,
    worlds: Mapping[str, World],
    listeners: Sequence[socket.socket],
    stop: asyncio.Event,
) -> None:
    started = []
    for world, listener in zip(worlds.values(), listeners, strict=True):
        begun: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        started.append(begun)
        group.create_task(run_world(world, ServerRole.ALL, listener, stop, begun.set_result))
    await asyncio.gather(*started)


async def _until_stopped(
    cast: Cast, worlds: Mapping[str, World], logins: list[Login] | None, directory: Path, stop: asyncio.Event
) -> None:
    if logins is None:
        say("The three unions are filled for the first time; this takes a few seconds.")
        playing = asyncio.create_task(Seeding(cast, worlds).play())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait([playing, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if stop.is_set():
            playing.cancel()
            return
        logins = await playing
        path = directory / _LOGINS
        path.write_text(json.dumps([asdict(login) for login in logins], indent=2), encoding="utf-8")
    addresses = {name: world.settings.base_url for name, world in worlds.items()}
    print_guide(cast, addresses, logins, await watched(worlds[LEAD]))
    await stop.wait()


def _make_room(directory: Path, first_port: int, cast: Cast) -> list[Login] | None:
    """Return the logins of an earlier start; else write the three configurations anew and return None."""
    kept = directory / _LOGINS
    if kept.exists():
        known = json.loads(kept.read_text("utf-8"))
        logins = [Login(**each) for each in known]
        _check_ports(directory, first_port, cast)
        return logins
    names = {union.name for union in cast.unions}
    others = (
        [path.name for path in directory.iterdir() if path.name not in names] if directory.exists() else []
    )
    if others:
        raise Invalid(f"{directory} holds something else ({others[0]}); give an empty folder with --dir.")
    for place, union in enumerate(cast.unions):
        # What a start that was broken off has left is of no use: its script was not played to the end.
        shutil.rmtree(directory / union.name, ignore_errors=True)
        domain = f"{union.name}.localhost:{first_port + place}"
        new_configuration(domain, union.title, directory / union.name, dev=True, about=union.about)
    return None


def _check_ports(directory: Path, first_port: int, cast: Cast) -> None:
    """Raise Invalid where the unions live on other ports: these are part of everybody's address."""
    known = load_settings(_config(directory, cast.unions[0].name)).handle_domain
    if known != f"{cast.unions[0].name}.localhost:{first_port}":
        raise Invalid(
            f"The unions in {directory} live on other ports ({known} is the first); take another --dir."
        )


def _config(directory: Path, name: str) -> Path:
    return directory / name / "config.toml"
