"""HTTP answers to other servers, prepared as bytes, and what each of our errors answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import orjson
from starlette.responses import Response

from fediunion.activitypub.media_types import ACTIVITY_JSON
from fediunion.kit.asgi import Send
from fediunion.kit.errors import (
    BadSignature,
    FediUnionError,
    Gone,
    NotAllowed,
    NotFound,
    Unavailable,
    Unreachable,
)
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import header_address

VARY: Final = "Accept, Signature"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `headers` have lower-case names and include the length of `body`."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    async def send(self, send: Send, *, head: bool = False) -> None:
        """Send it; with `head` without its body."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})

    def response(self) -> Response:
        """Return it for a route; Starlette leaves the body out for HEAD."""
        headers = {name.decode(): value.decode() for name, value in self.headers}
        return Response(self.body, self.status, headers)


def answer_bytes(
    body: bytes, content_type: str, *, status: int = 200, more: Mapping[str, str] | None = None
) -> Answer:
    """Return an answer of ready bytes. It varies with the signature, as what is told may."""
    headers = {
        "content-type": content_type,
        "content-length": str(len(body)),
        "vary": VARY,
        **(more or {}),
    }
    return Answer(status, tuple((name.encode(), value.encode()) for name, value in headers.items()), body)


def answer_document(document: JsonObject, *, status: int = 200) -> Answer:
    """Return an ActivityStreams document as answer."""
    return answer_bytes(orjson.dumps(document), ACTIVITY_JSON, status=status)


def answer_json(
    document: object, content_type: str = "application/json", *, more: Mapping[str, str] | None = None
) -> Answer:
    """Return JSON of another media type as answer, readable for pages of every site."""
    return answer_bytes(
        orjson.dumps(document), content_type, more={"access-control-allow-origin": "*", **(more or {})}
    )


def answer_error(error: FediUnionError) -> Answer:
    """Return what an error answers to another server: one sentence as JSON."""
    status, more = 400, {}
    if isinstance(error, BadSignature):
        status, more = 401, {"www-authenticate": "Signature"}
    elif isinstance(error, NotAllowed):
        status = 403
    elif isinstance(error, NotFound):
        return NOT_FOUND
    elif isinstance(error, Gone):
        status = 410
    elif isinstance(error, Unreachable | Unavailable):
        seconds = error.retry_after_seconds or 30
        status, more = 503, {"retry-after": str(max(1, round(seconds)))}
    body = orjson.dumps({"error": str(error)})
    return answer_bytes(body, "application/json", status=status, more=more)


NOT_FOUND: Final = answer_bytes(orjson.dumps({"error": "Not found"}), "application/json", status=404)
"""The one answer for what is not there and for what the one who asks may not know of (row I4)."""

NEEDS_SIGNATURE: Final = answer_error(BadSignature("This needs a signed request", reason="no-signature"))

METHOD_NOT_ALLOWED: Final = answer_bytes(
    orjson.dumps({"error": "Only GET and HEAD"}), "application/json", status=405, more={"allow": "GET, HEAD"}
)


def redirect_to(url: str) -> Answer:
    """Return a redirect to a page for people."""
    return answer_bytes(b"", "text/plain; charset=utf-8", status=302, more={"location": header_address(url)})


@lru_cache(maxsize=512)
def wants_page(accept: str | None) -> bool:
    """Return whether an Accept header asks for a page rather than a document.

    Browsers name text/html and never the types of ActivityPub; who names neither is a program.
    """
    text = (accept or "").lower()
    if "activity+json" in text or "ld+json" in text:
        return False
    return "text/html" in text or "application/xhtml+xml" in text
