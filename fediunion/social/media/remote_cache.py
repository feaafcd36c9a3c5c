"""Copies of remote files on this machine's disk: bounded, the least recently used go first."""

import asyncio
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fediunion.social.media.workshop.sniffing import EXTENSIONS

_SCAN_AFTER: Final = 40
_DOWN_TO: Final = 0.95
_TYPES: Final = {extension: media_type for media_type, extension in EXTENSIONS.items()}


@dataclass(frozen=True)
class CachedFile:
    """A copy of a remote file."""

    path: Path
    media_type: str
    size: int


class RemoteCache:
    """Files below `root`, named by a hash of what they are copies of; `most_bytes` of them in all.

    When a file was used last is its time of modification. Any number of processes share the folder: each
    looks how much is there after it has added a fortieth of what may be there, so the bound is kept within
    a few per cent (R09).
    """

    def __init__(self, root: Path, most_bytes: int) -> None:
        self._root = root
        self._most_bytes = most_bytes
        self._added = most_bytes
        self._scanning = asyncio.Lock()

    async def find(self, key: str) -> CachedFile | None:
        """Return the copy under `key`, and note that it is used."""
        return await asyncio.to_thread(self._find, key)

    async def keep(self, key: str, source: Path, media_type: str) -> CachedFile:
        """Move a file into the cache. Its folder is on the same disk."""
        kept = await asyncio.to_thread(self._keep, key, source, media_type)
        self._added += kept.size
        if self._added * _SCAN_AFTER >= self._most_bytes:
            await self.shrink(kept.path)
        return kept

    async def shrink(self, newest: Path | None = None, *, unused_since: float = 0.0) -> None:
        """Remove the least used files until the rest fits, and all that were not used since then.

        `newest` is about to be read and stays.
        """
        async with self._scanning:
            self._added = 0
            await asyncio.to_thread(self._shrink, newest, unused_since)

    def _find(self, key: str) -> CachedFile | None:
        stem = self._stem(key)
        for extension, media_type in _TYPES.items():
            path = stem.with_name(f"{stem.name}.{extension}")
            try:
                size = path.stat().st_size
                os.utime(path)
            except OSError:
                continue
            return CachedFile(path, media_type, size)
        return None

    def _keep(self, key: str, source: Path, media_type: str) -> CachedFile:
        stem = self._stem(key)
        stem.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = stem.with_name(f"{stem.name}.{EXTENSIONS[media_type]}")
        source.replace(path)
        return CachedFile(path, media_type, path.stat().st_size)

    def _shrink(self, newest: Path | None, unused_since: float) -> None:
        found = []
        for path in self._root.glob("*/*"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            found.append((status.st_mtime, status.st_size, path))
        found.sort(key=lambda entry: entry[0])
        total = sum(size for _, size, _ in found)
        wanted = self._most_bytes * _DOWN_TO if total > self._most_bytes else self._most_bytes
        for used, size, path in found:
            if total <= wanted and used >= unused_since:
                return
            if path != newest:
                path.unlink(missing_ok=True)
                total -= size

    def _stem(self, key: str) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()
        return self._root / name[:2] / name
