"""Files of other servers: fetched once through the guarded client, written anew, and shown from our disk."""

import asyncio
from pathlib import Path
from typing import Final

from fediunion.actors.domains import host_blocked
from fediunion.actors.single_flight import SingleFlight
from fediunion.kit.cache import BoundedCache
from fediunion.kit.errors import FediUnionError, NotFound, Unavailable
from fediunion.kit.urls import authority_of
from fediunion.social.media.desk import MediaDesk
from fediunion.social.media.remote_cache import CachedFile, RemoteCache
from fediunion.world import World

_DEADLINE_SECONDS: Final = 30.0
_AT_ONCE: Final = 8
_KEPT_FAILURES: Final = 10_000
_FAILURE_SECONDS: Final = 600.0
_ACCEPT: Final = "image/*, video/*, audio/*"

# How a file is worked on, by the kind of its address; and which of them show the small picture of it.
_USES: Final = {
    "attachment": "attachment",
    "preview": "attachment",
    "earlier": "attachment",
    "card": "attachment",
    "avatar": "avatar",
    "header": "header",
    "emoji": "emoji",
    "still": "emoji",
}
_SMALL: Final = frozenset({"preview", "still", "card"})


class RemoteMedia:
    """The copies that an instance has. One fetch for each address at a time, whoever asks (R19)."""

    def __init__(self, world: World) -> None:
        media = world.settings.media
        self._world = world
        self.cache = RemoteCache(media.dir / "remote", media.remote_cache_bytes)
        self._failures: BoundedCache[tuple[str, str], bool] = BoundedCache(
            _KEPT_FAILURES, _FAILURE_SECONDS, world.clock.monotonic
        )
        self._flights: SingleFlight[None] = SingleFlight()
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def get(self, kind: str, url: str) -> CachedFile:
        """Return the copy of a remote file for an address of that kind.

        Raises NotFound where it cannot be had, which is remembered for ten minutes, and where its server is
        blocked, also for a copy that is there already (M13).
        """
        if await host_blocked(self._world, authority_of(url)):
            raise NotFound("There is no such file.")
        use, part = _USES[kind], "small" if kind in _SMALL else "whole"
        found = await self.cache.find(f"{use} {part} {url}")
        if found is not None:
            return found
        if self._failures.get((use, url)) is not None:
            raise NotFound("There is no such file.")
        try:
            await self._flights.run(f"{use} {url}", lambda: self._fetch(use, url))
        except Unavailable:
            raise
        except (FediUnionError, OSError) as error:
            self._failures.put((use, url), True)
            raise NotFound("There is no such file.") from error
        found = await self.cache.find(f"{use} {part} {url}")
        if found is None:
            raise NotFound("There is no such file.")
        return found

    async def _fetch(self, use: str, url: str) -> None:
        world, desk = self._world, self._world.part(MediaDesk)
        async with self._places, desk.folder() as folder:
            source = folder / "source"
            # Opening and closing a file of a folder just made does not block for long.
            with source.open("wb") as sink:
                await world.client.fetch(
                    url,
                    accept=_ACCEPT,
                    max_bytes=world.settings.media.remote_max_bytes,
                    deadline_seconds=_DEADLINE_SECONDS,
                    sink=sink,
                )
            made = await desk.make(source, folder, use)
            whole = source if made["original"] is None else folder / made["original"]
            await self._keep(use, "whole", url, whole, made["media_type"])
            if "thumbnail" in made:
                await self._keep(use, "small", url, folder / made["thumbnail"], made["thumbnail_type"])

    async def _keep(self, use: str, part: str, url: str, source: Path, media_type: str) -> None:
        await self.cache.keep(f"{use} {part} {url}", source, media_type)
