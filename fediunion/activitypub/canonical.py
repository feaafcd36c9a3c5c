"""JSON in its one canonical form, which proofs are made over: RFC 8785."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
import rfc8785

_OPTIONS: Final = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_PLAIN: Final = frozenset({bool, int, type(None)})


def canonical_json(value: Mapping[str, Any]) -> bytes:
    """Return the canonical form of a document (RFC 8785).

    Without fractions, and with names in ASCII, sorted JSON without spaces is the canonical form: orjson
    makes that a hundred times faster than the library, which does the rest. Raises
    `rfc8785.CanonicalizationError` for what has no canonical form, RecursionError for what is too deep.
    """
    if _is_simple(value):
        try:
            return orjson.dumps(value, option=_OPTIONS)
        except TypeError:
            # An integer that is too large, or half of a surrogate pair: the library says which.
            pass
    return rfc8785.dumps(dict(value))


def _is_simple(value: object) -> bool:
    kind = type(value)
    if kind is str or kind in _PLAIN:
        return True
    if isinstance(value, dict):
        return all(type(name) is str and name.isascii() and _is_simple(each) for name, each in value.items())
    return isinstance(value, list) and all(map(_is_simple, value))
