"""The key by which a request that comes twice is known again (row O24).

Source: https://docs.joinmastodon.org/methods/statuses/#create
"""

from typing import Final

from fediunion.api.endpoint import Call

_LONGEST: Final = 1000


def key_of(call: Call) -> str:
    """Return the Idempotency-Key of a request; "" where it has none."""
    key = call.headers.get(b"idempotency-key", b"")[:_LONGEST]
    return key.decode("latin-1").replace("\x00", "")
