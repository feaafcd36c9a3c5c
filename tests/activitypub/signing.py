"""Requests as they come over the wire, signed in any way a test wants, and what our check says to them."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

import pytest

from fediunion.activitypub.keys import PrivateKey, PublicKey, generate_ed25519
from fediunion.activitypub.request_signatures import RequestHeaders, SignedRequest, read_signature, verify
from fediunion.activitypub.signature_dates import http_date
from fediunion.kit.errors import BadSignature
from tests.fakes import signing

NOW: Final = datetime(2026, 9, 25, 12, 0, tzinfo=UTC)
KEY_ID: Final = "https://good.example/users/alice#main-key"
BODY: Final = b'{"type":"Create","actor":"https://good.example/users/alice"}'
POST_COVERS: Final = ("(request-target)", "host", "date", "digest")
GET_COVERS: Final = ("(request-target)", "host", "date")
MESSAGE_POST_COVERS: Final = ("@method", "@target-uri", "content-digest")
MESSAGE_GET_COVERS: Final = ("@method", "@target-uri")


@cache
def rsa_key(number: int = 0) -> PrivateKey:
    return PrivateKey("rsa", signing.rsa_key(number))


@cache
def ed25519_key() -> PrivateKey:
    return generate_ed25519()


def base64_sha256(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


@dataclass(frozen=True)
class Wire:
    """One request as bytes would carry it."""

    method: str = "POST"
    target: str = "/users/bob/inbox"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = BODY

    def get(self, name: str) -> str:
        return next(value for key, value in self.headers if key == name)

    def without(self, name: str) -> "Wire":
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0] != name))

    def adding(self, name: str, value: str) -> "Wire":
        return replace(self, headers=(*self.headers, (name, value)))

    def having(self, name: str, value: str) -> "Wire":
        return self.without(name).adding(name, value)


def unsigned_post(body: bytes = BODY, *, at: datetime = NOW) -> Wire:
    digest = base64_sha256(body)
    headers = (
        ("host", "us.example"),
        ("date", http_date(at)),
        ("digest", f"SHA-256={digest}"),
        ("content-digest", f"sha-256=:{digest}:"),
        ("content-type", "application/activity+json"),
    )
    return Wire(headers=headers, body=body)


def unsigned_get(target: str = "/users/bob", *, at: datetime = NOW) -> Wire:
    return Wire("GET", target, (("host", "us.example"), ("date", http_date(at))), b"")


def sign_cavage(
    wire: Wire,
    covers: Sequence[str] = POST_COVERS,
    *,
    key: PrivateKey | None = None,
    key_id: str = KEY_ID,
    algorithm: str | None = "rsa-sha256",
    created: int | None = None,
    expires: int | None = None,
    target: str | None = None,
    sign: Callable[[bytes], bytes] | None = None,
) -> Wire:
    """Return `wire` with a Signature header over `covers`, as draft-cavage-12 section 2.3 builds it."""
    special = {
        "(request-target)": f"{wire.method.lower()} {wire.target if target is None else target}",
        "(created)": str(created),
        "(expires)": str(expires),
    }
    lines = [f"{name}: {special[name] if name in special else wire.get(name)}" for name in covers]
    made = (sign or (key or rsa_key()).sign)("\n".join(lines).encode())
    parts = [f'keyId="{key_id}"']
    parts += [f'algorithm="{algorithm}"'] if algorithm is not None else []
    parts += [f"created={created}"] if created is not None else []
    parts += [f"expires={expires}"] if expires is not None else []
    parts += [f'headers="{" ".join(covers)}"', f'signature="{base64.b64encode(made).decode()}"']
    return wire.having("signature", ",".join(parts))


def sign_message(
    wire: Wire,
    covers: Sequence[str] = MESSAGE_POST_COVERS,
    *,
    key: PrivateKey | None = None,
    key_id: str = KEY_ID,
    parameters: str | None = None,
    created: datetime | None = NOW,
    values: dict[str, str] | None = None,
    sign: Callable[[bytes], bytes] | None = None,
) -> Wire:
    """Return `wire` with Signature-Input and Signature over `covers`, as RFC 9421 section 2.5 builds them."""
    path, _, query = wire.target.partition("?")
    special = {
        "@method": wire.method,
        "@target-uri": f"https://us.example{wire.target}",
        "@authority": "us.example",
        "@path": path,
        "@query": f"?{query}",
        "@scheme": "https",
        "@request-target": wire.target,
        **(values or {}),
    }
    line = "(" + " ".join(f'"{name}"' for name in covers) + ")"
    line += f";created={int(created.timestamp())}" if created is not None else ""
    line += f';keyid="{key_id}"' + (parameters or "")
    rows = [f'"{name}": {special[name] if name in special else wire.get(name)}' for name in covers]
    made = (sign or (key or rsa_key()).sign)("\n".join([*rows, f'"@signature-params": {line}']).encode())
    signed = wire.having("signature-input", f"sig1={line}")
    return signed.having("signature", f"sig1=:{base64.b64encode(made).decode()}:")


def request_of(
    wire: Wire, *, hosts: frozenset[str] = frozenset({"us.example"}), scheme: str = "https"
) -> SignedRequest:
    return SignedRequest(wire.method, wire.target, RequestHeaders.of(wire.headers), wire.body, hosts, scheme)


def accept(wire: Wire, key: PublicKey | None = None, *, after: timedelta = timedelta(0)) -> str:
    """Return the key id of a request that our check accepts; raise BadSignature otherwise."""
    request = request_of(wire)
    received = read_signature(request.headers)
    verify(received, request, key or rsa_key().public(), NOW + after)
    return received.key_id


def refusal(wire: Wire, key: PublicKey | None = None, *, after: timedelta = timedelta(0)) -> str:
    """Return the reason for which our check refuses a request; fail where it accepts it."""
    with pytest.raises(BadSignature) as caught:
        accept(wire, key, after=after)
    return caught.value.reason
