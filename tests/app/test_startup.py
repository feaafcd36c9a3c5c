"""Starting: the actors of an instance are there once, whoever starts beside whom."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.app.opening import open_world
from fediunion.app.startup import ensure_actors, prepare
from fediunion.config import DatabaseSettings, Settings
from fediunion.kit.errors import BadConfiguration
from fediunion.world import World
from tests.databases import Databases
from tests.fakes.internet import FakeInternet


def count_actors(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Actor)) or 0


async def test_two_processes_that_start_at_once_make_the_actors_once(world: World) -> None:
    other = open_world(world.settings, clock=world.clock, transport=FakeInternet())
    await other.db.start()
    try:
        await asyncio.gather(ensure_actors(world), ensure_actors(other))
        assert await world.db.read(count_actors) == 3
    finally:
        await other.db.close()


async def test_an_empty_database_is_made_ready_on_sqlite_and_refused_on_postgresql(
    databases: Databases, settings: Settings
) -> None:
    settings = replace(settings, database=DatabaseSettings(url=databases.empty()))
    for start in range(2):
        opened = open_world(settings, transport=FakeInternet())
        try:
            if not settings.is_sqlite:
                with pytest.raises(BadConfiguration, match="fediunion migrate"):
                    await prepare(opened)
                continue
            await prepare(opened)
            assert await opened.db.read(count_actors) == 3, start
            assert not list(Path(settings.database.url.removeprefix("sqlite:///")).parent.glob("*before*"))
        finally:
            await opened.db.close()
