"""What is stored sealed: keys, addresses of people, secrets. Only the master key of the instance opens it."""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fediunion.kit.errors import BadConfiguration

_SEALED_V1: Final = b"\x01"
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32


def seal(content: bytes, master_key: bytes, associated: bytes) -> bytes:
    """Return `content` encrypted with AES-256-GCM under `master_key` (32 bytes) and a random nonce.

    `associated` says what it is and whose; what is moved to another row does not open there.
    """
    nonce = os.urandom(_NONCE_BYTES)
    return _SEALED_V1 + nonce + _cipher(master_key).encrypt(nonce, content, associated)


def unseal(sealed: bytes, master_key: bytes, associated: bytes) -> bytes:
    """Return what `seal` was given; raise BadConfiguration where key, `associated` or bytes differ."""
    start = len(_SEALED_V1) + _NONCE_BYTES
    if not sealed.startswith(_SEALED_V1) or len(sealed) <= start:
        raise BadConfiguration("What is stored sealed is not in a form this version knows")
    try:
        return _cipher(master_key).decrypt(sealed[len(_SEALED_V1) : start], sealed[start:], associated)
    except InvalidTag as error:
        raise BadConfiguration("The master key does not open what is stored sealed") from error


def _cipher(master_key: bytes) -> AESGCM:
    if len(master_key) != _KEY_BYTES:
        raise BadConfiguration("The master key must be 32 bytes")
    return AESGCM(master_key)
