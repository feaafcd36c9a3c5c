"""An instance with a board and a member, at the moment that the sample data are of."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fediunion.members.models import Member
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import Desk, desk_for
from tests.union.vacancies.pages.hall import open_boards
from tests.union.vacancies.samples import AS_OF


@pytest.fixture
async def desk(databases: Databases, tmp_path: Path) -> AsyncIterator[Desk]:
    """An instance with the board `jobs`, and no vacancy."""
    async with desk_for(databases.with_tables(), tmp_path, FakeClock(AS_OF)) as opened:
        await open_boards(opened, "jobs")
        yield opened


@pytest.fixture
async def ana(desk: Desk) -> Member:
    """A member."""
    return await desk.member("ana")
