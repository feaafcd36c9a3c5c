"""Background work about members: requests for accounts that nobody confirms."""

from typing import Final

from fediunion.activitypub.vocab_objects import JsonObject
from fediunion.members.sign_ups import forget_unconfirmed
from fediunion.world import World

TIDY_SIGN_UPS: Final = "members.tidy_sign_ups"


async def tidy_sign_ups(world: World, _payload: JsonObject) -> None:
    """Job: erase requests for accounts whose address was not confirmed in time."""
    await world.db.write(forget_unconfirmed)
