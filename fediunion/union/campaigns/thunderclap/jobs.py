"""What thunderclaps do by the clock: reminding, the moment itself, boosting, and what is left to tidy."""

from typing import Final

from fediunion.kit.json import JsonObject
from fediunion.union.campaigns.thunderclap.boosting import boost_due, collect
from fediunion.union.campaigns.thunderclap.learning import expire, overdue
from fediunion.union.campaigns.thunderclap.models import ThunderclapState
from fediunion.union.campaigns.thunderclap.queries import due_for_release, unfinished
from fediunion.union.campaigns.thunderclap.releasing import release
from fediunion.union.campaigns.thunderclap.telling import (
    remind_some,
    tell_some_missed,
    tell_some_released,
    waits_for_reminder,
)
from fediunion.union.campaigns.thunderclap.ways import want_ways
from fediunion.world import World

SWEEP_JOB: Final = "campaigns.sweep_thunderclaps"
SWEEP_SECONDS: Final = 30


async def release_now(world: World, payload: JsonObject) -> None:
    """Decide about the thunderclap whose moment has come."""
    await world.db.write(release, int(payload["clap_id"]))


async def remind(world: World, payload: JsonObject) -> None:
    """Ask the servers of those who pledged where they boost, and write to them, a day before."""
    clap_id = int(payload["clap_id"])
    after: str | None = ""
    while after is not None:
        after = await world.db.write(want_ways, clap_id, after)
    while await world.db.write(remind_some, clap_id):
        pass


async def tell_released(world: World, payload: JsonObject) -> None:
    """Write to those who pledged elsewhere where to boost now, some hundred in a unit."""
    while await world.db.write(tell_some_released, int(payload["clap_id"])):
        pass


async def tell_missed(world: World, payload: JsonObject) -> None:
    """Write to those who pledged elsewhere that it was missed."""
    while await world.db.write(tell_some_missed, int(payload["clap_id"])):
        pass


async def boost(world: World, payload: JsonObject) -> None:
    """Let our members boost whose moment has come."""
    while await world.db.write(boost_due, int(payload["clap_id"])):
        pass


async def sweep(world: World, payload: JsonObject) -> None:
    """Do what has no job, or whose time the clock jumped over; each part does nothing where it is done."""
    for clap_id in await world.db.read(due_for_release):
        await world.db.write(release, clap_id)
    for clap_id in await world.db.read(overdue):
        await world.db.write(expire, clap_id)
    for clap_id in await world.db.read(waits_for_reminder):
        await remind(world, {"clap_id": clap_id})
    for clap_id in await world.db.read(unfinished, ThunderclapState.RELEASED):
        await boost(world, {"clap_id": clap_id})
        await tell_released(world, {"clap_id": clap_id})
        await world.db.write(collect, clap_id)
    for clap_id in await world.db.read(unfinished, ThunderclapState.MISSED):
        await tell_missed(world, {"clap_id": clap_id})
