"""Background work of Web Push: tokens that ended are not kept, not even sealed."""

from typing import Final

from fediunion.kit.json import JsonObject
from fediunion.social.push.service import forget_ended
from fediunion.world import World

FORGET_ENDED: Final = "push.forget_ended"


async def forget_ended_subscriptions(world: World, _payload: JsonObject) -> None:
    """Job: remove the subscriptions whose tokens are worthless."""
    await world.db.write(forget_ended)
