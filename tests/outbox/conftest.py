"""A union that sends, and peers on real sockets that receive."""

from collections.abc import AsyncIterator

import pytest

from fediunion.config import Settings
from fediunion.db import Database
from tests.fakes.clock import FakeClock
from tests.fakes.peer import Peers
from tests.outbox.sending_union import SendingUnion, federation_of


@pytest.fixture
async def peers() -> AsyncIterator[Peers]:
    """Servers that answer 202 unless told otherwise."""
    async with Peers() as started:
        yield started


@pytest.fixture
async def union(database: Database, settings: Settings, clock: FakeClock) -> AsyncIterator[SendingUnion]:
    """A union with an author; its clock stands still, its network is real, and it waits long for answers."""
    patient = federation_of(settings, request_timeout_seconds=600)
    started = await SendingUnion(database, patient, clock).start()
    yield started
    await started.close()
