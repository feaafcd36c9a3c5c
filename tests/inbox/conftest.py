"""What the tests of the inbox may ask for: an instance, strangers, and each test on both inboxes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.fakes.stranger import StrangeActor
from tests.inbox.rig import PERSONAL, SHARED, Rig


@pytest.fixture
async def rig(databases: Databases, tmp_path: Path) -> AsyncIterator[Rig]:
    """A running instance `us.example`."""
    started = await Rig.start(databases.with_tables(), tmp_path)
    yield started
    await started.close()


@pytest.fixture(params=[SHARED, PERSONAL], ids=["shared", "personal"])
def inbox(request: pytest.FixtureRequest) -> str:
    """The address of each of both inboxes in turn."""
    address: str = request.param
    return address


@pytest.fixture
async def alice(rig: Rig) -> StrangeActor:
    """An honest person, alice@good.example."""
    return (await rig.stranger("good.example")).add_actor("alice")


@pytest.fixture
async def mallory(rig: Rig) -> StrangeActor:
    """An attacker with keys of her own, mallory@evil.example."""
    return (await rig.stranger("evil.example")).add_actor("mallory")


@pytest.fixture
async def victim(rig: Rig) -> StrangeActor:
    """A third party, victim@victim.example."""
    return (await rig.stranger("victim.example")).add_actor("victim")
