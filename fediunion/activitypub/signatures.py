"""HTTP signatures of draft-cavage-http-signatures-12, the form that most of the Fediverse speaks."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from fediunion.activitypub.digests import check_digest
from fediunion.activitypub.headers import RequestHeaders, SignedRequest, normal_authority
from fediunion.activitypub.keys import PrivateKey, PublicKey, Scheme
from fediunion.activitypub.signature_dates import check_age, check_not_expired, http_date, parse_http_date
from fediunion.kit.errors import BadSignature

LONGEST_SIGNATURE_HEADER: Final = 8192
_MOST_SIGNED_HEADERS: Final = 32
_PARAMETER: Final = re.compile(
    r'[ \t]*([A-Za-z]+)[ \t]*=[ \t]*(?:"([^"\\]*)"|([0-9]+(?:\.[0-9]+)?))[ \t]*(?:,|$)'
)
_KEY_ID: Final = re.compile(r"[\x21-\x7e]{1,2048}")
# What each name of an algorithm lets each kind of key do; the kind of key decides, not the name.
_SCHEMES: Final[dict[tuple[str, str], tuple[Scheme, ...]]] = {
    ("rsa", ""): ("rsa-v1_5-sha256", "rsa-pss-sha512"),
    ("rsa", "hs2019"): ("rsa-v1_5-sha256", "rsa-pss-sha512"),
    ("rsa", "rsa-sha256"): ("rsa-v1_5-sha256",),
    ("rsa", "rsa-sha512"): ("rsa-v1_5-sha512",),
    ("ed25519", ""): ("ed25519",),
    ("ed25519", "hs2019"): ("ed25519",),
    ("ed25519", "ed25519"): ("ed25519",),
}
_ALGORITHMS: Final = frozenset(name for _, name in _SCHEMES)


@dataclass(frozen=True, slots=True)
class SignatureParameters:
    """What a Signature header says: `algorithm` is "" where none was named, times are seconds since 1970.

    `created_text` and `expires_text` are the times as sent, for the signing string.
    """

    key_id: str
    algorithm: str
    signed_headers: tuple[str, ...]
    signature: bytes
    created_text: str | None
    expires_text: str | None

    @property
    def created(self) -> float | None:
        return None if self.created_text is None else float(self.created_text)

    @property
    def expires(self) -> float | None:
        return None if self.expires_text is None else float(self.expires_text)


def parse_signature_header(headers: RequestHeaders) -> SignatureParameters:
    """Return the parameters of the one `Signature` header, or of `Authorization: Signature …`.

    Raises BadSignature: "no-signature", "several-signatures", "signature-malformed", "algorithm-refused".
    Source: draft-cavage-http-signatures-12 sections 2.1, 3 and 4.
    """
    given = _parameters_of(_signature_text(headers))
    key_id, encoded = given.get("keyId", ""), given.get("signature", "")
    if not _KEY_ID.fullmatch(key_id):
        raise BadSignature("The signature names no usable key id", reason="signature-malformed")
    try:
        signature = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSignature("The signature is not base64", reason="signature-malformed") from error
    algorithm = given.get("algorithm", "").lower()
    if algorithm not in _ALGORITHMS:
        raise BadSignature("The algorithm of the signature is not accepted", reason="algorithm-refused")
    signed = tuple(given.get("headers", "(created)").lower().split())
    if not signature or not signed or len(set(signed)) != len(signed) or len(signed) > _MOST_SIGNED_HEADERS:
        raise BadSignature("The signature covers nothing, or too much", reason="signature-malformed")
    times = (given.get("created"), given.get("expires"))
    if any(text is not None and not _is_time(text) for text in times):
        raise BadSignature("The signature names no readable time", reason="signature-malformed")
    return SignatureParameters(key_id, algorithm, signed, signature, *times)


def check_request(parameters: SignatureParameters, request: SignedRequest, now: datetime) -> None:
    """Raise BadSignature where the request cannot be accepted, whatever the key is.

    A GET must have signed `(request-target)`, `host` and `date` or `(created)`; every other method also
    a digest of the body, which must be right. `host` must be one of ours.
    Reasons: "not-covered", "host-not-ours", "date-skew", "date-unreadable", "expired", "header-missing",
    "algorithm-refused" and those of `check_digest`.
    Source: section 2.3 of the draft; the window is Mastodon's.
    """
    signed = parameters.signed_headers
    if (
        "(request-target)" not in signed
        or "host" not in signed
        or not ("date" in signed or "(created)" in signed)
    ):
        raise BadSignature("The signature leaves out target, host or date", reason="not-covered")
    hosts = request.headers.all("host")
    if len(hosts) != 1 or normal_authority(hosts[0], request.scheme) not in request.hosts:
        raise BadSignature("The request is meant for another host", reason="host-not-ours")
    _check_times(parameters, request, now.timestamp())
    if request.method not in ("GET", "HEAD"):
        covered = [name for name in ("digest", "content-digest") if name in signed]
        if not covered:
            raise BadSignature("The signature leaves out the digest of the body", reason="not-covered")
        check_digest(request.headers, request.body or b"", covered=covered)


def check_key(parameters: SignatureParameters, request: SignedRequest, key: PublicKey) -> None:
    """Raise BadSignature unless `key` made the signature: "signature-wrong" or "algorithm-refused".

    For GET the path alone is tried too: some peers leave the query out of what they sign.
    """
    schemes = _SCHEMES.get((key.algorithm, parameters.algorithm))
    if schemes is None:
        raise BadSignature("The algorithm does not fit the key", reason="algorithm-refused")
    targets = [request.target]
    path, question_mark, _ = request.target.partition("?")
    if question_mark and request.method in ("GET", "HEAD"):
        targets.append(path)
    texts = [signing_string(parameters, request, target) for target in targets]
    key.verify_any(parameters.signature, [(text, scheme) for text in texts for scheme in schemes])


def signing_string(parameters: SignatureParameters, request: SignedRequest, target: str) -> bytes:
    """Return the bytes that were signed, with `target` as path and query.

    Raises BadSignature ("header-missing") where a signed header is not in the request.
    Source: draft-cavage-http-signatures-12 section 2.3.
    """
    lines = []
    for name in parameters.signed_headers:
        value: str | None
        if name == "(request-target)":
            value = f"{request.method.lower()} {target}"
        elif name == "(created)":
            value = parameters.created_text
        elif name == "(expires)":
            value = parameters.expires_text
        else:
            value = request.headers.get(name)
        if value is None:
            raise BadSignature(f"The signed header {name!r:.60} is missing", reason="header-missing")
        lines.append(f"{name}: {value}")
    return "\n".join(lines).encode("latin-1", "replace")


def sign_request(
    *,
    method: str,
    url: str,
    key: PrivateKey,
    key_id: str,
    now: datetime,
    body_digest: str | None = None,
    content_type: str | None = None,
) -> dict[str, str]:
    """Return the headers to add to a request: Host, Date, Signature, and Digest and Content-Type where given.

    `body_digest` is `sha256_digest_header(body)`, the same for every recipient of a body.
    Peers accept a Date for as little as 60 seconds: sign right before sending, and again on each try.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    date = http_date(now)
    added = {"Host": host, "Date": date}
    text = f"(request-target): {method.lower()} {target}\nhost: {host}\ndate: {date}"
    names = "(request-target) host date"
    if body_digest is not None:
        added["Digest"] = body_digest
        text += f"\ndigest: {body_digest}"
        names += " digest"
    if content_type is not None:
        added["Content-Type"] = content_type
        text += f"\ncontent-type: {content_type}"
        names += " content-type"
    algorithm = "rsa-sha256" if key.algorithm == "rsa" else "hs2019"
    signature = base64.b64encode(key.sign(text.encode("latin-1"))).decode("ascii")
    added["Signature"] = f'keyId="{key_id}",algorithm="{algorithm}",headers="{names}",signature="{signature}"'
    return added


