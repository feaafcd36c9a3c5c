"""The nightly look at the pages of a SQLite file: what breaks is found while there are whole backups."""

from typing import Final

from fediunion.db.integrity import check_integrity
from fediunion.kit.json import JsonObject
from fediunion.world import World

CHECK_PAGES: Final = "storage.check_pages"
NIGHTLY_SECONDS: Final = 86_400.0


async def check_pages(world: World, _payload: JsonObject) -> None:
    """Raise Damaged for a file with broken pages, so that the job stands among those that fail (row L09)."""
    if world.settings.is_sqlite:
        await world.db.run_on_snapshot(check_integrity)
