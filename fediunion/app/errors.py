"""Errors as HTTP answers: a page for people, JSON for machines."""

from typing import Final

import orjson
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request

from fediunion.app.asgi import answer, header
from fediunion.app.bodies import TooSlow
from fediunion.config import Settings
from fediunion.kit.asgi import AsgiApp, Message, Receive, Send
from fediunion.kit.errors import BadDocument, FediUnionError, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.kit.statuses import Statuses, find_status, retry_after
from fediunion.web.render import error_page

_STATUSES: Final[Statuses] = ((TooSlow, 408),)
_SENTENCES: Final = {
    404: Sentence("Not found"),
    405: Sentence("This address does not take that method"),
    500: Sentence("Something went wrong here; it was written down"),
}
_NO_TEXT: Final = Sentence("What was sent contains what is no character")
_NUL: Final = "\x00"
_NUL_IN_QUERY: Final = b"%00"
_FOR_MACHINES: Final = (
    *("/api/", "/actors/", "/inbox", "/.well-known/", "/nodeinfo/", "/contexts/"),
    *("/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/userinfo"),
)

_log = structlog.get_logger(__name__)


def with_errors(settings: Settings, app: AsgiApp) -> AsgiApp:
    """Return `app` whose errors become answers: a page for people, `{"error": sentence}` for machines.

    What was not foreseen is logged and answered 500 without a word about it (O26). An error after the
    answer has begun is raised again: the server closes the connection.
    """

    async def answering(scope: Message, receive: Receive, send: Send) -> None:
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            if _NUL in scope["path"]:
                # Nothing is called by it, and PostgreSQL refuses to look for it.
                raise NotFound(_SENTENCES[404])
            if _NUL_IN_QUERY in scope["query_string"]:
                raise BadDocument(_NO_TEXT)
            await app(scope, receive, send_noting)
        except Exception as error:
            status, more = _status_of(error)
            if status == 500:
                _log.exception("a request failed", path=scope["path"], method=scope["method"])
            if begun:
                raise
            sentence = _sentence(error, status)
            if _wants_page(scope):
                body = error_page(settings, status, sentence, Request(scope))
                media_type = "text/html; charset=utf-8"
                more.append((b"vary", b"Accept-Language, Cookie"))
            else:
                body, media_type = orjson.dumps({"error": str(sentence)}), "application/json"
            more.append((b"cache-control", b"no-store"))
            await answer(send, status, b"" if scope["method"] == "HEAD" else body, media_type, more)

    return answering


def _status_of(error: Exception) -> tuple[int, list[tuple[bytes, bytes]]]:
    """Return the HTTP status of an error, and the headers that belong to it."""
    if isinstance(error, HTTPException):
        return error.status_code, [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in (error.headers or {}).items()
        ]
    status = find_status(error, _STATUSES) or 500
    more = retry_after(error, status)
    if status in (408, 413):
        more.append((b"connection", b"close"))
    return status, more


def _sentence(error: Exception, status: int) -> str:
    if isinstance(error, NotFound):
        # One text for all: what is hidden reads like what never was (O26).
        return _SENTENCES[404]
    if isinstance(error, FediUnionError) and status != 500:
        return sentence_of(error)
    if isinstance(error, HTTPException) and status not in _SENTENCES:
        return error.detail
    return _SENTENCES.get(status, _SENTENCES[500])


def _wants_page(scope: Message) -> bool:
    return not scope["path"].startswith(_FOR_MACHINES) and b"text/html" in header(scope, b"accept")
