"""Bodies: not too big, not too slow."""

import asyncio
from collections.abc import Sequence

import pytest

from fediunion.app.asgi import answer
from fediunion.app.bodies import PLAIN_BODY_BYTES, TooSlow, with_body_limits
from fediunion.config import Settings
from fediunion.kit.asgi import AsgiApp, Message, Receive, Send
from fediunion.kit.errors import TooLarge
from tests.app.asking import ask


async def measure(scope: Message, receive: Receive, send: Send) -> None:
    """Answer with the number of bytes that came."""
    size = 0
    while (message := await receive())["type"] == "http.request":
        size += len(message["body"])
        if not message["more_body"]:
            break
    await answer(send, 200, str(size).encode(), "text/plain")


async def test_a_body_within_the_limit_arrives_whole(settings: Settings) -> None:
    parts = [b"x" * 1000] * 5
    assert (await ask(with_body_limits(settings, measure), method="POST", parts=parts)).body == b"5000"


async def test_a_body_that_says_it_is_too_big_is_refused_unread(settings: Settings) -> None:
    length = [("Content-Length", str(PLAIN_BODY_BYTES + 1))]
    with pytest.raises(TooLarge):
        await ask(with_body_limits(settings, measure), method="POST", headers=length)


async def test_a_body_that_grows_too_big_is_refused(settings: Settings) -> None:
    parts = [b"x" * 400_000] * 3
    with pytest.raises(TooLarge):
        await ask(with_body_limits(settings, measure), method="POST", parts=parts)


async def test_an_upload_may_be_as_big_as_the_configuration_says(settings: Settings) -> None:
    parts = [b"x" * 400_000] * 3
    app = with_body_limits(settings, measure)
    assert (await ask(app, "/api/v2/media", method="POST", parts=parts)).body == b"1200000"


async def test_R04_a_body_that_drips_is_given_up(settings: Settings) -> None:
    app = with_body_limits(settings, measure, seconds=0.05)
    async with asyncio.timeout(60):
        with pytest.raises(TooSlow):
            await drip(app, every=0.02)


@pytest.mark.parametrize("announced", [(b"content-length", b"9000"), (b"transfer-encoding", b"chunked")])
async def test_R04_the_body_of_a_reading_request_is_given_up_too(
    settings: Settings, announced: tuple[bytes, bytes]
) -> None:
    """The client interface reads it: some apps send the parameters of a GET as JSON."""
    app = with_body_limits(settings, measure, seconds=0.05)
    async with asyncio.timeout(60):
        with pytest.raises(TooSlow):
            await drip(app, every=0.02, method="GET", headers=[announced])


async def drip(
    app: AsgiApp, every: float, method: str = "POST", headers: Sequence[tuple[bytes, bytes]] = ()
) -> None:
    """Send one byte after another, for ever."""

    async def receive() -> Message:
        await asyncio.sleep(every)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(_message: Message) -> None:
        raise AssertionError("it was answered")

    scope: Message = {
        "type": "http",
        "method": method,
        "path": "/api/v1/statuses",
        "headers": list(headers),
    }
    await app(scope, receive, send)
