"""A worker process that publishes what is due, until it is killed where FEDIUNION_CRASH_AT says.

Usage: python -m tests.social.unpublished.publishing_process DATABASE_URL DIRECTORY STARTS_AT
"""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from fediunion.jobs.run import Runner
from fediunion.social.unpublished.feature import FEATURE
from tests.api.rig import rig_for
from tests.fakes.clock import FakeClock
from tests.fakes.settings import settings_for


async def publish(database_url: str, directory: str, starts_at: str) -> None:
    """Publish what is due at `starts_at`. Raises TimeoutError where nothing killed the process."""
    settings = settings_for("union.test", Path(directory), database_url)
    async with rig_for(settings, FakeClock(datetime.fromisoformat(starts_at))) as rig:
        async with asyncio.timeout(120):
            await Runner(rig.world, FEATURE.jobs).run_forever(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(publish(*sys.argv[1:]))
