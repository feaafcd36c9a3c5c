"""What is sealed opens with the master key, in its own row, and unchanged."""

import pytest

from fediunion.kit.errors import BadConfiguration
from fediunion.kit.sealing import seal, unseal

MASTER_KEY = bytes(range(32))


def test_what_is_sealed_opens_with_the_same_key_for_the_same_owner_only() -> None:
    content = b"an address of somebody"
    sealed = seal(content, MASTER_KEY, b"actor:1")
    assert content not in sealed
    assert sealed != seal(content, MASTER_KEY, b"actor:1")
    assert unseal(sealed, MASTER_KEY, b"actor:1") == content
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for stored, master, owner in [
        (sealed, bytes(32), b"actor:1"),
        (sealed, MASTER_KEY, b"actor:2"),
        (changed, MASTER_KEY, b"actor:1"),
        (b"", MASTER_KEY, b"actor:1"),
        (b"\x02" + sealed[1:], MASTER_KEY, b"actor:1"),
        (sealed, b"short", b"actor:1"),
    ]:
        with pytest.raises(BadConfiguration):
            unseal(stored, master, owner)
