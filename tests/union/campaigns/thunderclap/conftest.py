"""One union that puts a call by itself; and three whose numbers are large."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from fediunion.actors.models import ActorKind
from tests.databases import Databases, SqliteDatabases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.union import TestUnion, running
from tests.union.campaigns.samples import AS_OF
from tests.union.campaigns.unions import Three, three_unions


@pytest.fixture
async def alone(databases: Databases, tmp_path: Path) -> AsyncIterator[Three]:
    """CCISUA in the place of all three unions; how often something may be tried is limited."""
    clock, internet, url = FakeClock(AS_OF), FakeInternet(), databases.with_tables()
    settings = settings_for("ccisua.example", tmp_path, url)
    settings = replace(settings, limits=replace(settings.limits, enabled=True))
    union = await TestUnion.start(internet, "ccisua.example", url, clock, settings=settings)
    async with running(union):
        await union.member("campaigns", kind=ActorKind.FEED)
        yield Three(internet, clock, union, union, union)


@pytest.fixture
async def many(files: SqliteDatabases, tmp_path: Path) -> AsyncIterator[Three]:
    """Three unions that share calls, for numbers that the engine plays no part in."""
    async with three_unions(files, tmp_path) as made:
        yield made
