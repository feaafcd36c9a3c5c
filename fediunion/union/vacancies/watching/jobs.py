"""Looking at watched pages in the background, a job for each."""

from typing import Final

from fediunion.kit.json import JsonObject
from fediunion.union.vacancies.watching.looking import look
from fediunion.union.vacancies.watching.service import enqueue_due
from fediunion.world import World

WATCH_JOB: Final = "vacancies.watch"
EVERY_SECONDS: Final = 300


async def watch(world: World, payload: JsonObject) -> None:
    """Have all pages looked at of which it is time."""
    await world.db.write(enqueue_due)


async def look_at_page(world: World, payload: JsonObject) -> None:
    """Look at one page."""
    await look(world, int(payload["page_id"]))
