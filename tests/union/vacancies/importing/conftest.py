"""A union with a board into which files are imported."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from fediunion.actors.models import Actor, ActorKind
from fediunion.union.vacancies.importing.running import RowOutcome, import_file
from fediunion.union.vacancies.importing.taking import Wishes
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion, running
from tests.union.vacancies.samples import AS_OF


@dataclass
class Desk:
    """Where files are handed in."""

    union: TestUnion
    board: Actor
    clock: FakeClock

    async def imports(
        self, content: Any, *, publishes: bool = True, confirms: bool = True, board: Actor | None = None
    ) -> list[RowOutcome]:
        """Return what became of the records of a file, or of what is written as one."""
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        wishes = Wishes(by="operator", publishes=publishes, confirms=confirms)
        found = import_file(self.union.world, raw, (board or self.board).id, wishes)
        return [outcome async for outcome in found]


@pytest.fixture
async def desk(databases: Databases) -> AsyncIterator[Desk]:
    """A board that nobody follows, at the moment that the samples are of."""
    clock = FakeClock(AS_OF)
    union = await TestUnion.start(FakeInternet(), "ictysu.example", databases.with_tables(), clock)
    async with running(union):
        yield Desk(union, await union.member("jobs", kind=ActorKind.BOARD), clock)
