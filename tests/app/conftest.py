"""A world with tables and no actors, on a fake Internet."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from fediunion.app.opening import open_world
from fediunion.app.serve import close_world
from fediunion.config import DatabaseSettings, Settings
from fediunion.world import World
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet


@pytest.fixture
async def world(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[World]:
    settings = replace(settings, database=DatabaseSettings(url=databases.with_tables()))
    opened = open_world(settings, clock=clock, transport=FakeInternet())
    await opened.db.start()
    yield opened
    await close_world(opened)
