"""The filters of members, ready to be used, and who has any.

Members without filters cost nothing: who has any is known of all at once.
"""

from typing import Final

from fediunion.actors.viewer import Viewer
from fediunion.social.filters.matching import Screen
from fediunion.social.filters.queries import find_owners, list_filters
from fediunion.social.filters.service import CACHE
from fediunion.world import World

_KEPT_SCREENS: Final = 2_000
_KEPT_SECONDS: Final = 600.0
_OWNERS: Final = "owners"


async def filter_owners(world: World) -> frozenset[int]:
    """Return the ids of the members who have filters."""
    cache = world.cache(CACHE, _KEPT_SCREENS, _KEPT_SECONDS)
    return await cache.load(_OWNERS, lambda: world.db.read(find_owners))


async def screen_of(world: World, viewer: Viewer) -> Screen | None:
    """Return the filters of a member, made ready once after each change; None for who has none."""
    owner_id = viewer.actor_id
    if not viewer.is_member or owner_id is None:
        return None
    if owner_id not in await filter_owners(world):
        return None

    async def read() -> Screen:
        return Screen(await world.db.read(list_filters, owner_id))

    return await world.cache(CACHE, _KEPT_SCREENS, _KEPT_SECONDS).load(owner_id, read)
