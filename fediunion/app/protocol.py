"""HTTP/1.1 on the socket: uvicorn's, with limits on what comes before a request is one."""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from wsproto import events

from fediunion.api.streaming.server_sent import ABORT

HEAD_SECONDS: Final = 12.0
HEAD_BYTES: Final = 65_536
MOST_HEADERS: Final = 100
LONGEST_TARGET: Final = 8_192
MOST_PINGS_PER_MINUTE: Final = 120
LET_GO_SECONDS: Final = 10.0


class _Unacceptable(Exception):
    """The head of the request is one that we do not read further."""


class LimitedProtocol(HttpToolsProtocol):
    """Ends a connection whose head takes too long or is too big (R04), and refuses targets that name a host.

    A target that is not a path (`http://other/`, `@other`) is answered 400: what it names may differ from
    what the Host header names, and somebody in between may believe the other one (O21).
    """

    _head_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, as long as the head is within its limits."""
        if self._head_timer is None and self._is_between_requests():
            self._await_head()
        if self._head_timer is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_timer is not None and self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too big.")

    def on_headers_complete(self) -> None:
        """Check the head before anybody works on it."""
        self._stop_timer()
        if (
            not self.url.startswith(b"/")
            or len(self.url) > LONGEST_TARGET
            or len(self.headers) > MOST_HEADERS
            or self._head_size() > HEAD_BYTES
        ):
            raise _Unacceptable
        self.scope["extensions"] = {ABORT: {"abort": self.transport.abort}}
        super().on_headers_complete()

    def _head_size(self) -> int:
        """Return the bytes of a head that is complete: it may have come in one piece, with its body."""
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _give_up(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _is_between_requests(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or (cycle.response_complete and not cycle.more_body)


class LimitedSocket(WSProtocol):
    """A WebSocket that cannot be kept open by not reading, nor used to make us write pongs without end (O25).

    The server lets a connection go politely and waits until everything is sent; where nothing is read any
    more that would be never.
    """

    _pings = 0
    _pinged_since = 0.0
    _let_go: asyncio.TimerHandle | None = None

    def handle_connect(self, event: events.Request) -> None:
        """Begin; the application may cut the connection."""
        super().handle_connect(event)
        self.scope["extensions"] = {
            **(self.scope.get("extensions") or {}),
            ABORT: {"abort": self.transport.abort},
        }

    def handle_ping(self, event: events.Ping) -> None:
        """Answer a ping, unless there are too many."""
        now = self.loop.time()
        if now - self._pinged_since >= 60:
            self._pinged_since, self._pings = now, 0
        self._pings += 1
        if self._pings > MOST_PINGS_PER_MINUTE:
            self.transport.abort()
            return
        super().handle_ping(event)

    def keepalive_timeout(self) -> None:
        """End a connection that does not answer pings."""
        super().keepalive_timeout()
        self._abort_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        if self._let_go is not None:
            self._let_go.cancel()
            self._let_go = None
        super().connection_lost(exc)

    async def run_asgi(self) -> None:
        """Run the application; afterwards the connection ends, whether the client reads on or not."""
        await super().run_asgi()
        if not self.disconnected:
            self._abort_later()

    def _abort_later(self) -> None:
        if self._let_go is None and not self.disconnected:
            self._let_go = self.loop.call_later(LET_GO_SECONDS, self.transport.abort)
