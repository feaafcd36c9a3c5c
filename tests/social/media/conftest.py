"""An instance whose whole web side is there, media among it."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from fediunion.app.application import create_app
from fediunion.config import DatabaseSettings, Settings
from tests.api.rig import Client, Rig, rig_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock


@pytest.fixture
async def rig(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Rig]:
    """An instance `union.test` with the database of this run."""
    settings = replace(settings, database=DatabaseSettings(url=databases.with_tables()))
    async with rig_for(settings, clock) as opened:
        transport = httpx.ASGITransport(app=create_app(opened.world))
        async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
            yield replace(opened, http=http)


@pytest.fixture
async def ana(rig: Rig) -> Client:
    """A public member."""
    return await rig.member("ana")


@pytest.fixture
async def ben(rig: Rig) -> Client:
    """Another public member."""
    return await rig.member("ben")
