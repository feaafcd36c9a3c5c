"""Messages that only the app can read, in both forms: RFC 8291, and the draft that older apps know."""

import os
import struct
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fediunion.kit.errors import Invalid
from fediunion.social.push.base64url import base64url

MAX_MESSAGE_BYTES: Final = 3900
"""What a push service has to take is 4,096 bytes with everything. Source: RFC 8291 section 4."""

POINT_BYTES: Final = 65
SECRET_BYTES: Final = 16
_SALT_BYTES: Final = 16
_RECORD_BYTES: Final = 4096
_PADDED_TO: Final = 512
_CURVE: Final = ec.SECP256R1()


@dataclass(frozen=True, repr=False)
class Recipient:
    """An app's public key (an uncompressed point) and the secret that it shares with us."""

    point: bytes
    secret: bytes

    @property
    def key(self) -> ec.EllipticCurvePublicKey:
        """Return the key; raise Invalid for bytes that are none."""
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, self.point)
        except ValueError as error:
            raise Invalid("The key is no point of P-256.", field="push_key") from error


@dataclass(frozen=True)
class Encrypted:
    """A message as it is sent, and what its headers say of it. `crypto_key` is what `dh=` would be."""

    body: bytes
    encoding: str
    salt: str = ""
    crypto_key: str = ""


def encrypt(message: bytes, recipient: Recipient) -> Encrypted:
    """Return `message` for an app that knows RFC 8291; filled up, so that its length tells little.

    Source: RFC 8291 section 3.4, RFC 8188 section 2. Raises ValueError for one that is too long.
    """
    own, point, salt = _fresh()
    info = b"WebPush: info\x00" + recipient.point + point
    key = _derive(own.exchange(ec.ECDH(), recipient.key), recipient.secret, info, 32)
    content_key = _derive(key, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive(key, salt, b"Content-Encoding: nonce\x00", 12)
    _check_length(message)
    padding = bytes(min(-len(message) % _PADDED_TO, MAX_MESSAGE_BYTES - len(message)))
    sealed = AESGCM(content_key).encrypt(nonce, message + b"\x02" + padding, None)
    header = salt + struct.pack("!IB", _RECORD_BYTES, len(point)) + point
    return Encrypted(header + sealed, "aes128gcm")


def encrypt_as_draft(message: bytes, recipient: Recipient) -> Encrypted:
    """Return `message` for an app that knows only what came before RFC 8291. Raises ValueError as above.

    Source: draft-ietf-webpush-encryption-04, draft-ietf-httpbis-encryption-encoding-03.
    """
    own, point, salt = _fresh()
    shared = own.exchange(ec.ECDH(), recipient.key)
    key = _derive(shared, recipient.secret, b"Content-Encoding: auth\x00", 32)
    lengths = struct.pack("!H", POINT_BYTES)
    context = b"P-256\x00" + lengths + recipient.point + lengths + point
    content_key = _derive(key, salt, b"Content-Encoding: aesgcm\x00" + context, 16)
    nonce = _derive(key, salt, b"Content-Encoding: nonce\x00" + context, 12)
    _check_length(message)
    body = AESGCM(content_key).encrypt(nonce, b"\x00\x00" + message, None)
    return Encrypted(body, "aesgcm", salt=base64url(salt), crypto_key=base64url(point))


def _fresh() -> tuple[ec.EllipticCurvePrivateKey, bytes, bytes]:
    own = ec.generate_private_key(_CURVE)
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return own, point, os.urandom(_SALT_BYTES)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


def _check_length(message: bytes) -> None:
    if len(message) > MAX_MESSAGE_BYTES:
        raise ValueError(f"a message of {len(message)} bytes is too long for a push service")
