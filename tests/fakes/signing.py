"""Request signatures as other servers and forgers make them, written apart from the code under test."""

import base64
import hashlib
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

SigningKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
_PRIMES_BITS = 1024
_EXPONENT = 65537
Scheme = Literal["cavage", "rfc9421", "none"]

CAVAGE_HEADERS = ("(request-target)", "host", "date", "digest")
RFC9421_COMPONENTS = ("@method", "@target-uri", "content-digest")


@cache
def rsa_key(number: int = 0, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return one of as many RSA keys as tests want, with the same number always the same one.

    Finding primes takes long, so those of common keys are in a file: each two of them make one. Keys
    that share a prime keep no secret, which nothing here has.
    """
    if bits != _PRIMES_BITS * 2:
        return rsa.generate_private_key(public_exponent=_EXPONENT, key_size=bits)
    p, q = sorted(_pairs()[number], reverse=True)
    d = pow(_EXPONENT, -1, math.lcm(p - 1, q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    parts = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
    return rsa.RSAPrivateNumbers(p, q, d, *parts, public).private_key(unsafe_skip_rsa_key_validation=True)


@cache
def _pairs() -> list[tuple[int, int]]:
    lines = Path(__file__).with_name("primes.txt").read_text().split()
    return list(itertools.combinations([int(line, 16) for line in lines], 2))


@cache
def ed25519_key(number: int = 0) -> ed25519.Ed25519PrivateKey:
    """Return one of as many Ed25519 keys as tests want."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{number}".encode()).digest())


def public_pem(key: SigningKey) -> str:
    """Return the public half as PEM."""
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def raw_signature(key: SigningKey, data: bytes) -> bytes:
    """Return the signature of `data`: RSASSA-PKCS1-v1_5 with SHA-256, or Ed25519."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data)


def sha256_of(body: bytes) -> str:
    """Return the base64 of the SHA-256 of `body`."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


@dataclass(frozen=True, kw_only=True)
class Forging:
    """How a signed POST differs from an honest one; with the defaults it is one.

    `signed_url` and `method` are what is signed instead of what is asked. `date` None leaves the header out.
    `digest` "" leaves it out. `covered` are the headers (cavage) or components (RFC 9421) signed.
    `created` and `expires` are parameters of the signature. `signature` replaces the right one.
    """

    scheme: Scheme = "cavage"
    key: SigningKey | None = None
    key_id: str | None = None
    algorithm: str | None = None
    covered: Sequence[str] | None = None
    signed_url: str | None = None
    method: str = "POST"
    host: str | None = None
    date: str | datetime | None = "now"
    digest: str | None = None
    created: int | None = None
    expires: int | None = None
    leave_out_created: bool = False
    signature: str | None = None
    more_headers: Sequence[tuple[str, str]] = ()


def signed_headers(
    forging: Forging, *, url: str, body: bytes, key: SigningKey, key_id: str, now: datetime
) -> list[tuple[str, str]]:
    """Return the headers of a POST of `body` to `url`, Content-Type left to the caller."""
    key, key_id = forging.key or key, forging.key_id or key_id
    target = urlsplit(forging.signed_url or url)
    headers = {"host": forging.host or target.netloc}
    if forging.date is not None:
        moment = now if forging.date == "now" else forging.date
        headers["date"] = moment if isinstance(moment, str) else format_datetime(moment, usegmt=True)
    if forging.scheme == "rfc9421":
        headers |= _rfc9421(forging, headers, target.geturl(), body, key, key_id, now)
    else:
        path = f"{target.path}?{target.query}" if target.query else target.path
        headers |= _cavage(forging, headers, path, body, key, key_id)
    return [*headers.items(), *forging.more_headers]


def _cavage(
    forging: Forging, headers: dict[str, str], path: str, body: bytes, key: SigningKey, key_id: str
) -> dict[str, str]:
    added: dict[str, str] = {}
    digest = f"SHA-256={sha256_of(body)}" if forging.digest is None else forging.digest
    if digest:
        added["digest"] = digest
    if forging.scheme == "none":
        return added
    values = headers | added | {"(request-target)": f"{forging.method.lower()} {path}"}
    values |= {"(created)": str(forging.created), "(expires)": str(forging.expires)}
    covered = [name for name in forging.covered or CAVAGE_HEADERS if forging.covered or name in values]
    text = "\n".join(f"{name}: {values[name]}" for name in covered if name in values)
    signature = forging.signature or base64.b64encode(raw_signature(key, text.encode("latin-1"))).decode()
    algorithm = forging.algorithm or ("rsa-sha256" if isinstance(key, rsa.RSAPrivateKey) else "hs2019")
    times = "".join(
        f",{name}={value}"
        for name, value in (("created", forging.created), ("expires", forging.expires))
        if value is not None
    )
    added["signature"] = (
        f'keyId="{key_id}",algorithm="{algorithm}",headers="{" ".join(covered)}"{times},'
        f'signature="{signature}"'
    )
    return added


def _rfc9421(
    forging: Forging,
    headers: dict[str, str],
    url: str,
    body: bytes,
    key: SigningKey,
    key_id: str,
    now: datetime,
) -> dict[str, str]:
    added: dict[str, str] = {}
    digest = f"sha-256=:{sha256_of(body)}:" if forging.digest is None else forging.digest
    if digest:
        added["content-digest"] = digest
    parts = urlsplit(url)
    values = headers | added
    values |= {"@method": forging.method, "@target-uri": url, "@path": parts.path, "@authority": parts.netloc}
    covered = forging.covered or RFC9421_COMPONENTS
    line = "(" + " ".join(f'"{name}"' for name in covered) + ")"
    if not forging.leave_out_created:
        line += f";created={int(now.timestamp()) if forging.created is None else forging.created}"
    if forging.expires is not None:
        line += f";expires={forging.expires}"
    line += f';keyid="{key_id}"'
    if forging.algorithm:
        line += f';alg="{forging.algorithm}"'
    base = "".join(f'"{name}": {values.get(name, "")}\n' for name in covered)
    made = raw_signature(key, f'{base}"@signature-params": {line}'.encode("latin-1"))
    added["signature-input"] = f"sig1={line}"
    added["signature"] = f"sig1=:{forging.signature or base64.b64encode(made).decode()}:"
    return added
