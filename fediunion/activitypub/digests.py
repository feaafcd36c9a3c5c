"""Digests of request bodies: the `Digest` header of RFC 3230 and the `Content-Digest` of RFC 9530."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Collection, Iterator
from hmac import compare_digest
from typing import Final

from fediunion.activitypub.headers import RequestHeaders
from fediunion.kit.errors import BadSignature

DIGEST_FIELDS: Final = ("digest", "content-digest")
_STRONG: Final[dict[str, Callable[[bytes], bytes]]] = {
    "sha-256": lambda body: hashlib.sha256(body).digest(),
    "sha-512": lambda body: hashlib.sha512(body).digest(),
}
_LONGEST_FIELD: Final = 2048


def sha256_digest_header(body: bytes) -> str:
    """Return the `Digest` value of `body`, as `SHA-256=` and base64: Takahē compares this very spelling."""
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode("ascii")


def content_digest_header(body: bytes) -> str:
    """Return the `Content-Digest` value of `body`, as `sha-256=:` and base64 and `:`.

    Source: RFC 9530 section 2.
    """
    return "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode("ascii") + ":"


def check_digest(headers: RequestHeaders, body: bytes, *, covered: Collection[str] = DIGEST_FIELDS) -> None:
    """Raise BadSignature unless `body` is what the digests of `headers` say it is.

    Every digest in a strong algorithm (SHA-256, SHA-512; any case) must match, in both header fields and
    all their duplicates, and one of them at least must stand in a field named in `covered`: a field that
    nobody signed proves nothing. Weak and unknown algorithms are passed over.
    Reasons: "digest-missing", "digest-weak", "digest-unreadable", "digest-mismatch".
    """
    present = False
    proven = False
    for field in DIGEST_FIELDS:
        for value in headers.all(field):
            present = True
            for algorithm, claimed in _strong_digests(field, value):
                if not compare_digest(claimed, _STRONG[algorithm](body)):
                    raise BadSignature("The body is not the one that was signed", reason="digest-mismatch")
                proven = proven or field in covered
    if not proven:
        reason = "digest-weak" if present else "digest-missing"
        raise BadSignature("No signed digest in SHA-256 or SHA-512 was given", reason=reason)


def _strong_digests(field: str, value: str) -> Iterator[tuple[str, bytes]]:
    """Yield (algorithm, digest) for the members of `value` in a strong algorithm."""
    if len(value) > _LONGEST_FIELD:
        raise BadSignature("The digest header is too long", reason="digest-unreadable")
    for member in value.split(","):
        name, _, encoded = member.strip().partition("=")
        algorithm = name.lower()
        if algorithm not in _STRONG:
            continue
        try:
            yield algorithm, base64.b64decode(_unwrapped(field, encoded), validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadSignature("The digest is not base64", reason="digest-unreadable") from error


def _unwrapped(field: str, encoded: str) -> str:
    """Return the base64 of a member, which in `Content-Digest` stands between colons."""
    if field == "digest":
        return encoded
    if not encoded.startswith(":") or ":" not in encoded[1:]:
        raise ValueError("no byte sequence")
    return encoded[1:].partition(":")[0]
