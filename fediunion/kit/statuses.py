"""The table from our errors to HTTP statuses, for all doors; each adds errors of its own, and the words."""

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

from fediunion.kit.errors import (
    BadDocument,
    BadSignature,
    FediUnionError,
    Gone,
    Invalid,
    NotAllowed,
    NotFound,
    Refused,
    TooLarge,
    TooOften,
    Unavailable,
    Unreachable,
)

Statuses: TypeAlias = Sequence[tuple[type[FediUnionError], int]]

_STATUSES: Final[Statuses] = (
    (BadDocument, 400),
    (BadSignature, 401),
    (NotAllowed, 403),
    (NotFound, 404),
    (Gone, 410),
    (TooLarge, 413),
    (Invalid, 422),
    (Refused, 422),
    (TooOften, 429),
    (Unavailable, 503),
    (Unreachable, 503),
)


def find_status(error: Exception, own: Statuses = ()) -> int | None:
    """Return the HTTP status of an error, None for one that is a fault of ours.

    `own` is what a door says otherwise or besides: it is looked at first.
    """
    return next((status for kind, status in (*own, *_STATUSES) if isinstance(error, kind)), None)


def retry_after(
    error: Exception, status: int, default_seconds: float = Unavailable.retry_after_seconds
) -> list[tuple[bytes, bytes]]:
    """Return the header that says when to come back, for the statuses that have one (429 and 503).

    An error without a time of its own has `default_seconds`. Source: RFC 9110 section 10.2.3
    """
    if status not in (429, 503):
        return []
    seconds = getattr(error, "retry_after_seconds", None) or default_seconds
    return [(b"retry-after", b"%d" % max(1, math.ceil(seconds)))]
