"""A worker process that delivers what is due and ends; it is killed where FEDIUNION_CRASH_AT says.

Usage: python -m tests.faults.delivering_process DATABASE_URL DIRECTORY STARTS_AT [INBOXES_AT_ONCE]
"""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from fediunion.db import Surroundings, open_database
from fediunion.kit.clock import Clock
from fediunion.outbox import fan_out
from tests.fakes.settings import settings_for
from tests.outbox.sending_union import SendingUnion


async def deliver(database_url: str, directory: str, starts_at: str, inboxes_at_once: str = "") -> None:
    """Deliver once what is due at `starts_at`, fanned out in units of so many inboxes, if that is given."""
    if inboxes_at_once:
        fan_out.INBOXES_AT_ONCE = int(inboxes_at_once)  # type: ignore[misc]  # final everywhere but here
    settings = settings_for("union.test", Path(directory), database_url)
    clock = Clock(datetime.fromisoformat(starts_at))
    database = open_database(settings.database.url, Surroundings(settings, clock))
    await database.start()
    union = SendingUnion(database, settings, clock)
    try:
        await union.fan_out()
        await union.deliverer.deliver_due()
    finally:
        await union.close()
        await database.close()


if __name__ == "__main__":
    asyncio.run(deliver(*sys.argv[1:]))
