"""How much and how slowly a caller may send."""

import asyncio
from typing import Final

from fediunion.app.asgi import header
from fediunion.config import Settings
from fediunion.kit.asgi import AsgiApp, Message, Receive, Send
from fediunion.kit.errors import FediUnionError, TooLarge

PLAIN_BODY_BYTES: Final = 1_048_576
_FORM_AROUND_A_FILE_BYTES: Final = 65_536
BODY_SECONDS: Final = 15.0
SLOWEST_BYTES_PER_SECOND: Final = 16_384
_UPLOADS: Final = (
    *("/api/v1/media", "/api/v2/media", "/api/v1/accounts/update_credentials", "/api/v1/profile"),
    "/uploads/",
)


class TooSlow(FediUnionError):
    """The body did not come within its time."""

    reason = "body-timeout"


def with_body_limits(settings: Settings, app: AsgiApp, *, seconds: float = BODY_SECONDS) -> AsgiApp:
    """Return `app` whose `receive` raises TooLarge and TooSlow (row R04).

    A body has `seconds` in all, and one more for every 16 KiB that came: a drip ends, an upload goes on.
    """
    media = settings.media
    file_bytes = max(media.image_max_bytes, media.video_max_bytes) + _FORM_AROUND_A_FILE_BYTES

    async def limited(scope: Message, receive: Receive, send: Send) -> None:
        declared, reads = header(scope, b"content-length"), scope["method"] in ("GET", "HEAD", "OPTIONS")
        if reads and declared in (b"", b"0") and not header(scope, b"transfer-encoding"):
            await app(scope, receive, send)
            return
        most = file_bytes if not reads and scope["path"].startswith(_UPLOADS) else PLAIN_BODY_BYTES
        if declared.isdigit() and int(declared[:19]) > most:
            raise TooLarge(f"A request has at most {most} bytes.")
        await app(scope, _bounded(receive, most, seconds), send)

    return limited


def _bounded(receive: Receive, most: int, seconds: float) -> Receive:
    loop = asyncio.get_running_loop()
    began = loop.time()
    size = 0
    complete = False

    async def receive_bounded() -> Message:
        nonlocal size, complete
        if complete:
            # What is waited for now is the end of the connection, and that may take its time.
            return await receive()
        left = began + seconds + size / SLOWEST_BYTES_PER_SECOND - loop.time()
        try:
            async with asyncio.timeout(left):
                message = await receive()
        except TimeoutError as error:
            raise TooSlow("The body took too long.") from error
        if message["type"] == "http.request":
            size += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if size > most:
                raise TooLarge(f"A request has at most {most} bytes.")
        return message

    return receive_bounded
