"""The pictures of those who have none: clients read an address where a picture is expected."""

import struct
import zlib
from typing import Final

from fediunion.api.endpoint import Answer, Call, Endpoint, get
from fediunion.kit.errors import NotFound
from fediunion.social.media.addresses import PLACEHOLDERS

_GREY: Final = 0xB8
_SIZES: Final = {"avatar": (96, 96), "header": (600, 200)}


async def show_picture(call: Call) -> Answer:
    """Show the plain picture for what is missing."""
    size = _SIZES.get(call.open_parts["kind"])
    if size is None:
        raise NotFound("There is no such picture.")
    kept = (b"cache-control", b"public, max-age=604800")
    return Answer(_png(*size), headers=((b"content-type", b"image/png"), kept))


def _png(width: int, height: int) -> bytes:
    """Return a grey PNG. Source: https://www.w3.org/TR/png-3/"""
    rows = (b"\x00" + bytes([_GREY]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


ENDPOINTS: Final[tuple[Endpoint, ...]] = (get(f"{PLACEHOLDERS}:kind/missing.png", show_picture, public=True),)
