"""One open stream: what it listens to, what waits to be sent, and how it ends."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol

import orjson

from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.api.auth import Caller
from fediunion.api.streaming.channels import Channel

MOST_WAITING: Final = 256
"""As many texts wait for a slow client at most; then it is cut off."""

CLOSE_SECONDS: Final = 5.0

_GONE: Final = (OSError, RuntimeError)
"""What a server raises for a connection that it has lost, or has closed by itself."""


class Ending(Enum):
    """Why the server ends a stream: the close code of RFC 6455, section 7.4.1, and the reason in words."""

    REVOKED = (1008, "The access token is invalid")
    UNRULY = (1008, "Too many messages")
    IDLE = (1000, "Nothing was subscribed to")
    TOO_SLOW = (1013, "The client is too slow")
    STOPPING = (1012, "The server stops")

    @property
    def code(self) -> int:
        """The close code."""
        return self.value[0]

    @property
    def reason(self) -> str:
        """The reason in words."""
        return self.value[1]


@dataclass
class Outgoing:
    """One event as it is sent; texts are made once and shared by all who get them."""

    event: str
    payload: str | None
    _frames: dict[str, str] = field(default_factory=dict)

    def frame(self, label: str) -> str:
        """Return it for a WebSocket: the payload is JSON within JSON."""
        found = self._frames.get(label)
        if found is None:
            payload = "" if self.payload is None else f',"payload":{orjson.dumps(self.payload).decode()}'
            found = self._frames[label] = f'{{"stream":{label},"event":"{self.event}"{payload}}}'
        return found

    def lines(self) -> str:
        """Return it as a server-sent event."""
        payload = "undefined" if self.payload is None else self.payload
        return f"event: {self.event}\ndata: {payload}\n\n"


class Line(Protocol):
    """The connection under a stream."""

    def text(self, outgoing: Outgoing, label: str) -> str:
        """Return an event as this kind of connection writes it."""
        ...

    def heartbeat(self) -> str:
        """Return what is sent when nothing happens; empty where the protocol has pings of its own."""
        ...

    async def send(self, text: str) -> None:
        """Send; returns when the connection can take more. Raises OSError where it is gone."""
        ...

    async def close(self, ending: Ending) -> None:
        """Say goodbye."""
        ...

    def abort(self) -> None:
        """Cut the connection."""
        ...


class Subscriber:
    """An open stream. Idle it costs no task: one is made while there is something to send."""

    __slots__ = ("_ending", "_line", "_sending", "_texts", "address", "caller", "channels", "since")

    def __init__(self, caller: Caller | None, address: str, line: Line, since: float) -> None:
        self.caller = caller
        self.address = address
        self.since = since
        self.channels: dict[Channel, str] = {}
        self._line = line
        self._texts: deque[str] = deque()
        self._sending: asyncio.Task[None] | None = None
        self._ending: Ending | None = None

    @property
    def actor_id(self) -> int | None:
        """Who listens; None for somebody without a login."""
        return None if self.caller is None else self.caller.actor_id

    @property
    def viewer(self) -> Viewer:
        """Who listens, for queries."""
        return ANONYMOUS if self.caller is None else self.caller.viewer

    @property
    def ended(self) -> Ending | None:
        """Why it has ended, if it has."""
        return self._ending

    def offer(self, outgoing: Outgoing, channel: Channel) -> None:
        """Send an event of a channel that is listened to."""
        label = self.channels.get(channel)
        if label is not None:
            self.say(self._line.text(outgoing, label))

    def beat(self) -> None:
        """Send a sign of life, unless something else is under way."""
        text = self._line.heartbeat()
        if text and not self._texts:
            self.say(text)

    def say(self, text: str) -> None:
        """Send a text after those that wait; cut off who does not read."""
        if self._ending is not None:
            return
        if len(self._texts) >= MOST_WAITING:
            self.end(Ending.TOO_SLOW)
            return
        self._texts.append(text)
        if self._sending is None:
            self._begin(self._send_all())

    def end(self, ending: Ending) -> None:
        """Stop: nothing that waits is sent any more. Who does not even read the goodbye is cut off."""
        if self._ending is not None:
            return
        self._ending = ending
        self._texts.clear()
        if self._sending is not None:
            self._sending.cancel()
        self._begin(self._close(ending))

    async def finish(self) -> None:
        """Let go of what is under way; the connection is gone."""
        self._texts.clear()
        if self._sending is not None:
            self._sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sending

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        self._sending = asyncio.get_running_loop().create_task(work)

    async def _send_all(self) -> None:
        try:
            while self._texts:
                await self._line.send(self._texts.popleft())
        except _GONE:
            # Whoever waits for what the client sends hears of it too, and leaves.
            self._texts.clear()
        finally:
            if self._ending is None:
                self._sending = None

    async def _close(self, ending: Ending) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._line.close(ending)
        except (TimeoutError, *_GONE):
            self._line.abort()
