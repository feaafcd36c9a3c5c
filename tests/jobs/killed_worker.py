"""Run as a program: works off the queue at the database URL, until it is empty.

Usage: python -m tests.jobs.killed_worker DATABASE_URL STARTS_AT
"""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.db import Surroundings, insert_ignoring, now_of, open_database
from fediunion.db.known_uris import KnownUri
from fediunion.jobs.models import Job
from fediunion.jobs.run import Runner
from fediunion.kit.clock import Clock
from fediunion.kit.json import JsonObject
from fediunion.world import World
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for


async def note(world: World, payload: JsonObject) -> None:
    """The job: its effect is a row, and a second run changes nothing."""
    await world.db.write(_note, payload["uri"])


def _note(session: Session, uri: str) -> None:
    row: dict[str, object] = {"uri": uri, "kind": "noted", "row_id": None, "seen_at": now_of(session)}
    insert_ignoring(session, KnownUri, [row])


def _waiting(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Job)).one()


async def main(url: str, starts_at: str) -> None:
    """Return when no job is left."""
    clock, settings = Clock(datetime.fromisoformat(starts_at)), settings_for("union.test", Path.cwd())
    database = open_database(url, Surroundings(settings, clock))
    await database.start()
    client = Client(FakeInternet(), AddressPolicy(), settings.authority, "tests", clock)
    world = World(settings, clock, database, client)
    stop = asyncio.Event()
    running = asyncio.create_task(Runner(world, {"note": note}).run_forever(stop))
    while await database.read(_waiting) > 0:  # noqa: ASYNC110  # rows vanish without an event
        await asyncio.sleep(0.05)
    stop.set()
    await running
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
