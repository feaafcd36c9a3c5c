"""What calls do by the clock: they open and close; and how new peers hear of them."""

from fediunion.kit.json import JsonObject
from fediunion.union.affiliation import sharing
from fediunion.union.campaigns.service.ending import close_due
from fediunion.union.campaigns.service.publishing import open_due
from fediunion.union.campaigns.service.sharing import SHARED_CALLS
from fediunion.world import World


async def open_(world: World, payload: JsonObject) -> None:
    """Open the call of which it is time; one that was put off meanwhile has a job of its own."""
    await world.db.write(open_due, int(payload["call_id"]))


async def close(world: World, payload: JsonObject) -> None:
    """Close the call of which it is time; one that was put off meanwhile has a job of its own."""
    await world.db.write(close_due, int(payload["call_id"]))


async def tell_peer(world: World, payload: JsonObject) -> None:
    """Tell a union with whom calls are shared from now on of those that are open, some at a time."""
    await sharing.tell_peer(world, payload, SHARED_CALLS)


async def sweep(world: World, payload: JsonObject) -> None:
    """Open and close what has no job, or whose time the clock jumped over."""
    for due in (open_due, close_due):
        while await world.db.write(due):
            pass
