"""Streams as server-sent events: one HTTP answer that goes on, for one stream each.

Source: https://docs.joinmastodon.org/methods/streaming/#http and
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from typing import Final

from starlette.types import Receive, Scope, Send

from fediunion.api.endpoint import Answer, Call, Endpoint, Stream, get
from fediunion.api.streaming.channels import LONGEST_TAG, Subscription, is_open, scopes_of
from fediunion.api.streaming.joining import check_subscription, hub_of
from fediunion.api.streaming.subscriber import Ending, Outgoing, Subscriber
from fediunion.kit.errors import NotFound

ABORT: Final = "fediunion.abort"
"""The ASGI extension by which a connection is cut at once; `abort` in it is a function without arguments."""

_HEADERS: Final = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"private, no-store"),
    # A proxy that collects what is sent would hold every event back.
    (b"x-accel-buffering", b"no"),
]
_LONGEST_ID: Final = 30
_HELLO: Final = ":)\n"
_HEARTBEAT: Final = ":thump\n"
_PATHS: Final = {
    "/api/v1/streaming/user": "user",
    "/api/v1/streaming/user/notification": "user:notification",
    "/api/v1/streaming/public": "public",
    "/api/v1/streaming/public/local": "public:local",
    "/api/v1/streaming/public/remote": "public:remote",
    "/api/v1/streaming/hashtag": "hashtag",
    "/api/v1/streaming/hashtag/local": "hashtag:local",
    "/api/v1/streaming/list": "list",
    "/api/v1/streaming/direct": "direct",
}


class EventLine:
    """The answer that events are written into."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send = send
        self._abort = scope.get("extensions", {}).get(ABORT, {}).get("abort")

    def text(self, outgoing: Outgoing, label: str) -> str:
        """See Line."""
        return outgoing.lines()

    def heartbeat(self) -> str:
        """See Line."""
        return _HEARTBEAT

    async def send(self, text: str) -> None:
        """See Line."""
        await self._send({"type": "http.response.body", "body": text.encode(), "more_body": True})

    async def close(self, ending: Ending) -> None:
        """See Line: the answer ends, and the client knows no more than that."""
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def abort(self) -> None:
        """See Line."""
        if self._abort is not None:
            self._abort()


async def begin_stream(call: Call) -> Stream:
    """Begin the stream that the path names."""
    params = call.params
    name = _PATHS[call.path.rstrip("/")]
    if name.startswith("public") and params.flag("only_media"):
        name += ":media"
    tag, list_id = params.text("tag", most=LONGEST_TAG), params.text("list", most=_LONGEST_ID)
    subscription = await check_subscription(call.world, name, call.caller, tag=tag, list_id=list_id)
    hub = hub_of(call.world)
    hub.admission.admit(call.caller, call.address)

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await _run(call, subscription, scope, receive, send)
        finally:
            hub.admission.leave(call.caller, call.address)

    return Stream(run)


async def _run(call: Call, subscription: Subscription, scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
    if call.method == "HEAD":
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    hub = hub_of(call.world)
    now = call.world.clock.monotonic()
    subscriber = Subscriber(call.caller, call.address, EventLine(scope, send), now)
    hub.join(subscriber)
    try:
        hub.subscribe(subscriber, subscription.channel, subscription.label)
        subscriber.say(_HELLO)
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        await hub.leave(subscriber)


async def show_health(_call: Call) -> Answer:
    """Say that streams are served, as plain text."""
    return Answer(b"OK", headers=((b"content-type", b"text/plain; charset=utf-8"),))


async def show_no_other_server(_call: Call) -> Answer:
    """Say by NotFound that streams are served here; only a WebSocket is opened at this address.

    Source: https://docs.joinmastodon.org/methods/streaming/#hostname-discovery
    """
    raise NotFound("Streams are served here.")


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/streaming", show_no_other_server, public=True),
    get("/api/v1/streaming/health", show_health, public=True),
    *(get(path, begin_stream, *scopes_of(name), public=is_open(name)) for path, name in _PATHS.items()),
)
