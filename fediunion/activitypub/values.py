"""Reading single values of received JSON: string, object or array, whichever a server chose to send."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from fediunion.activitypub.vocab_objects import PUBLIC, PUBLIC_SPELLINGS
from fediunion.kit.clock import parse_instant
from fediunion.kit.errors import BadDocument
from fediunion.kit.json import JsonObject

MAX_URI_BYTES = 2048
"""In UTF-8: an id must fit into an index, whose entries PostgreSQL limits to 2,704 bytes."""

MAX_NAME_CHARACTERS = 2000
MAX_TEXT_CHARACTERS = 1_000_000
MAX_COUNT = 2**53 - 1

_URI = re.compile(
    r"https?://[^\s/?#<>\"\\@\x00-\x20\x7f]++(?:[/?#][^\s<>\"\\\x00-\x20\x7f]*+)?+", re.IGNORECASE
)
_FORBIDDEN_KEYS = tuple(f'"{key}":'.encode() for key in ("@graph", "@included", "@reverse", "@nest"))
_SECRET_RECIPIENTS = frozenset(
    prefix + key for prefix in ("", "as:", "https://www.w3.org/ns/activitystreams#") for key in ("bto", "bcc")
)
_VOCABULARY_PREFIXES = ("as:", "https://www.w3.org/ns/activitystreams#")


def admit(document: object) -> JsonObject:
    """Return the document as it may be kept: without `bto` and `bcc` at any level, without U+0000.

    JSON-LD keywords that would make it mean something else to another reader are refused (Mastodon does
    the same), and so is what could not be stored: lone surrogates, keys that are no strings. The inline
    context is never interpreted. Raises BadDocument.
    """
    if not isinstance(document, dict):
        raise BadDocument("A document must be a JSON object.", reason="not-an-object")
    try:
        body = orjson.dumps(document)
    except (TypeError, RecursionError) as error:
        raise BadDocument("This document is no plain JSON.", reason="not-json") from error
    for keyword in _FORBIDDEN_KEYS:
        if keyword in body:
            raise BadDocument(
                f"{keyword.decode()[:-1]} is not accepted in documents.", reason="json-ld-keyword"
            )
    if b'bto":' in body or b'bcc":' in body or b"\\u0000" in body:
        kept: JsonObject = _without_secrets(document)
        return kept
    return document


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key.replace("\x00", ""): _without_secrets(each)
            for key, each in value.items()
            if key not in _SECRET_RECIPIENTS
        }
    if isinstance(value, list | tuple):
        return [_without_secrets(each) for each in value]
    return value.replace("\x00", "") if isinstance(value, str) else value


def is_uri(value: object, *, fragment: bool = True) -> bool:
    """Return whether this is an absolute http or https address without user, spaces or control characters."""
    return (
        isinstance(value, str)
        and fits_index(value)
        and _URI.fullmatch(value) is not None
        and (fragment or "#" not in value)
    )


def fits_index(text: str) -> bool:
    """Return whether a text has at most MAX_URI_BYTES."""
    return len(text) <= MAX_URI_BYTES and (
        text.isascii() or len(text.encode("utf-8", "surrogatepass")) <= MAX_URI_BYTES
    )


def each(value: object, limit: int) -> Iterator[Any]:
    """Yield the first `limit` entries of an array, or the value itself where it is none; nothing for null."""
    if isinstance(value, list):
        yield from value[:limit]
    elif value is not None:
        yield value


def uri(value: object) -> str | None:
    """Return the id or address in a string, an object (`id`, `href` or `url`) or the first of an array."""
    if isinstance(value, str):
        return value if is_uri(value) else None
    if isinstance(value, dict):
        for key in ("id", "href", "url"):
            inner = value.get(key)
            if isinstance(inner, str) and is_uri(inner):
                return inner
        return None
    if isinstance(value, list):
        return next(
            (found for entry in value[:16] if not isinstance(entry, list) and (found := uri(entry))), None
        )
    return None


def uris(value: object, limit: int) -> tuple[str, ...]:
    """Return the ids in a string, object or array, each once; what is none is left out."""
    if value is None:
        return ()
    found = dict.fromkeys(uri(entry) for entry in each(value, limit) if not isinstance(entry, list))
    found.pop(None, None)
    return tuple(name for name in found if name is not None)


def recipients(value: object, limit: int) -> tuple[str, ...]:
    """Return whom `to` or `cc` names, each once; the three spellings of the public become PUBLIC.

    What is neither an address nor such a spelling is left out, so that it can only narrow.
    """
    if value is None:
        return ()
    found: dict[str, None] = {}
    for entry in each(value, limit):
        if isinstance(entry, str) and entry in PUBLIC_SPELLINGS:
            found[PUBLIC] = None
        elif not isinstance(entry, list) and (name := uri(entry)) is not None:
            found[PUBLIC if name in PUBLIC_SPELLINGS else name] = None
    return tuple(found)


def text(value: object, limit: int = MAX_TEXT_CHARACTERS) -> str | None:
    """Return the first `limit` characters of a string that is not empty; None for anything else."""
    return value[:limit] if isinstance(value, str) and value else None


def name(value: object) -> str | None:
    """Return a short string, at most MAX_NAME_CHARACTERS; None for anything else."""
    return text(value, MAX_NAME_CHARACTERS)


def count(value: object) -> int | None:
    """Return a whole number from 0 to 2^53-1; None for anything else."""
    return value if type(value) is int and 0 <= value <= MAX_COUNT else None


def instant(value: object) -> datetime | None:
    """Return the moment that a text with an offset names, in UTC; None for garbage."""
    return parse_instant(value) if isinstance(value, str) and len(value) <= 64 else None


def truth(value: object) -> bool | None:
    """Return a boolean; None for anything else."""
    return value if isinstance(value, bool) else None


def type_names(value: object) -> tuple[str, ...]:
    """Return the names in a `type`, string or array, without the prefix of the ActivityStreams vocabulary."""
    names = [entry for entry in each(value, 16) if isinstance(entry, str) and 0 < len(entry) <= 256]
    return tuple(_plain_type(entry) for entry in names)


def _plain_type(type_name: str) -> str:
    for prefix in _VOCABULARY_PREFIXES:
        if type_name.startswith(prefix):
            return type_name[len(prefix) :]
    return type_name


def total_of(collection: object) -> int | None:
    """Return `totalItems` of an embedded collection; None where only its id or nothing was sent."""
    return count(collection.get("totalItems")) if isinstance(collection, dict) else None
