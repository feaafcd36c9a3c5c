"""Reading the body of a request: JSON, form or multipart, within limits."""

from collections.abc import AsyncGenerator
from typing import Any, Final

import orjson
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Receive

from fediunion.activitypub.jsonparse import may_hold_unstorable_text, refuse_many_parts
from fediunion.api.errors import BadRequest
from fediunion.api.params import check_characters, nested, query_pairs
from fediunion.kit.errors import BadDocument, TooLarge
from fediunion.kit.multipart import MAX_FIELDS

MAX_BODY_BYTES: Final = 2 * 1_048_576
MAX_FILES: Final = 4


async def read_body(receive: Receive, content_type: bytes) -> dict[str, Any]:
    """Return the parameters that the body holds, under their meaning (see params.nested).

    A body of another kind than JSON, form or multipart holds none. Raises TooLarge beyond 2 MiB,
    BadRequest for one that cannot be read.
    """
    body = await _whole(receive)
    kind = content_type.partition(b";")[0].strip().lower()
    if not body:
        return {}
    if kind == b"application/json":
        return _without_brackets(_json(body))
    if kind == b"application/x-www-form-urlencoded":
        return nested(query_pairs(body))
    if kind == b"multipart/form-data":
        return await _multipart(body, content_type)
    return {}


def _json(body: bytes) -> dict[str, Any]:
    """Return a JSON object. Anybody may send one: whoever waits beside it is not kept for long (row O22)."""
    try:
        refuse_many_parts(body)
        value = orjson.loads(body)
    except BadDocument as error:
        raise BadRequest("The body has too many parts") from error
    except orjson.JSONDecodeError as error:
        raise BadRequest("The body is no JSON") from error
    if not isinstance(value, dict):
        raise BadRequest("The body has to be a JSON object")
    if may_hold_unstorable_text(body):
        check_characters(value)
    return value


async def _whole(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("The connection was closed")
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise TooLarge(f"A request has at most {MAX_BODY_BYTES} bytes")
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _without_brackets(value: dict[str, Any]) -> dict[str, Any]:
    """Return JSON whose names may be Rails' too: some clients send `{"media_ids[]": [...]}`."""
    return {(name.removesuffix("[]")): entry for name, entry in value.items()}


async def _multipart(body: bytes, content_type: bytes) -> dict[str, Any]:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body
        yield b""

    headers = Headers(raw=[(b"content-type", content_type)])
    parser = MultiPartParser(
        headers, stream(), max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_BODY_BYTES
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise BadRequest("The form cannot be read") from error
    pairs: list[tuple[str, Any]] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            await value.close()
        else:
            pairs.append((name, value))
    check_characters(pairs)
    return nested(pairs)
