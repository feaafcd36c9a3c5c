"""An instance whose network the tests draw."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import Desk, desk_for


@pytest.fixture
async def desk(databases: Databases, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Desk]:
    """An instance without relations."""
    async with desk_for(databases.with_tables(), tmp_path, clock) as opened:
        yield opened
