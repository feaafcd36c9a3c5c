"""Key pairs that sign and verify: making, loading and publishing them."""

import base64
import binascii
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import base58
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from fediunion.kit.errors import BadConfiguration, BadSignature

Algorithm: TypeAlias = Literal["rsa", "ed25519"]
Scheme: TypeAlias = Literal["rsa-v1_5-sha256", "rsa-v1_5-sha512", "rsa-pss-sha512", "ed25519"]

_ED25519_MULTICODEC: Final = b"\xed\x01"
_MIN_RSA_BITS: Final = 2048
_MAX_RSA_BITS: Final = 8192
# A verification takes time in proportion to the bits of the exponent; 65537 has 17, and nobody uses more.
_MAX_EXPONENT_BITS: Final = 32
# An RSA key of 8192 bits takes about 1,500 characters.
_LONGEST_PEM: Final = 2500
_LONGEST_MULTIBASE: Final = 100
_PEM: Final = re.compile(r"\s*-----BEGIN ((?:RSA )?PUBLIC KEY)-----([A-Za-z0-9+/=\s]+)-----END \1-----\s*")
_PKCS1_V15: Final = padding.PKCS1v15()
_SHA256: Final = hashes.SHA256()
_SHA512: Final = hashes.SHA512()
_PSS: Final = padding.PSS(mgf=padding.MGF1(_SHA512), salt_length=padding.PSS.AUTO)


@dataclass(frozen=True, slots=True, repr=False)
class PrivateKey:
    """One of our own private keys, loaded. Loading costs far more than signing: keep the object."""

    algorithm: Algorithm
    loaded: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

    def sign(self, data: bytes) -> bytes:
        """Return the signature of `data`: RSASSA-PKCS1-v1_5 with SHA-256, or Ed25519."""
        if isinstance(self.loaded, rsa.RSAPrivateKey):
            return self.loaded.sign(data, _PKCS1_V15, _SHA256)
        return self.loaded.sign(data)

    def public(self) -> "PublicKey":
        """Return the public half."""
        return PublicKey(self.algorithm, self.loaded.public_key())


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public key of an actor, loaded."""

    algorithm: Algorithm
    loaded: rsa.RSAPublicKey | ed25519.Ed25519PublicKey

    def verify(self, signature: bytes, data: bytes, *, scheme: Scheme) -> None:
        """Return quietly if `signature` is this key's over `data`.

        Raises BadSignature: "algorithm-refused" where `scheme` is not one for this kind of key,
        "signature-wrong" otherwise.
        """
        key = self.loaded
        try:
            if isinstance(key, ed25519.Ed25519PublicKey):
                if scheme != "ed25519":
                    raise BadSignature(
                        f"An Ed25519 key does not sign with {scheme}", reason="algorithm-refused"
                    )
                key.verify(signature, data)
            elif scheme == "rsa-v1_5-sha256":
                key.verify(signature, data, _PKCS1_V15, _SHA256)
            elif scheme == "rsa-v1_5-sha512":
                key.verify(signature, data, _PKCS1_V15, _SHA512)
            elif scheme == "rsa-pss-sha512":
                key.verify(signature, data, _PSS, _SHA512)
            else:
                raise BadSignature(f"An RSA key does not sign with {scheme}", reason="algorithm-refused")
        except InvalidSignature as error:
            raise BadSignature(
                "The signature was not made with this key", reason="signature-wrong"
            ) from error

    def verify_any(self, signature: bytes, readings: Sequence[tuple[bytes, Scheme]]) -> None:
        """Return quietly if `signature` is this key's over one of `readings`, each bytes and scheme.

        Raises BadSignature as `verify` does for the last of them.
        """
        for data, scheme in readings[:-1]:
            with suppress(BadSignature):
                self.verify(signature, data, scheme=scheme)
                return
        data, scheme = readings[-1]
        self.verify(signature, data, scheme=scheme)


def generate_rsa() -> PrivateKey:
    """Return a new RSA key of 2048 bits, the size that every peer reads."""
    return PrivateKey("rsa", rsa.generate_private_key(public_exponent=65537, key_size=2048))


def generate_ed25519() -> PrivateKey:
    """Return a new Ed25519 key."""
    return PrivateKey("ed25519", ed25519.Ed25519PrivateKey.generate())


def private_to_pem(key: PrivateKey) -> bytes:
    """Return `key` as unencrypted PKCS#8 PEM: seal it before it is stored."""
    return key.loaded.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def load_private(pem: bytes) -> PrivateKey:
    """Return the key of `pem`, one that we made ourselves.

    The validation of RSA numbers is skipped: it takes 55 ms and guards against strangers' keys only.
    Raises BadConfiguration where `pem` holds no RSA or Ed25519 key.
    """
    try:
        loaded = serialization.load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadConfiguration("A stored private key cannot be read") from error
    if isinstance(loaded, rsa.RSAPrivateKey):
        return PrivateKey("rsa", loaded)
    if isinstance(loaded, ed25519.Ed25519PrivateKey):
        return PrivateKey("ed25519", loaded)
    raise BadConfiguration("A stored private key is neither RSA nor Ed25519")


