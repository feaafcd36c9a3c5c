"""Background work of media: what expired goes, in the store and on disk."""

import asyncio
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.orm import Session

from fediunion.actors.events import ActorDeleted
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import NotFound
from fediunion.kit.json import JsonObject
from fediunion.social.media import service
from fediunion.social.media.desk import MediaDesk
from fediunion.social.media.files import forget_file
from fediunion.social.media.models import StoredFile
from fediunion.social.media.queries import list_expired, list_ready
from fediunion.social.media.remote import RemoteMedia
from fediunion.world import World

SWEEP: Final = "media.sweep"
TIDY: Final = "media.tidy"
_LEFT_OVER_SECONDS: Final = 86_400.0
_DAY_SECONDS: Final = 86_400.0

_log = structlog.get_logger(__name__)


def drop_files(session: Session, event: ActorDeleted) -> None:
    """Reaction: what a member uploaded goes with the account (V33)."""
    if event.local:
        service.drop_all_of(session, event.actor_id)
        enqueue(session, SWEEP, key=SWEEP)


async def sweep(world: World, _payload: JsonObject) -> None:
    """Job: remove files whose time has come, first from the store, then their rows.

    Their addresses lead nowhere already. Where the store does not answer, the job runs again.
    """
    await world.db.write(service.forget_unused)
    storage = world.part(MediaDesk).storage
    while expired := await world.db.read(list_expired):
        for file in expired:
            await storage.delete(file.place)
        await world.db.write(_forget, [file.id for file in expired])


def _forget(session: Session, ids: Sequence[int]) -> None:
    for file_id in ids:
        forget_file(session, file_id)


async def tidy(world: World, _payload: JsonObject) -> None:
    """Job, daily: remove what crashed uploads left and copies that nobody used; tell what is missing (L30).

    What is missing in the store is only told: its row stays, and it may come back from a backup.
    """
    media = world.settings.media
    await asyncio.to_thread(_remove_left_over, media.dir / "incoming")
    unused_since = time.time() - media.remote_cache_days * _DAY_SECONDS
    await world.part(RemoteMedia).cache.shrink(unused_since=unused_since)
    storage, missing, last = world.part(MediaDesk).storage, 0, 0
    while files := await world.db.read(list_ready, last):
        last = files[-1].id
        missing += sum([await _is_missing(world, file) for file in files])
    if missing:
        _log.error("files of members are not in the store", missing=missing, store=type(storage).__name__)


async def _is_missing(world: World, file: StoredFile) -> bool:
    try:
        content = await world.part(MediaDesk).storage.get(file.place, 0, 1)
    except NotFound:
        return True
    async for _ in content.chunks:
        pass
    return False


def _remove_left_over(folder: Path) -> None:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.stat().st_mtime > time.time() - _LEFT_OVER_SECONDS:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
