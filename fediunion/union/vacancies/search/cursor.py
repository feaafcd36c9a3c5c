"""Where a page of a search ended: a place in the order of the results, opaque outside."""

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_WRITTEN: Final = re.compile(r"([cp])(-?\d{1,18})\.(\d{1,19})", re.ASCII)
_LONGEST: Final = 80
_NONE: Final = "no cursor of this order"


class Sort(StrEnum):
    """The order of results: by closing instant, the earliest first, or by posting, the newest first."""

    CLOSING = "closing"
    POSTED = "posted"


@dataclass(frozen=True, order=True)
class Position:
    """The place of a vacancy in an order: its instant in microseconds since 1970, then its id."""

    moment: int
    id: int


def write_cursor(sort: Sort, position: Position) -> str:
    """Return the cursor of what follows a position in an order."""
    plain = f"{sort.value[0]}{position.moment}.{position.id}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(sort: Sort, text: str) -> Position:
    """Return the position that a cursor names. Raises ValueError for what is none of this order."""
    if len(text) > _LONGEST or not text.isascii():
        raise ValueError(_NONE)
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(_NONE) from error
    match = _WRITTEN.fullmatch(plain)
    if match is None or match[1] != sort.value[0]:
        raise ValueError(_NONE)
    return Position(int(match[2]), int(match[3]))
