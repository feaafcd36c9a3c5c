"""An instance, and a stranger whom it can meet."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.actors.home import Home
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import Stranger

StartHome = Callable[..., Awaitable[Home]]


@pytest.fixture
def internet() -> FakeInternet:
    """An Internet where nobody is yet."""
    return FakeInternet()


@pytest.fixture
async def start_home(
    databases: Databases, clock: FakeClock, internet: FakeInternet
) -> AsyncIterator[StartHome]:
    """Starts instances with the settings that a test wants."""
    started: list[Home] = []

    async def start(**options: Any) -> Home:
        home = await Home.start(databases.with_tables(), clock, internet, **options)
        started.append(home)
        return home

    yield start
    for home in started:
        await home.close()


@pytest.fixture
async def home(start_home: StartHome) -> Home:
    """The instance union.test."""
    return await start_home()


@pytest.fixture
async def good(internet: FakeInternet, clock: FakeClock) -> Stranger:
    """The server good.example."""
    return await Stranger(internet, "good.example", clock=clock).start()


@pytest.fixture
async def evil(internet: FakeInternet, clock: FakeClock) -> Stranger:
    """The server evil.example."""
    return await Stranger(internet, "evil.example", clock=clock).start()
