"""Where files of members are kept: a folder, or an S3-compatible service, behind one port."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from fediunion.kit.errors import NotFound

CHUNK_BYTES: Final = 262_144
_PLACE = re.compile(r"[A-Za-z0-9]{2}/[A-Za-z0-9]{2}/[A-Za-z0-9]{22}\.[a-z0-9]{2,4}")


@dataclass(frozen=True)
class Content:
    """Bytes of a stored file, in chunks. Whoever takes it reads it to its end, or closes the iterator."""

    chunks: AsyncIterator[bytes]


class Storage(Protocol):
    """Keeps files by their place, `ab/cd/<22 random characters>.<extension>`.

    Raises Unavailable where the store does not answer or is full; NotFound for what it does not have.
    """

    async def put(self, place: str, source: Path, media_type: str) -> None:
        """Store a copy of `source`; once this returns, a loss of power does not take it away (L06)."""
        ...

    async def get(self, place: str, start: int, length: int) -> Content:
        """Return `length` bytes from `start` on."""
        ...

    async def delete(self, place: str) -> None:
        """Remove a file; one that is not there is removed already."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


def checked_place(place: str) -> str:
    """Return `place`. Raises NotFound for one that we never make: it could leave the store (M12)."""
    if _PLACE.fullmatch(place) is None:
        raise NotFound("There is no such file.")
    return place
