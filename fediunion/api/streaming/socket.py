"""Streams over a WebSocket: one connection, as many streams as the client asks for.

Source: https://docs.joinmastodon.org/methods/streaming/#websocket
"""

import contextlib
from typing import Any, Final

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from fediunion.api.auth import Caller, find_caller
from fediunion.api.errors import BadRequest, RawHeaders, TooManyRequests, error_answer, is_known
from fediunion.api.limits import RateLimits
from fediunion.api.params import Pairs, Params, nested, query_pairs
from fediunion.api.streaming.channels import LONGEST_TAG, Subscription, subscription_to
from fediunion.api.streaming.joining import check_subscription, hub_of
from fediunion.api.streaming.server_sent import ABORT
from fediunion.api.streaming.subscriber import Ending, Outgoing, Subscriber
from fediunion.kit.errors import FediUnionError, NotFound
from fediunion.world import World

PATH: Final = "/api/v1/streaming"
MOST_SUBSCRIPTIONS: Final = 50
MOST_MESSAGES_PER_MINUTE: Final = 120
LONGEST_MESSAGE: Final = 4_096
"""Bytes; the server ends a connection that sends longer ones by itself."""

_LONGEST_NAME: Final = 50


class SocketLine:
    """The WebSocket that frames are written into; its protocol sends pings by itself."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send = send
        self._abort = scope.get("extensions", {}).get(ABORT, {}).get("abort")

    def text(self, outgoing: Outgoing, label: str) -> str:
        """See Line."""
        return outgoing.frame(label)

    def heartbeat(self) -> str:
        """See Line."""
        return ""

    async def send(self, text: str) -> None:
        """See Line."""
        await self._send({"type": "websocket.send", "text": text})

    async def close(self, ending: Ending) -> None:
        """See Line."""
        await self._send({"type": "websocket.close", "code": ending.code, "reason": ending.reason})

    def abort(self) -> None:
        """See Line."""
        if self._abort is not None:
            self._abort()


def socket_app(world: World) -> ASGIApp:
    """Return the ASGI app of all WebSockets of an instance. The hub listens from now on."""
    hub = hub_of(world)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        address = str(scope["client"][0]) if scope.get("client") else ""
        told: RawHeaders = []
        try:
            caller, first = await _counted_handshake(world, scope, address, told)
            hub.admission.admit(caller, address)
        except FediUnionError as error:
            if not is_known(error):
                raise
            await _refuse(send, error, told)
            return
        try:
            await _accept(scope, send)
            now = world.clock.monotonic()
            subscriber = Subscriber(caller, address, SocketLine(scope, send), now)
            await _Conversation(world, subscriber).run(receive, first)
        finally:
            hub.admission.leave(caller, address)

    return app


async def _counted_handshake(
    world: World, scope: Scope, address: str, told: RawHeaders
) -> tuple[Caller | None, Subscription | None]:
    """Return what `_read_handshake` does, counted as any request is; `told` gets the headers about limits.

    Raises as that does, and TooManyRequests.
    """
    counts = world.part(RateLimits)
    try:
        caller, first = await _read_handshake(world, scope)
    except FediUnionError:
        told += counts.count_address(address)
        raise
    if caller is None:
        told += counts.count_address(address)
    else:
        told += counts.count_member(caller.member_id, "GET", PATH)
    return caller, first


async def _read_handshake(world: World, scope: Scope) -> tuple[Caller | None, Subscription | None]:
    """Return who connects, and the stream that the address asks for, if it does.

    The token is looked for where clients put it: header, query, subprotocol. It is taken out of the scope,
    so that no log has it.
    """
    if scope["path"].rstrip("/") != PATH:
        raise NotFound("There is no such stream.")
    query = query_pairs(scope["query_string"])
    scope["query_string"] = b""
    caller = await find_caller(world, _authorization(scope, query))
    values = nested(query)
    if not values.get("stream"):
        return caller, None
    params = Params(values, query)
    name = params.text("stream", most=_LONGEST_NAME)
    tag, list_id = params.text("tag", most=LONGEST_TAG), params.text("list", most=_LONGEST_NAME)
    return caller, await check_subscription(world, name, caller, tag=tag, list_id=list_id)


def _authorization(scope: Scope, query: Pairs) -> bytes | None:
    for name, value in scope["headers"]:
        if name == b"authorization":
            found: bytes = value
            return found
    tokens = [value for name, value in query if name == "access_token" and value]
    tokens += scope.get("subprotocols") or []
    return None if not tokens else b"Bearer " + tokens[0].encode("utf-8", "replace")


async def _accept(scope: Scope, send: Send) -> None:
    """Take the connection. A browser that offered subprotocols wants to hear one of them."""
    offered: list[str] = scope.get("subprotocols") or []
    # Whoever has gone already is heard of as soon as anything is received.
    with contextlib.suppress(OSError):
        await send({"type": "websocket.accept", "subprotocol": offered[0] if offered else None})


async def _refuse(send: Send, error: FediUnionError, told: RawHeaders) -> None:
    """Answer the handshake with an HTTP error, as other requests are answered."""
    status, body, headers = error_answer(error)
    given = {name for name, _ in headers}
    headers += [pair for pair in told if pair[0] not in given]
    headers += [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Conversation:
    """What a client says on its connection, and what it is answered."""

    def __init__(self, world: World, subscriber: Subscriber) -> None:
        self._world = world
        self._hub = hub_of(world)
        self._subscriber = subscriber
        self._minute = subscriber.since
        self._messages = 0

    async def run(self, receive: Receive, first: Subscription | None) -> None:
        """Listen to the client until the connection is gone."""
        self._hub.join(self._subscriber)
        try:
            if first is not None:
                self._hub.subscribe(self._subscriber, *first)
            while (message := await receive())["type"] != "websocket.disconnect":
                if self._subscriber.ended is None:
                    await self._answer(message.get("text"))
        finally:
            await self._hub.leave(self._subscriber)

    async def _answer(self, text: str | None) -> None:
        if self._is_unruly():
            self._subscriber.end(Ending.UNRULY)
            return
        try:
            await self._obey(_read_message(text))
        except FediUnionError as error:
            if not is_known(error):
                raise
            status, body, _ = error_answer(error)
            refusal = {"error": orjson.loads(body)["error"], "status": status}
            self._subscriber.say(orjson.dumps(refusal).decode())

    def _is_unruly(self) -> bool:
        now = self._world.clock.monotonic()
        if now - self._minute >= 60:
            self._minute, self._messages = now, 0
        self._messages += 1
        return self._messages > MOST_MESSAGES_PER_MINUTE

    async def _obey(self, wish: dict[str, Any]) -> None:
        """Subscribe or unsubscribe. Raises what the frame of the error says."""
        name, caller = wish.get("stream"), self._subscriber.caller
        tag, list_id = wish.get("tag"), wish.get("list")
        if not isinstance(name, str):
            raise BadRequest("The stream is missing")
        if wish.get("type") == "subscribe":
            channel, label = await check_subscription(self._world, name, caller, tag=tag, list_id=list_id)
            if channel not in self._subscriber.channels and (
                len(self._subscriber.channels) >= MOST_SUBSCRIPTIONS
            ):
                raise TooManyRequests("Too many subscriptions", retry_after_seconds=60)
            self._hub.subscribe(self._subscriber, channel, label)
        elif wish.get("type") == "unsubscribe":
            channel, _ = subscription_to(name, caller, tag=tag, list_id=list_id)
            self._hub.unsubscribe(self._subscriber, channel)
        else:
            raise BadRequest("Unknown message type")


def _read_message(text: str | None) -> dict[str, Any]:
    if text is None or len(text.encode("utf-8", "replace")) > LONGEST_MESSAGE:
        raise BadRequest("The message cannot be read")
    try:
        message = orjson.loads(text)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise BadRequest("The message cannot be read")
    return message
