"""Numbers and names for new things."""

import hashlib
import itertools
import secrets
import threading
import time
from datetime import datetime
from typing import Final

LARGEST_ID: Final = (1 << 63) - 1
"""What a column of ids holds at most; a database refuses to be asked for more."""
_SEQUENCE_BITS: Final = 16
_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class _Numbers:
    """Makes the numbers of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._sequence = itertools.count(secrets.randbits(_SEQUENCE_BITS))
        self._last_moment = -1
        self._last_at_moment = 0

    def next(self) -> int:
        candidate = (_now_milliseconds() << _SEQUENCE_BITS) | secrets.randbits(_SEQUENCE_BITS)
        with self._lock:
            self._last = max(candidate, self._last + 1)
            return self._last

    def at(self, moment: datetime) -> int:
        given = max(0, int(moment.timestamp() * 1000))
        milliseconds = given if given % 1000 else given + _now_milliseconds() % 1000
        with self._lock:
            number = (milliseconds << _SEQUENCE_BITS) | (next(self._sequence) % (1 << _SEQUENCE_BITS))
            if given == self._last_moment:
                number = max(number, self._last_at_moment + 1)
            self._last_moment, self._last_at_moment = given, number
        return number


def _now_milliseconds() -> int:
    return time.time_ns() // 1_000_000


_numbers: Final = _Numbers()


def new_id(at: datetime | None = None) -> int:
    """Return a 63-bit number that grows with time: milliseconds, then 16 bits.

    Numbers made without `at` strictly grow within one process. Those made for a moment `at` (a post's
    publishing time) sort by that moment; most servers tell it to the second only, so what comes from
    them is spread over that second, and numbered on within it: a thousand posts of one second
    neither collide nor shuffle more than they must, and what is made for one moment in a row stays in that
    order. Two processes begin at random places of the 16 bits.
    """
    return _numbers.next() if at is None else _numbers.at(at)


def first_id_at(moment: datetime) -> int:
    """Return the least number that `new_id` can give for a moment, to the millisecond."""
    return max(0, round(moment.timestamp() * 1000)) << _SEQUENCE_BITS


def milliseconds_of(row_id: int) -> int:
    """Return the moment that a number was made for, in milliseconds since 1970."""
    return row_id >> _SEQUENCE_BITS


def new_slug() -> str:
    """Return 22 random letters and digits (128 bits) for an address that nobody can guess or count."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(22))


def new_token() -> str:
    """Return a secret of 256 bits, safe in headers and addresses, and on a command line."""
    token = secrets.token_urlsafe(32)
    # What begins with a dash would be read as an option by a program that is given it.
    return token if token[0] != "-" else new_token()


def token_hash(token: str) -> str:
    """Return what is stored of a secret that we made of 96 random bits or more: its SHA-256, in hex.

    So many cannot be tried: nothing slower is needed, and no salt.
    """
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
