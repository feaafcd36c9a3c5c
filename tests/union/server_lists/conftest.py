"""The scene of these tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import running
from tests.oauth.rig import Desk, desk_for
from tests.union.affiliation.scene import Scene, scene_at, with_clerks


@pytest.fixture
async def scene(databases: Databases, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Scene]:
    """Our union, and the clerks', which is affiliated to it and whose list the test writes."""
    made = await scene_at(FakeInternet(), clock, databases.with_tables(), tmp_path)
    async with running(made.nurses):
        await with_clerks(made)
        yield made


@pytest.fixture
async def desk(databases: Databases, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Desk]:
    """An instance with its pages."""
    async with desk_for(databases.with_tables(), tmp_path, clock) as opened:
        yield opened
