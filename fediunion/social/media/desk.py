"""What an instance works on files with: its store, its processes, and what goes on in the background."""

import asyncio
import contextlib
import secrets
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from fediunion.config import Media, MediaStore
from fediunion.kit.errors import Unavailable
from fediunion.social.media.storage import Storage
from fediunion.social.media.storage.local import LocalStorage
from fediunion.social.media.storage.s3 import S3Storage
from fediunion.social.media.workshop.pool import Pool
from fediunion.world import World

SHORT_WHILE: Final = 8.0
"""Seconds that an upload is waited for before its app is told to come back."""
MOST_OF_ONE_MEMBER: Final = 16
"""Files of one member that are worked on or wait for it at the same time: a post has no more."""
_ROOM: Final = 1 << 20


class MediaDesk:
    """The part of the world that has to do with files. `short_while` is in seconds."""

    def __init__(self, world: World) -> None:
        media = world.settings.media
        self.media = media
        self.storage: Storage = (
            S3Storage(media, world.clock)
            if media.store is MediaStore.S3
            else LocalStorage(media.dir / "files")
        )
        largest = max(media.image_max_bytes, media.video_max_bytes, media.remote_max_bytes)
        self.pool = Pool(media.processes, 2 * largest + _ROOM)
        self.ffmpeg = _found(media)
        self.short_while = SHORT_WHILE
        self._tasks: set[asyncio.Task[Any]] = set()
        self._of_members: Counter[int] = Counter()

    @asynccontextmanager
    async def folder(self) -> AsyncIterator[Path]:
        """Give a new folder of this machine; it and what is left in it go afterwards."""
        folder = self.media.dir / "incoming" / secrets.token_hex(16)
        try:
            await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True)
        except OSError as error:
            raise Unavailable("Files cannot be taken now.") from error
        try:
            yield folder
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def make(self, source: Path, folder: Path, use: str) -> dict[str, Any]:
        """Return what became of a file: see workshop.pictures.redraw. Raises Invalid and Unavailable."""
        task = {
            "source": str(source),
            "folder": str(folder),
            "use": use,
            "picture_bytes": self.media.image_max_bytes,
            "ffmpeg": self.ffmpeg,
        }
        return await self.pool.make(task)

    def begin(self, owner_id: int, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run work for a member that goes on when the request that began it has been answered."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        self._of_members[owner_id] += 1
        task.add_done_callback(partial(self._done, owner_id))
        return task

    def check_room(self, owner_id: int) -> None:
        """Raise Unavailable for a member whose files are so many now that others would wait for them."""
        if self._of_members[owner_id] >= MOST_OF_ONE_MEMBER:
            raise Unavailable("Several of your files are being worked on; wait until they are done.")

    async def close(self) -> None:
        """End what goes on, the processes and the connections."""
        for task in self._tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.pool.close()
        await self.storage.close()

    def _done(self, owner_id: int, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        self._of_members -= Counter({owner_id: 1})
        if not task.cancelled():
            # Looked at here: whoever waited for it may have gone.
            task.exception()


async def close_desk(world: World) -> None:
    """Close the desk of `world`, where it was ever used."""
    if MediaDesk in world.parts:
        await world.part(MediaDesk).close()


def _found(media: Media) -> str:
    """Return the path of ffmpeg, empty where there is none or none is wanted."""
    return (shutil.which(media.ffmpeg) or "") if media.ffmpeg else ""
