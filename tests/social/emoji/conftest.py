"""A union among strangers."""

from collections.abc import AsyncIterator

import pytest

from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.social.posts.scene import Scene
from tests.social.posts.staging import staged


@pytest.fixture
async def scene(databases: Databases, clock: FakeClock) -> AsyncIterator[Scene]:
    """A union that asks for signatures, with the member ana; bob@good.example."""
    async with staged(databases, clock) as scene:
        yield scene
