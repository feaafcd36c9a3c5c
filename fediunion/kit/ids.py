"""Numbers and names for new things."""

import secrets
import threading
import time
from datetime import datetime

_SEQUENCE_BITS = 16
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

_lock = threading.Lock()
_last = 0


def new_id(at: datetime | None = None) -> int:
    """Return a 63-bit number that grows with time: milliseconds, then 16 bits.

    Numbers made without `at` strictly grow within one process; those made for a moment `at`
    (a post's publishing time) have random low bits, so that they sort by that moment.
    The low bits of both are random enough that two processes do not collide in practice.
    """
    global _last
    if at is not None:
        milliseconds = max(0, int(at.timestamp() * 1000))
        return (milliseconds << _SEQUENCE_BITS) | secrets.randbits(_SEQUENCE_BITS)
    candidate = (time.time_ns() // 1_000_000 << _SEQUENCE_BITS) | secrets.randbits(_SEQUENCE_BITS)
    with _lock:
        _last = max(candidate, _last + 1)
        return _last


def new_slug() -> str:
    """Return 22 random letters and digits (128 bits) for an address that nobody can guess or count."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(22))


def new_token() -> str:
    """Return a secret of 256 bits, safe in headers and addresses."""
    return secrets.token_urlsafe(32)
