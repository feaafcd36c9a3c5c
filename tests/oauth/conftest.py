"""The instance that tests of signing in and of OAuth drive."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import App, Browser, Desk, desk_for


@pytest.fixture
async def desk(databases: Databases, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Desk]:
    """An instance with nobody but its institutions."""
    async with desk_for(databases.with_tables(), tmp_path, clock) as opened:
        yield opened


@pytest.fixture
async def app(desk: Desk) -> App:
    """An app that may ask for `read write follow push`."""
    return await desk.register()


@pytest.fixture
async def ana(desk: Desk) -> Browser:
    """The browser of a member who is signed in."""
    await desk.member("ana")
    return await desk.signed_in("ana")
