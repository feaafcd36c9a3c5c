"""Asking an ASGI app directly, as a caller with any address and any headers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from fediunion.kit.asgi import AsgiApp, Message


@dataclass(frozen=True)
class Answered:
    """What an app answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)


async def ask(
    app: AsgiApp,
    path: str = "/",
    *,
    method: str = "GET",
    host: str | None = "union.test",
    headers: Sequence[tuple[str, str]] = (),
    parts: Sequence[bytes] = (b"",),
    client: str = "198.51.100.9",
) -> Answered:
    """Send one request, its body in `parts`; return the answer."""
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    if host is not None:
        raw.insert(0, (b"host", host.encode("latin-1")))
    target, _, query = path.partition("?")
    scope: Message = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": target,
        "raw_path": target.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": raw,
        "client": (client, 5000),
        "server": ("127.0.0.1", 8000),
    }
    waiting = list(parts)
    started: Message = {}
    sent: list[bytes] = []

    async def receive() -> Message:
        if not waiting:
            return {"type": "http.disconnect"}
        part = waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
        else:
            sent.append(message.get("body", b""))

    await app(scope, receive, send)
    named = {name.decode(): value.decode("latin-1") for name, value in started["headers"]}
    return Answered(started["status"], named, b"".join(sent))
