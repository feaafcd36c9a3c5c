"""A plain answer in the words of ASGI."""

from fediunion.kit.asgi import Message, RawHeaders, Send


def header(scope: Message, name: bytes) -> bytes:
    """Return the first header of that lower-case name, b"" where there is none."""
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found
    return b""


def answering_handshake(send: Send) -> Send:
    """Return a `send` for a WebSocket that takes an HTTP answer too: one that refuses the handshake.

    Source: https://asgi.readthedocs.io/en/latest/extensions.html#websocket-denial-response
    """

    async def send_either(message: Message) -> None:
        if message["type"].startswith("http."):
            message = {**message, "type": f"websocket.{message['type']}"}
        await send(message)

    return send_either


async def answer(
    send: Send, status: int, body: bytes = b"", media_type: str = "application/json", more: RawHeaders = ()
) -> None:
    """Send a whole answer; without a body there is no media type either."""
    headers = [(b"content-length", b"%d" % len(body)), *more]
    if body:
        headers.insert(0, (b"content-type", media_type.encode("ascii")))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
