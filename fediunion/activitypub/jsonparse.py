"""JSON from elsewhere, read strictly: what two parsers could read differently is refused."""

import json
import math
import re
from typing import Final

from fediunion.kit.errors import BadDocument
from fediunion.kit.json import JsonObject
from fediunion.kit.text import is_storable

MAX_DEPTH: Final = 64
MOST_PARTS: Final = 65_536
"""Of a document up to 1 MiB; a longer one has as many as one in sixteen bytes (row P26)."""

_BYTES_OF_A_PART: Final = 16
_LARGEST_EXACT: Final = 2**53 - 1

# An escaped NUL, or half of a surrogate pair: the only escapes that some database refuses.
_SUSPICIOUS_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


def parse_json(body: bytes) -> object:
    """Return the value that `body` holds, of any JSON type; raises BadDocument.

    Refused: a byte order mark, anything but UTF-8, a key twice in one object, more than 64 levels,
    NaN, Infinity and numbers beyond a float, integers over 4300 digits, NUL or half a surrogate
    pair in a text, and more parts than `refuse_many_parts` lets pass. A whole number is an int, however it is
    written: the canonical form, over which proofs are made, knows no other (row S42).
    Source: RFC 8259 sections 4, 6 and 8.1, RFC 7493 (I-JSON), RFC 8785 section 3.2.2.3.
    """
    refuse_many_parts(body)
    try:
        value: object = _DECODER.decode(body.decode("utf-8"))
    except RecursionError as error:
        raise BadDocument("the document is nested too deeply") from error
    except ValueError as error:
        raise BadDocument("the document is not JSON in UTF-8") from error
    # Counting opening brackets is much cheaper than walking, and nearly always settles it.
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH:
        _refuse_depth(value)
    if may_hold_unstorable_text(body):
        _refuse_unstorable_text(value)
    return value


def parse_json_object(body: bytes) -> JsonObject:
    """Return the JSON object that `body` holds; raises BadDocument as `parse_json`, and for other types."""
    value = parse_json(body)
    if not isinstance(value, dict):
        raise BadDocument("the document is not a JSON object")
    return value


def refuse_many_parts(body: bytes) -> None:
    """Raise BadDocument where JSON has too many parts: in memory each takes many times its bytes.

    Counted without reading: brackets that open, and commas, those in texts too.
    """
    parts = body.count(b",") + body.count(b"{") + body.count(b"[")
    if parts > max(MOST_PARTS, len(body) // _BYTES_OF_A_PART):
        raise BadDocument("the document has too many parts")


def may_hold_unstorable_text(body: bytes) -> bool:
    """Return whether JSON has an escape that some database may refuse: its texts are to be looked at then."""
    return _SUSPICIOUS_ESCAPE.search(body) is not None


def _unique_keys(pairs: list[tuple[str, object]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadDocument("the document names a key twice")
    return members


def _finite_number(digits: str) -> float | int:
    number = float(digits)
    if math.isinf(number):
        raise BadDocument("the document holds a number that is too large")
    return int(number) if number.is_integer() and abs(number) <= _LARGEST_EXACT else number


def _refuse_constant(name: str) -> object:
    raise BadDocument(f"the document holds {name}, which is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_keys, parse_float=_finite_number, parse_constant=_refuse_constant
)


def _refuse_depth(value: object) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise BadDocument("the document is nested too deeply")


def _children(node: object) -> list[object]:
    if isinstance(node, dict):
        node = list(node.values())
    return [child for child in node if isinstance(child, dict | list)] if isinstance(node, list) else []


def _refuse_unstorable_text(value: object) -> None:
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting.extend(node.keys())
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, str) and not is_storable(node):
            raise BadDocument("a text holds NUL or half a character")
