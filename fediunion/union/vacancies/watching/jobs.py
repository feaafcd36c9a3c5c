"""Looking at watched pages in the background, a job for each."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import JsonObject
from fediunion.jobs.queue import enqueue
from fediunion.union.vacancies.watching.looking import look
from fediunion.union.vacancies.watching.service import due_pages
from fediunion.world import World

LOOK_JOB: Final = "vacancies.look"
WATCH_JOB: Final = "vacancies.watch"
EVERY_SECONDS: Final = 300


async def watch(world: World, payload: JsonObject) -> None:
    """Have all pages looked at of which it is time."""
    await world.db.write(enqueue_looks)


async def look_at_page(world: World, payload: JsonObject) -> None:
    """Look at one page."""
    await look(world, int(payload["page_id"]))


def enqueue_looks(session: Session) -> None:
    """Put a job for each page that is due."""
    for page_id in due_pages(session):
        enqueue(session, LOOK_JOB, key=f"look:{page_id}", page_id=page_id)
