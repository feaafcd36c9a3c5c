"""From settings to an instance that can work: its schema, and the actors that it always has."""

import asyncio
import os
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.keys import NewKeys, make_keys
from fediunion.actors.names import INSTANCE_NAME, READER_NAME, UNION_NAME
from fediunion.actors.queries import find_local_actor
from fediunion.actors.service import ensure_institution_actors
from fediunion.config import Settings
from fediunion.db.integrity import check_integrity
from fediunion.db.schema import has_newest_schema
from fediunion.jobs.crash import refuse_in_production
from fediunion.kit.errors import BadConfiguration, Invalid
from fediunion.social.push.vapid import vapid_of
from fediunion.world import World

_READ_AT_ONCE_BYTES: Final = 1 << 29
_INSTITUTIONS = (INSTANCE_NAME, READER_NAME, UNION_NAME)


def check_process(settings: Settings) -> None:
    """Refuse what must not be in the environment of this instance; nothing we write is for others (C19)."""
    refuse_in_production(settings, os.environ)
    os.umask(0o077)


async def prepare(world: World, *, upgrades: bool | None = None) -> None:
    """Make the instance ready for work: hear other processes, check the schema, make its actors and keys.

    A SQLite file is upgraded by itself, after a copy; an old or empty PostgreSQL database is refused
    with BadConfiguration that names `fediunion migrate`, unless `upgrades` says otherwise. Raises Damaged
    for a SQLite file with broken pages.
    """
    await world.db.start()
    await _refuse_damage(world)
    await bring_up_to_date(world, upgrades=world.settings.is_sqlite if upgrades is None else upgrades)
    if not world.settings.is_sqlite:
        await _check_durability(world)
    await ensure_actors(world)
    await vapid_of(world)


async def bring_up_to_date(world: World, *, upgrades: bool) -> list[str]:
    """Return the revisions that were applied; raise BadConfiguration where one is missing and may not be."""
    if await world.db.read(has_newest_schema):
        return []
    # Alembic takes half a second to import, and is needed after an upgrade only.
    from fediunion.db import migrate

    if upgrades:
        return await migrate.upgrade(world.db)
    await migrate.require_current(world.db)
    return []


async def ensure_actors(world: World) -> None:
    """Make the actors of the instance, the reader and the union, at the first start."""
    missing = await world.db.read(_missing)
    if not missing:
        return
    made = await asyncio.gather(*(asyncio.to_thread(make_keys, world.settings) for _ in missing))
    keys: dict[str, NewKeys | None] = dict.fromkeys(_INSTITUTIONS)
    keys |= dict(zip(missing, made, strict=True))
    try:
        await world.db.write(
            ensure_institution_actors,
            instance_keys=keys[INSTANCE_NAME],
            reader_keys=keys[READER_NAME],
            union_keys=keys[UNION_NAME],
        )
    except Invalid:
        # Another process of the instance started in the same moment and was faster.
        if await world.db.read(_missing):
            raise


async def _refuse_damage(world: World) -> None:
    """Raise Damaged; a file that takes more than a moment to read is left to the nightly check."""
    if world.settings.is_sqlite and _is_read_at_once(world.settings):
        await world.db.run_on_snapshot(check_integrity)


def _is_read_at_once(settings: Settings) -> bool:
    file = Path(settings.database.url.removeprefix("sqlite:///"))
    return file.exists() and file.stat().st_size <= _READ_AT_ONCE_BYTES


async def _check_durability(world: World) -> None:
    from fediunion.db.postgresql import check_durability

    try:
        await world.db.run_on_connection(check_durability)
    except BadConfiguration:
        # A trial may be fast and forgetful; what members rely on may not.
        if not world.settings.is_development:
            raise


def _missing(session: Session) -> list[str]:
    return [name for name in _INSTITUTIONS if find_local_actor(session, name) is None]
