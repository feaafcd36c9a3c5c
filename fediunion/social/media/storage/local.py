"""Files in a folder of this machine."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO, Final

from fediunion.kit.errors import NotFound, Unavailable
from fediunion.social.media.storage import CHUNK_BYTES, Content, checked_place

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class LocalStorage:
    """Files below `root`, readable by this user only. A symbolic link among them is never followed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, place: str, source: Path, media_type: str) -> None:
        """See Storage. The file appears whole or not at all."""
        path = self._root / checked_place(place)
        try:
            await asyncio.to_thread(store_file, source, path, self._root)
        except OSError as error:
            raise Unavailable("The folder of media cannot be written to.") from error

    async def get(self, place: str, start: int, length: int) -> Content:
        """See Storage."""
        path = self._root / checked_place(place)
        try:
            file = await asyncio.to_thread(open_plain, path)
        except FileNotFoundError:
            raise NotFound("There is no such file.") from None
        except OSError as error:
            raise Unavailable("The folder of media cannot be read.") from error
        return Content(read_part(file, start, length))

    async def delete(self, place: str) -> None:
        """See Storage."""
        path = self._root / checked_place(place)
        try:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        except OSError as error:
            raise Unavailable("The folder of media cannot be written to.") from error

    async def close(self) -> None:
        """Close nothing."""


def store_file(source: Path, path: Path, root: Path) -> None:
    """Copy `source` to `path` below `root`, synchronised with the disk: the file, then the folders above."""
    folders = [path.parent, *path.parent.parents]
    folders = folders[: folders.index(root) + 1]
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in reversed(folders):
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink():
            raise OSError(f"{folder} is a symbolic link")
    partial = path.with_name(f".{secrets.token_hex(8)}.part")
    descriptor = os.open(partial, _NEW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as written, source.open("rb") as read:
            while chunk := read.read(CHUNK_BYTES):
                written.write(chunk)
            written.flush()
            os.fsync(written.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    for folder in folders:
        _synchronise(folder)


def open_plain(path: Path) -> BinaryIO:
    """Open a file for reading that is no symbolic link."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")


async def read_part(file: BinaryIO, start: int, length: int) -> AsyncIterator[bytes]:
    """Yield `length` bytes of a file from `start` on, and close it."""
    try:
        await asyncio.to_thread(file.seek, start)
        while length > 0:
            chunk = await asyncio.to_thread(file.read, min(CHUNK_BYTES, length))
            if not chunk:
                return
            length -= len(chunk)
            yield chunk
    finally:
        file.close()


def _synchronise(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
