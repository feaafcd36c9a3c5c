"""A union with a public member, a hidden and a followable one."""

from collections.abc import AsyncIterator

import pytest

from fediunion.actors.models import ActorKind, Reach
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion


@pytest.fixture
async def union(databases: Databases, clock: FakeClock) -> AsyncIterator[TestUnion]:
    """`ana` is public, `heron` hidden, `fern` followable, `jobs` a board."""
    started = await TestUnion.start(FakeInternet(), "nurses.test", databases.with_tables(), clock)
    await started.member("ana")
    await started.member("heron", reach=Reach.HIDDEN)
    await started.member("fern", reach=Reach.FOLLOWABLE)
    await started.member("jobs", kind=ActorKind.BOARD)
    yield started
    await started.close()
