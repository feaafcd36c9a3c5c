"""Servers on real sockets that take deliveries as a test wants: well, slowly, wrongly, not at all."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeAlias

import orjson

from tests.ports import free_port

_PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class PeerRequest:
    """One request that a peer read; `label` is the host's first name."""

    label: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def scheme(self) -> str:
        """The signature scheme it was signed with."""
        return "rfc9421" if "signature-input" in self.headers else "cavage"

    @property
    def activity(self) -> dict[str, Any]:
        """The body as JSON."""
        document: dict[str, Any] = orjson.loads(self.body)
        return document


Manner: TypeAlias = Callable[[PeerRequest, asyncio.StreamWriter], Awaitable[bool]]
"""Answers a request; False ends the connection."""


def answers(status: int = 202, headers: Mapping[str, str] | None = None, *, after: float = 0.0) -> Manner:
    """Answer with a status after so many seconds."""

    async def manner(_request: PeerRequest, writer: asyncio.StreamWriter) -> bool:
        if after:
            await asyncio.sleep(after)
        lines = [f"HTTP/1.1 {status} Whatever", "Content-Length: 0"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        await writer.drain()
        return True

    return manner


def answers_after(event: asyncio.Event) -> Manner:
    """Accept once something has happened, and say nothing before."""

    async def manner(request: PeerRequest, writer: asyncio.StreamWriter) -> bool:
        await event.wait()
        return await answers(202)(request, writer)

    return manner


def drips(seconds_between: float) -> Manner:
    """Answer one byte at a time, never to the end of the header."""

    async def manner(_request: PeerRequest, writer: asyncio.StreamWriter) -> bool:
        for byte in b"HTTP/1.1 202 Accepted\r\nX-Filler: " + b"x" * 100_000:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(seconds_between)
        return False

    return manner


def resets() -> Manner:
    """Read the request, then reset the connection."""

    async def manner(_request: PeerRequest, writer: asyncio.StreamWriter) -> bool:
        transport = writer.transport
        assert isinstance(transport, asyncio.Transport)
        transport.abort()
        return False

    return manner


def black_hole() -> Manner:
    """Read the request, and say nothing ever."""

    async def manner(_request: PeerRequest, _writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(3600)
        return False

    return manner


def in_turn(*manners: Manner) -> Manner:
    """Answer the first request in the first manner, and so on; the last for all that follow."""
    left = list(manners)

    async def manner(request: PeerRequest, writer: asyncio.StreamWriter) -> bool:
        return await (left.pop(0) if len(left) > 1 else left[0])(request, writer)

    return manner


def takes_only(scheme: str, *, refusal: int = 401) -> Manner:
    """Accept one signature scheme, and refuse the other."""

    async def manner(request: PeerRequest, writer: asyncio.StreamWriter) -> bool:
        return await answers(202 if request.scheme == scheme else refusal)(request, writer)

    return manner


def by_path(manners: Mapping[str, Manner], otherwise: Manner) -> Manner:
    """Answer in the manner of the path."""

    async def manner(request: PeerRequest, writer: asyncio.StreamWriter) -> bool:
        return await manners.get(request.path, otherwise)(request, writer)

    return manner


class Peers:
    """Any number of servers `LABEL.localhost:PORT` behind one socket; each has its own manner.

    Use it as `async with Peers() as peers`. Unless told otherwise a server answers 202.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, *, manner: Manner | None = None) -> None:
        self.requests: list[PeerRequest] = []
        self.manner = manner or answers(202)
        self.at_once: dict[str, int] = {}
        self.most_at_once: dict[str, int] = {}
        self.port = free_port()
        self._tls = tls
        self._manners: dict[str, Manner] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: set[asyncio.StreamWriter] = set()
        self._arrived = asyncio.Condition()

    async def __aenter__(self) -> "Peers":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Begin to listen; on the port that was had before, after a stop."""
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", self.port, ssl=self._tls, backlog=1000
        )

    async def stop(self) -> None:
        """Refuse and end all connections."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()
        await asyncio.sleep(0)

    def behave(self, label: str, manner: Manner) -> None:
        """Let one server answer in this manner from now on."""
        self._manners[label] = manner

    def host(self, label: str) -> str:
        """Return the authority of a server."""
        return f"{label}.localhost:{self.port}"

    def inbox(self, label: str, path: str = "/inbox") -> str:
        """Return the address of an inbox."""
        return f"{'http' if self._tls is None else 'https'}://{self.host(label)}{path}"

    def to(self, label: str, path: str | None = None) -> list[PeerRequest]:
        """Return the requests to a server, oldest first."""
        return [each for each in self.requests if each.label == label and path in (None, each.path)]

    def ids(self, label: str, path: str | None = None) -> list[str]:
        """Return the ids of the activities that a server read, in order."""
        return [str(request.activity["id"]) for request in self.to(label, path)]

    async def wait_for(self, count: int, label: str | None = None) -> None:
        """Return when so many requests have come in all, or to one server; raise TimeoutError."""

        await self.until(lambda: len(self.requests if label is None else self.to(label)) >= count)

    async def until(self, arrived: Callable[[], bool]) -> None:
        """Return when what has come is enough; raise TimeoutError."""
        async with asyncio.timeout(_PATIENCE_SECONDS), self._arrived:
            await self._arrived.wait_for(arrived)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        task = asyncio.create_task(self._converse(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await _read_request(reader)
                self.requests.append(request)
                async with self._arrived:
                    self._arrived.notify_all()
                label = request.label
                self.at_once[label] = self.at_once.get(label, 0) + 1
                self.most_at_once[label] = max(self.most_at_once.get(label, 0), self.at_once[label])
                try:
                    if not await self._manners.get(label, self.manner)(request, writer):
                        return
                finally:
                    self.at_once[label] -= 1
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()


async def _read_request(reader: asyncio.StreamReader) -> PeerRequest:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, path, _ = first.split(" ", 2)
    label = headers["host"].partition(".")[0]
    return PeerRequest(label, method, path, headers, body)
