"""Clients of the streams: they speak ASGI to the doors of an instance, with no network in between."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, Self
from urllib.parse import urlencode

import orjson

from fediunion.api.routes import API
from fediunion.api.streaming.hub import Hub
from fediunion.api.streaming.joining import hub_of
from fediunion.api.streaming.server_sent import ABORT
from fediunion.api.streaming.socket import socket_app
from fediunion.app.asgi import answering_handshake
from fediunion.kit.asgi import AsgiApp
from fediunion.world import World

PATIENCE_SECONDS = 300.0
_MARK = ":mark\n"
_END = {"error": "Unknown stream type", "status": 400}

Message = MutableMapping[str, Any]


class Connection:
    """One connection, and everything that the server sent on it."""

    def __init__(self, world: World, app: AsgiApp, scope: Message) -> None:
        self.world = world
        self.sent: asyncio.Queue[Message] = asyncio.Queue()
        self.aborted = False
        self.reads = asyncio.Event()
        self.reads.set()
        self._received: asyncio.Queue[Message] = asyncio.Queue()
        scope["extensions"] = {ABORT: {"abort": self._abort}}
        self._task = asyncio.ensure_future(app(scope, self._received.get, self._send))

    @property
    def hub(self) -> Hub:
        """The hub of the instance."""
        return hub_of(self.world)

    def tell(self, message: Message) -> None:
        """Let something come from the client."""
        self._received.put_nowait(message)

    async def next(self) -> Message:
        """Return the next thing that the server sent."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.sent.get()

    async def end(self) -> None:
        """Wait until the server is done with the connection."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._task

    async def handed_on(self) -> None:
        """Wait until what happened is handed on, and mark the place behind it."""
        await self.hub.settle()
        for subscriber in list(self.hub.subscribers):
            subscriber.say(_MARK)

    async def _send(self, message: Message) -> None:
        await self.reads.wait()
        if message["type"] in ("websocket.close", "http.response.body") and not message.get("more_body"):
            # As a server does: the application hears that the connection is over.
            gone = "websocket.disconnect" if message["type"].startswith("websocket") else "http.disconnect"
            self._received.put_nowait({"type": gone})
        self.sent.put_nowait(message)

    def _abort(self) -> None:
        self.aborted = True
        self.tell({"type": "websocket.disconnect"})


class Socket(Connection):
    """A WebSocket."""

    @classmethod
    async def open(
        cls,
        world: World,
        *,
        query: dict[str, str] | None = None,
        header: str = "",
        subprotocols: tuple[str, ...] = (),
        path: str = "/api/v1/streaming",
        address: str = "198.51.100.7",
    ) -> Self:
        """Return a connection whose handshake was answered; `accepted` and `refusal` say how."""
        scope: Message = {
            "type": "websocket",
            "path": path,
            "query_string": urlencode(query or {}).encode(),
            "headers": [(b"authorization", f"Bearer {header}".encode())] if header else [],
            "subprotocols": list(subprotocols),
            "client": (address, 1),
        }
        sockets = socket_app(world)

        async def app(scope: Message, receive: Any, send: Any) -> None:
            await sockets(scope, receive, answering_handshake(send))

        opened = cls(world, app, scope)
        opened.tell({"type": "websocket.connect"})
        opened.answer = await opened.next()
        opened.body = {}
        opened._kept = []
        if not opened.accepted:
            opened.body = orjson.loads((await opened.next())["body"])
            await opened.end()
        return opened

    answer: Message
    body: dict[str, Any]
    _kept: list[dict[str, Any]]

    @property
    def accepted(self) -> bool:
        """Whether the handshake was taken."""
        accepted: bool = self.answer["type"] == "websocket.accept"
        return accepted

    @property
    def refusal(self) -> int:
        """The HTTP status of a handshake that was refused."""
        status: int = self.answer["status"]
        return status

    def say(self, text: str) -> None:
        """Send a text frame."""
        self.tell({"type": "websocket.receive", "text": text})

    async def ask(self, kind: str, stream: object, **more: object) -> None:
        """Subscribe or unsubscribe; returns when that is done."""
        self.say(orjson.dumps({"type": kind, "stream": stream, **more}).decode())
        await self._keep_all_until_now()

    async def frames(self) -> list[dict[str, Any]]:
        """Return the frames up to now that were not looked at yet."""
        await self.hub.settle()
        await self._keep_all_until_now()
        kept, self._kept = self._kept, []
        return kept

    async def _keep_all_until_now(self) -> None:
        """Ask for nonsense: when that is answered, so is everything before it."""
        self.say('{"type":"subscribe","stream":"the end"}')
        while (frame := orjson.loads((await self.next())["text"])) != _END:
            self._kept.append(frame)

    async def leave(self) -> None:
        """Close the connection."""
        self.tell({"type": "websocket.disconnect"})
        await self.end()


class Events(Connection):
    """Server-sent events."""

    status: int
    headers: dict[bytes, bytes]

    @classmethod
    async def open(cls, world: World, path: str, *, bearer: str = "", **query: str) -> Self:
        """Return an answer that has begun."""
        scope: Message = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": urlencode(query).encode(),
            "headers": [(b"authorization", f"Bearer {bearer}".encode())] if bearer else [],
            "client": ("198.51.100.7", 1),
        }
        opened = cls(world, API.app(world), scope)
        start = await opened.next()
        opened.status = start["status"]
        opened.headers = dict(start["headers"])
        return opened

    async def text(self) -> str:
        """Return what came up to now and was not looked at yet."""
        await self.handed_on()
        found = ""
        while not found.endswith(_MARK):
            found += (await self.next())["body"].decode()
        return found.removesuffix(_MARK)

    async def leave(self) -> None:
        """Close the connection."""
        self.tell({"type": "http.disconnect"})
        await self.end()


@asynccontextmanager
async def listening(world: World, bearer: str, *streams: str, **more: object) -> AsyncIterator[Socket]:
    """Open a WebSocket that listens to streams; without a bearer as somebody without a login."""
    socket = await Socket.open(world, header=bearer)
    assert socket.accepted, socket.answer
    try:
        for stream in streams:
            await socket.ask("subscribe", stream, **more)
        assert await socket.frames() == []
        yield socket
    finally:
        await socket.leave()


def told(frames: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the streams and events of frames, for comparing."""
    return [(":".join(frame["stream"]), frame["event"]) for frame in frames]


def payload(frame: dict[str, Any]) -> Any:
    """Return what a frame carries: JSON in a text."""
    return orjson.loads(frame["payload"])
