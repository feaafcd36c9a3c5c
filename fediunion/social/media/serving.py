"""A file as an HTTP answer: its type is ours, a part of it can be asked for, and it can do nothing."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

FOREVER: Final = "public, max-age=31536000, immutable"
PRIVATE: Final = "private, max-age=3600"
_SAFE: Final = {
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "accept-ranges": "bytes",
}
# One part only: many small ones of one file are asked for to wear servers out (M15).
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")

Read = Callable[[int, int], Awaitable[AsyncIterator[bytes]]]
"""(start, length) → the bytes of a file."""


async def file_answer(
    request: Request, *, name: str, media_type: str, size: int, caching: str, read: Read
) -> Response:
    """Return a file, or the part that is asked for, as an answer.

    A Range that is not one plain part is ignored, one beyond the end is 416. Source: RFC 9110 section 14.
    """
    tag = f'"{name}"'
    headers = _SAFE | {
        "content-type": media_type,
        "content-disposition": f'inline; filename="{name}"',
        "cache-control": caching,
        "etag": tag,
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    start, end = 0, size
    wanted = _part_of(request.headers.get("range", ""), size)
    if wanted is not None:
        start, end = wanted
        if start >= end:
            headers |= {"content-range": f"bytes */{size}", "cache-control": "no-store"}
            return Response(status_code=416, headers=headers)
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
    status = 200 if wanted is None else 206
    headers["content-length"] = str(end - start)
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    return StreamingResponse(await read(start, end - start), status, headers)


def _part_of(header: str, size: int) -> tuple[int, int] | None:
    """Return from where and up to where, an empty part where there is none; None for the whole file."""
    found = _RANGE.fullmatch(header)
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size if int(last) else 0
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last) + 1 if last else size, size)
