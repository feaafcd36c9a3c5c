"""Publishing what waited for its moment."""

from fediunion.activitypub.vocab import JsonObject
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.social.unpublished.service import publish_due, set_aside
from fediunion.world import World


async def publish_scheduled(world: World, payload: JsonObject) -> None:
    """Job: publish a post whose moment has come; where it cannot be, it becomes a draft that says why."""
    try:
        await world.db.write(publish_due, payload["row_id"])
    except (Invalid, NotAllowed, NotFound) as error:
        await world.db.write(set_aside, payload["row_id"], str(error))
