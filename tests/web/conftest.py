"""An instance whose pages are looked at by browsers without scripts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import Desk, desk_for


@pytest.fixture
async def desk(databases: Databases, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Desk]:
    """An instance with nobody but its institutions."""
    async with desk_for(databases.with_tables(), tmp_path, clock) as opened:
        yield opened