def _signature_text(headers: RequestHeaders) -> str:
    texts = headers.all("signature")
    for authorization in headers.all("authorization"):
        if authorization[:10].lower() == "signature ":
            texts.append(authorization[10:])
    if not texts:
        raise BadSignature("The request is not signed", reason="no-signature")
    if len(texts) > 1:
        raise BadSignature("The request has more than one signature", reason="several-signatures")
    if len(texts[0]) > LONGEST_SIGNATURE_HEADER:
        raise BadSignature("The signature header is too long", reason="signature-malformed")
    return texts[0]


def _parameters_of(text: str) -> dict[str, str]:
    """Return the parameters of a signature header by name; each at most once, nothing between them."""
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        match = _PARAMETER.match(text, position)
        if match is None or match[1] in found:
            raise BadSignature("The signature header cannot be read", reason="signature-malformed")
        found[match[1]] = match[2] if match[2] is not None else match[3]
        position = match.end()
    return found


def _is_time(text: str) -> bool:
    return len(text) <= 20 and text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit()


def _check_times(parameters: SignatureParameters, request: SignedRequest, now: float) -> None:
    signed = parameters.signed_headers
    if "date" in signed:
        dates = request.headers.all("date")
        if len(dates) != 1:
            raise BadSignature("The request has not exactly one date", reason="date-unreadable")
        check_age(parse_http_date(dates[0]).timestamp(), now)
    if parameters.algorithm.startswith("rsa") and ("(created)" in signed or "(expires)" in signed):
        raise BadSignature("(created) goes with hs2019 only", reason="algorithm-refused")
    if parameters.created is not None:
        check_age(parameters.created, now)
    elif "(created)" in signed:
        raise BadSignature("The signature has no time of creation", reason="header-missing")
    check_not_expired(parameters.expires, now)