def public_pem(key: PrivateKey | PublicKey) -> str:
    """Return the public half as SubjectPublicKeyInfo PEM, for `publicKeyPem` of an actor."""
    public = key.loaded.public_key() if isinstance(key, PrivateKey) else key.loaded
    return public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode("ascii")


def public_multibase(key: PrivateKey | PublicKey) -> str:
    """Return the public half of an Ed25519 key as `z6Mk…`, for `publicKeyMultibase` of a Multikey.

    Raises ValueError for an RSA key. Source: FEP-521a; Controlled Identifiers section 2.2.2.
    """
    public = key.loaded.public_key() if isinstance(key, PrivateKey) else key.loaded
    if not isinstance(public, ed25519.Ed25519PublicKey):
        raise ValueError("only Ed25519 keys are published as multibase")
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return "z" + base58.b58encode(_ED25519_MULTICODEC + raw).decode("ascii")


def load_public_pem(text: str) -> PublicKey:
    """Return the key of a `publicKeyPem`: RSA or Ed25519, SubjectPublicKeyInfo or PKCS#1.

    Raises BadSignature ("key-refused") for everything else: more than one key, private keys, certificates,
    other curves, RSA below 2048 or above 8192 bits or with an exponent that is even, below 3 or above
    32 bits. The length is checked before anything is parsed, so that a hostile key costs nothing.
    """
    found = _PEM.fullmatch(text) if len(text) <= _LONGEST_PEM else None
    if found is None:
        raise _refused("The public key is not one PEM block")
    try:
        loaded = serialization.load_der_public_key(base64.b64decode("".join(found[2].split()), validate=True))
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm) as error:
        raise _refused("The public key cannot be read") from error
    if isinstance(loaded, ed25519.Ed25519PublicKey):
        return PublicKey("ed25519", loaded)
    if isinstance(loaded, rsa.RSAPublicKey):
        return _checked_rsa(loaded)
    raise _refused("The public key is neither RSA nor Ed25519")


def load_public_multibase(text: str) -> PublicKey:
    """Return the key of a `publicKeyMultibase`, which must be an Ed25519 key in base58btc.

    Raises BadSignature ("key-refused") for everything else.
    """
    if not text.startswith("z") or len(text) > _LONGEST_MULTIBASE:
        raise _refused("The public key is not base58btc")
    try:
        decoded = base58.b58decode(text[1:].encode("ascii"))
        if not decoded.startswith(_ED25519_MULTICODEC):
            raise _refused("The public key is not Ed25519")
        return PublicKey("ed25519", ed25519.Ed25519PublicKey.from_public_bytes(decoded[2:]))
    except ValueError as error:
        raise _refused("The public key cannot be read") from error


def _checked_rsa(key: rsa.RSAPublicKey) -> PublicKey:
    if not _MIN_RSA_BITS <= key.key_size <= _MAX_RSA_BITS:
        raise _refused(f"An RSA key of {key.key_size} bits is not accepted")
    numbers = key.public_numbers()
    if (
        numbers.e < 3
        or numbers.e % 2 == 0
        or numbers.e.bit_length() > _MAX_EXPONENT_BITS
        or numbers.n % 2 == 0
    ):
        raise _refused("The numbers of the RSA key are not accepted")
    return PublicKey("rsa", key)


def _refused(message: str) -> BadSignature:
    return BadSignature(message, reason="key-refused")
