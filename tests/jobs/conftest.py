"""A world whose network nobody uses, for jobs."""

import pytest

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.config import Settings
from fediunion.db import Database
from fediunion.world import World
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet


@pytest.fixture
def world(database: Database, settings: Settings, clock: FakeClock) -> World:
    """An instance with an empty queue."""
    client = Client(FakeInternet(), AddressPolicy(), settings.authority, "tests", clock)
    return World(settings, clock, database, client)
