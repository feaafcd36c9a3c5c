"""A hall at the moment that the sample data are of."""

import pytest

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.config import Settings
from fediunion.db import Database
from fediunion.world import World
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.union.vacancies.samples import AS_OF
from tests.union.vacancies.search.shelves import Hall


@pytest.fixture
def clock() -> FakeClock:
    """A clock that shows when the samples were taken."""
    return FakeClock(AS_OF)


@pytest.fixture
def hall(database: Database, settings: Settings, clock: FakeClock) -> Hall:
    """An instance without vacancies."""
    client = Client(FakeInternet(), AddressPolicy(), settings.authority, "tests", clock)
    return Hall(World(settings, clock, database, client), {})
