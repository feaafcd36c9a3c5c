"""What vacancies do by the clock: they close, and go 30 days later; and how new peers hear of them."""

from fediunion.kit.json import JsonObject
from fediunion.union.affiliation import sharing
from fediunion.union.vacancies.service.ending import close_due, remove_due
from fediunion.union.vacancies.service.sharing import SHARED_VACANCIES
from fediunion.world import World


async def close(world: World, payload: JsonObject) -> None:
    """Close the vacancy of which it is time; one that was put off meanwhile has a job of its own."""
    await world.db.write(close_due, int(payload["vacancy_id"]))


async def remove(world: World, payload: JsonObject) -> None:
    """Remove the vacancy that ended 30 days ago."""
    await world.db.write(remove_due, int(payload["vacancy_id"]))


async def tell_peer(world: World, payload: JsonObject) -> None:
    """Tell a union with whom vacancies are shared from now on of those that are open, some at a time."""
    await sharing.tell_peer(world, payload, SHARED_VACANCIES)


async def sweep(world: World, payload: JsonObject) -> None:
    """Close and remove what has no job, or whose time the clock jumped over."""
    for due in (close_due, remove_due):
        while await world.db.write(due):
            pass
