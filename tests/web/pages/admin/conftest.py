"""An instance whose officers may also hand in pictures."""

from collections.abc import AsyncIterator

import pytest

from fediunion.social.media.desk import close_desk
from tests.oauth.rig import Desk


@pytest.fixture
async def desk(desk: Desk) -> AsyncIterator[Desk]:
    """An instance with nobody but its institutions; processes that pictures were redrawn in end with it."""
    yield desk
    await close_desk(desk.union.world)
