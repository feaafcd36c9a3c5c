"""HTTP message signatures of RFC 9421, in the profile that the Fediverse uses."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from fediunion.activitypub.digests import check_digest
from fediunion.activitypub.headers import RequestHeaders, SignedRequest, normal_authority
from fediunion.activitypub.keys import PrivateKey, PublicKey, Scheme
from fediunion.activitypub.signature_dates import check_age, check_not_expired
from fediunion.activitypub.signature_fields import WrittenSignature, read_signatures
from fediunion.kit.errors import BadSignature

_LONGEST_FIELD: Final = 8192
_LONGEST_KEY_ID: Final = 2048
_MOST_COMPONENTS: Final = 32
_MOST_SIGNATURES: Final = 2
_SCHEMES: Final[dict[tuple[str, str], tuple[Scheme, ...]]] = {
    ("rsa", ""): ("rsa-v1_5-sha256", "rsa-pss-sha512"),
    ("rsa", "rsa-v1_5-sha256"): ("rsa-v1_5-sha256",),
    ("rsa", "rsa-pss-sha512"): ("rsa-pss-sha512",),
    ("ed25519", ""): ("ed25519",),
    ("ed25519", "ed25519"): ("ed25519",),
}
_ALGORITHMS: Final = frozenset(name for _, name in _SCHEMES)
_DERIVED: Final = frozenset(
    {"@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query"}
)


@dataclass(frozen=True, slots=True)
class MessageSignature:
    """One signature of a request: what it covers, when it was made, by which key.

    `parameters_line` is the canonical text of its member of Signature-Input, the last line of the base.
    `algorithm` is "" where none was named; times are seconds since 1970.
    """

    key_id: str
    algorithm: str
    components: tuple[str, ...]
    signature: bytes
    created: int
    expires: int | None
    parameters_line: str


def parse(headers: RequestHeaders) -> MessageSignature:
    """Return the first usable one among the first two signatures of `Signature-Input` and `Signature`.

    Raises BadSignature with the fault of the first one: "no-signature", "several-signatures",
    "signature-malformed", "not-covered", "algorithm-refused".
    Source: RFC 9421 sections 2.3, 4.1 and 4.2.
    """
    inputs = _field(headers, "signature-input")
    signatures = _field(headers, "signature")
    first_fault: BadSignature | None = None
    for written in read_signatures(inputs, signatures, most=_MOST_SIGNATURES):
        try:
            return _accepted(written)
        except BadSignature as fault:
            first_fault = first_fault or fault
    raise first_fault or BadSignature("The request has no signature", reason="no-signature")


def check_request(signature: MessageSignature, request: SignedRequest, now: datetime) -> None:
    """Raise BadSignature where the request cannot be accepted, whatever the key is.

    `@method` and the whole target must be signed: `@target-uri`, or `@authority` with `@path`, and `@query`
    where there is a query; with any method but GET and HEAD also a right `content-digest`.
    Reasons: "not-covered", "host-not-ours", "date-skew", "expired" and those of `check_digest`.
    """
    covered = signature.components
    if "@method" not in covered or not _covers_target(covered, request.target):
        raise BadSignature("The signature leaves out method or target", reason="not-covered")
    _own_authority(request)
    check_age(signature.created, now.timestamp())
    check_not_expired(signature.expires, now.timestamp())
    if request.method not in ("GET", "HEAD"):
        if "content-digest" not in covered:
            raise BadSignature("The signature leaves out the digest of the body", reason="not-covered")
        check_digest(request.headers, request.body or b"", covered=("content-digest",))


def check_key(signature: MessageSignature, request: SignedRequest, key: PublicKey) -> None:
    """Raise BadSignature unless `key` made the signature: "signature-wrong" or "algorithm-refused"."""
    schemes = _SCHEMES.get((key.algorithm, signature.algorithm))
    if schemes is None:
        raise BadSignature("The algorithm does not fit the key", reason="algorithm-refused")
    base = signature_base(signature, request)
    key.verify_any(signature.signature, [(base, scheme) for scheme in schemes])


def signature_base(signature: MessageSignature, request: SignedRequest) -> bytes:
    """Return the bytes that were signed.

    Raises BadSignature ("header-missing") where a signed header is not in the request, "host-not-ours".
    Source: RFC 9421 section 2.5.
    """
    lines = [f'"{name}": {_component_value(name, request)}' for name in signature.components]
    lines.append(f'"@signature-params": {signature.parameters_line}')
    return "\n".join(lines).encode("latin-1", "replace")


def sign_request(
    *,
    method: str,
    url: str,
    key: PrivateKey,
    key_id: str,
    now: datetime,
    content_digest: str | None = None,
) -> dict[str, str]:
    """Return the headers to add to a request: Signature-Input, Signature, and Content-Digest where given.

    `content_digest` is `content_digest_header(body)`, the same for every recipient of a body. What is signed
    is what Mastodon asks for: `@method`, `@target-uri`, `content-digest`, with `created`, `keyid`, `alg`.
    """
    target_uri = _target_uri_of(url)
    base = f'"@method": {method}\n"@target-uri": {target_uri}\n'
    components = '"@method" "@target-uri"'
    added = {}
    if content_digest is not None:
        added["Content-Digest"] = content_digest
        base += f'"content-digest": {content_digest}\n'
        components += ' "content-digest"'
    algorithm = "rsa-v1_5-sha256" if key.algorithm == "rsa" else "ed25519"
    line = f'({components});created={int(now.timestamp())};keyid="{key_id}";alg="{algorithm}"'
    signed = key.sign(f'{base}"@signature-params": {line}'.encode("latin-1"))
    added["Signature-Input"] = f"sig1={line}"
    added["Signature"] = f"sig1=:{base64.b64encode(signed).decode('ascii')}:"
    return added


def _field(headers: RequestHeaders, name: str) -> str:
    """Return the text of the one header `name`."""
    values = headers.all(name)
    if not values:
        raise BadSignature("The request is not signed", reason="no-signature")
    if len(values) > 1:
        raise BadSignature(f"The request has more than one {name} header", reason="several-signatures")
    if len(values[0]) > _LONGEST_FIELD:
        raise BadSignature(f"The {name} header is too long", reason="signature-malformed")
    return values[0]


def _accepted(written: WrittenSignature | None) -> MessageSignature:
    """Return a signature that keeps to the profile; raise BadSignature for any other."""
    if written is None or not written.signature:
        raise BadSignature("The signature cannot be read", reason="signature-malformed")
    components, parameters = written.components, written.parameters
    if any(name.startswith("@") and name not in _DERIVED for name in components):
        raise BadSignature("The signature covers something unknown", reason="signature-malformed")
    if len(set(components)) != len(components) or len(components) > _MOST_COMPONENTS:
        raise BadSignature("The signature names a component twice, or too many", reason="signature-malformed")
    key_id, algorithm = parameters.get("keyid"), parameters.get("alg", "")
    if type(key_id) is not str or not 0 < len(key_id) <= _LONGEST_KEY_ID or " " in key_id:
        raise BadSignature("The signature names no usable key id", reason="signature-malformed")
    if type(algorithm) is not str or algorithm not in _ALGORITHMS:
        raise BadSignature("The algorithm of the signature is not accepted", reason="algorithm-refused")
    created, expires = parameters.get("created"), parameters.get("expires")
    if type(created) is not int:
        raise BadSignature("The signature has no time of creation", reason="not-covered")
    if expires is not None and type(expires) is not int:
        raise BadSignature("The signature names no readable time", reason="signature-malformed")
    return MessageSignature(key_id, algorithm, components, written.signature, created, expires, written.line)


def _covers_target(covered: tuple[str, ...], target: str) -> bool:
    if "@target-uri" in covered:
        return True
    if "@authority" not in covered:
        return False
    if "@request-target" in covered:
        return True
    return "@path" in covered and ("?" not in target or "@query" in covered)


def _component_value(name: str, request: SignedRequest) -> str:
    """Return the value of one component. Source: RFC 9421 sections 2.1 and 2.2."""
    path, _, query = request.target.partition("?")
    match name:
        case "@method":
            return request.method
        case "@target-uri":
            return f"{request.scheme}://{_own_authority(request)}{request.target}"
        case "@authority":
            return _own_authority(request)
        case "@scheme":
            return request.scheme
        case "@request-target":
            return request.target
        case "@path":
            return path or "/"
        case "@query":
            return "?" + query
    value = request.headers.get(name)
    if value is None:
        raise BadSignature(f"The signed header {name!r:.60} is missing", reason="header-missing")
    return value


def _own_authority(request: SignedRequest) -> str:
    """Return our authority as the signer must have written it, from the Host header."""
    hosts = request.headers.all("host")
    authority = normal_authority(hosts[0], request.scheme) if len(hosts) == 1 else ""
    if authority not in request.hosts:
        raise BadSignature("The request is meant for another host", reason="host-not-ours")
    return authority


def _target_uri_of(url: str) -> str:
    parts = urlsplit(url)
    authority = normal_authority(parts.netloc.rpartition("@")[2], parts.scheme)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{authority}{parts.path or '/'}{query}"
