"""What the attacks need: a union, and its two inboxes in turn."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.attacks.front import PERSONAL, SHARED, Front
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.stranger import StrangeActor


@pytest.fixture
async def front(databases: Databases, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Front]:
    """A running union `us.example` with ana, fay and hid."""
    opened = await Front.open(databases.with_tables(), tmp_path, clock)
    yield opened
    await opened.close()


@pytest.fixture
async def mallory(front: Front) -> StrangeActor:
    """An attacker with keys of her own, mallory@evil.example."""
    return await front.stranger("evil.example", "mallory")


@pytest.fixture
async def gail(front: Front) -> StrangeActor:
    """An honest person, gail@good.example."""
    return await front.stranger("good.example", "gail")


@pytest.fixture(params=[SHARED, PERSONAL], ids=["shared", "personal"])
def inbox(request: pytest.FixtureRequest) -> str:
    """The address of each of both inboxes in turn."""
    address: str = request.param
    return address
