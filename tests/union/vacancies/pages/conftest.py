"""An instance with a board, at the moment that the sample data are of."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import Desk, desk_for
from tests.union.vacancies.pages.hall import open_boards
from tests.union.vacancies.samples import AS_OF


@pytest.fixture
async def desk(databases: Databases, tmp_path: Path) -> AsyncIterator[Desk]:
    """An instance with the boards `jobs` and `other`, and no vacancy."""
    async with desk_for(databases.with_tables(), tmp_path, FakeClock(AS_OF)) as opened:
        await open_boards(opened, "jobs", "other")
        yield opened
