"""The doors for activities: `/inbox` and `/actors/{name}/inbox`, as plain ASGI because they are hot."""

import asyncio
import re
from typing import Final

import orjson

from fediunion.activitypub.headers import RequestHeaders, normal_authority
from fediunion.activitypub.media_types import is_activity_type, parse_media_type
from fediunion.activitypub.request_signatures import ReceivedSignature
from fediunion.config import FederationMode
from fediunion.inbox.receive import Delivery, Reception
from fediunion.inbox.rejections import Rejections
from fediunion.kit.asgi import AsgiApp, Message, Receive, Send
from fediunion.kit.errors import BadDocument, FediUnionError, Gone, Invalid, Refused, TooLarge
from fediunion.kit.statuses import Statuses, find_status, retry_after
from fediunion.kit.urls import authority_of
from fediunion.world import World

BODY_DEADLINE_SECONDS: Final = 15.0
_KEY_RETRY_AFTER_SECONDS: Final = 60

_PERSONAL = re.compile(r"/actors/([^/]+)/inbox")
_STATUSES: Final[Statuses] = ((Gone, 400), (Invalid, 400), (Refused, 400))
"""What is wrong with what a document says is a fault of the document."""


class _Refusal(FediUnionError):
    """A request that is answered before anybody looks at what it carries."""

    def __init__(self, status: int, message: str, reason: str) -> None:
        super().__init__(message, reason=reason)
        self.status = status


class _CallerLeft(Exception):
    """The connection was closed before the body had come."""


def inbox_app(
    world: World, rejections: Rejections, *, body_deadline_seconds: float = BODY_DEADLINE_SECONDS
) -> AsgiApp:
    """Return the ASGI app of both inboxes. It answers 202 with no body once the activity is committed.

    Otherwise `{"error": sentence}` with 400, 401, 403, 404, 405, 408, 413, 415, 421, 429 or 503, the last
    two with Retry-After. Each refusal is counted by its reason.
    """
    reception = Reception(world)
    settings = world.settings
    is_off = settings.federation.mode is FederationMode.OFF
    max_bytes = settings.limits.inbox_max_bytes

    async def post_inbox(scope: Message, receive: Receive) -> None:
        headers = RequestHeaders(scope["headers"])
        if is_off:
            raise _Refusal(404, "Not found", "federation-off")
        if normal_authority(headers.get("host") or "", settings.instance.scheme) not in settings.authority:
            raise _Refusal(421, "This server does not answer for that host", "host-not-ours")
        path: str = scope["path"]
        personal = _PERSONAL.fullmatch(path)
        if personal is None and path != "/inbox":
            raise _Refusal(404, "Not found", "no-such-inbox")
        if scope["method"] != "POST":
            raise _Refusal(405, "An inbox takes POST only", "method")
        _check_headers(headers, max_bytes)
        signature = await reception.admit(headers)
        scope["fediunion.signature"] = signature
        body = await _read_body(receive, max_bytes, body_deadline_seconds)
        target = _target_of(scope)
        caller: str = scope["client"][0] if scope.get("client") else ""
        recipient = personal[1] if personal else None
        await reception.receive(Delivery(target, headers, body, recipient, caller), signature)

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        try:
            await post_inbox(scope, receive)
        except _CallerLeft:
            return
        except FediUnionError as error:
            rejections.count(error.reason, _host_of(scope.get("fediunion.signature")))
            await _refuse(send, error)
        else:
            await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})

    return app


def _check_headers(headers: RequestHeaders, max_bytes: int) -> None:
    length = headers.get("content-length")
    if length is not None and length.isdecimal() and int(length[:19]) > max_bytes:
        raise TooLarge(f"An activity has at most {max_bytes} bytes")
    media_type = headers.get("content-type") or ""
    if not is_activity_type(media_type) and parse_media_type(media_type)[0] != "application/ld+json":
        raise _Refusal(415, "An activity is application/activity+json", "media-type")
    if (headers.get("content-encoding") or "identity").lower() != "identity":
        raise _Refusal(415, "An activity is sent without compression", "content-encoding")


async def _read_body(receive: Receive, max_bytes: int, deadline_seconds: float) -> bytes:
    """Return the body; raise TooLarge as soon as it is longer, and give up after the deadline in all."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(deadline_seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _CallerLeft
                part: bytes = message.get("body", b"")
                size += len(part)
                if size > max_bytes:
                    raise TooLarge(f"An activity has at most {max_bytes} bytes")
                parts.append(part)
                if not message.get("more_body", False):
                    return parts[0] if len(parts) == 1 else b"".join(parts)
    except TimeoutError as error:
        raise _Refusal(408, "The body took too long", "body-timeout") from error


def _target_of(scope: Message) -> str:
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return (raw_path + b"?" + query if query else raw_path).decode("latin-1")


def _host_of(signature: ReceivedSignature | None) -> str:
    """Return the host that the key id names; "" without a signature that could be read."""
    if signature is None:
        return ""
    try:
        return authority_of(signature.key_id)
    except BadDocument:
        return ""


async def _refuse(send: Send, error: FediUnionError) -> None:
    status = error.status if isinstance(error, _Refusal) else find_status(error, _STATUSES) or 400
    body = orjson.dumps({"error": str(error)})
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    headers += retry_after(error, status, _KEY_RETRY_AFTER_SECONDS)
    if status == 405:
        headers.append((b"allow", b"POST"))
    if status in (408, 413):
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
