"""A call that is open, at the moment that the sample data are of."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from fediunion.actors.models import ActorKind
from fediunion.config.sections import Campaigns
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.union import TestUnion, running
from tests.union.campaigns.conftest import publish
from tests.union.campaigns.samples import AS_OF, call_terms
from tests.union.campaigns.signing.booth import Booth

MODES = [{"type": "sign", "modes": ["public", "target-only", "counted"], "goal": 5000}]


@asynccontextmanager
async def open_booth(
    databases: Databases, directory: Path, *, votes_per_host_hour: int = 0
) -> AsyncIterator[Booth]:
    """A union with one open call that can be signed in every mode; it sends mails.

    Where a limit is given, this and all limits of attempts are in force.
    """
    clock, internet, url = FakeClock(AS_OF), FakeInternet(), databases.with_tables()
    settings = settings_for("ccisua.example", directory, url)
    if votes_per_host_hour:
        settings = replace(
            settings,
            limits=replace(settings.limits, enabled=True),
            campaigns=Campaigns(votes_per_host_hour=votes_per_host_hour),
        )
    union = await TestUnion.start(internet, "ccisua.example", url, clock, settings=settings)
    async with running(union):
        await union.member("campaigns", kind=ActorKind.FEED)
        call = await publish(union, call_terms(asks=MODES))
        made = Booth(union, internet, clock, call)
        await made.settle()
        yield made


@pytest.fixture
async def booth(databases: Databases, tmp_path: Path) -> AsyncIterator[Booth]:
    """A union without limits."""
    async with open_booth(databases, tmp_path) as made:
        yield made


@pytest.fixture
async def limited(databases: Databases, tmp_path: Path) -> AsyncIterator[Booth]:
    """A union that takes two signatures of a server within an hour, and has its other limits, too."""
    async with open_booth(databases, tmp_path, votes_per_host_hour=2) as made:
        yield made
