"""One member of each role."""

import pytest

from fediunion.members.models import Role
from tests.api.mastodon.admin.staff import staff
from tests.api.rig import Client, Rig


@pytest.fixture
async def moderator(rig: Rig) -> Client:
    """A moderator's app."""
    return await staff(rig, "mona", Role.MODERATOR)


@pytest.fixture
async def admin(rig: Rig) -> Client:
    """An administrator's app."""
    return await staff(rig, "adam", Role.ADMIN)


@pytest.fixture
async def owner(rig: Rig) -> Client:
    """An owner's app."""
    return await staff(rig, "olga", Role.OWNER)
