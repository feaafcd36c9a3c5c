"""An instance with an actor for campaigns, at the moment that the sample data are of."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fediunion.actors.models import ActorKind
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import Desk, desk_for
from tests.union.campaigns.samples import AS_OF


@pytest.fixture
async def desk(databases: Databases, tmp_path: Path) -> AsyncIterator[Desk]:
    """An instance with the institution `campaigns`, and no call."""
    async with desk_for(databases.with_tables(), tmp_path, FakeClock(AS_OF)) as opened:
        await opened.union.member("campaigns", kind=ActorKind.FEED)
        yield opened
