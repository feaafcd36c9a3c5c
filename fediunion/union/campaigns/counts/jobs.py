"""Background work of sums: ours is told some time after it changed."""

from fediunion.kit.json import JsonObject
from fediunion.union.campaigns.counts.stating import state_own_count
from fediunion.union.campaigns.models import CountKind
from fediunion.world import World


async def tell_count(world: World, payload: JsonObject) -> None:
    """Job: tell the union that leads a call what ours counts of it now."""
    await world.db.write(state_own_count, int(payload["call_id"]), CountKind(payload["kind"]))
