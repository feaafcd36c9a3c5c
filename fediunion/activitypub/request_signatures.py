"""The one way to read and check the signature of a received request, whichever of the two forms it has."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from fediunion.activitypub import message_signatures, signatures
from fediunion.activitypub.headers import RequestHeaders, SignedRequest
from fediunion.activitypub.keys import PublicKey
from fediunion.activitypub.message_signatures import MessageSignature
from fediunion.activitypub.signature_dates import parse_http_date
from fediunion.activitypub.signatures import SignatureParameters
from fediunion.kit.errors import BadDocument, BadSignature
from fediunion.kit.urls import parse_remote_url

__all__ = [
    "ReceivedSignature",
    "RequestHeaders",
    "SignedRequest",
    "check_key",
    "check_request",
    "read_signature",
    "signed_at",
    "verify",
]

_KEY_URL: Final = re.compile(r"https?://[\x21-\x7e]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReceivedSignature:
    """A signature as read from the headers, not yet believed. `key_id` is an http(s) URL of plain ASCII."""

    scheme: Literal["cavage", "rfc9421"]
    key_id: str
    parameters: SignatureParameters | MessageSignature


def read_signature(headers: RequestHeaders) -> ReceivedSignature:
    """Return the signature that `headers` carry: RFC 9421 where there is a Signature-Input, else cavage.

    Raises BadSignature ("no-signature", "several-signatures", "signature-malformed", "algorithm-refused",
    "not-covered", "key-id-refused" for a key id that is no address that we would ask). Cheap, and safe to
    call on anything.
    """
    if headers.get("signature-input") is not None:
        signature = message_signatures.parse(headers)
        return ReceivedSignature("rfc9421", _key_url(signature.key_id), signature)
    parameters = signatures.parse_signature_header(headers)
    return ReceivedSignature("cavage", _key_url(parameters.key_id), parameters)


def check_request(received: ReceivedSignature, request: SignedRequest, now: datetime) -> None:
    """Raise BadSignature where the request is refused whatever the key is: coverage, host, dates, digest.

    Call it before the key is looked up, so that a request that cannot succeed fetches nothing.
    """
    if isinstance(received.parameters, MessageSignature):
        message_signatures.check_request(received.parameters, request, now)
    else:
        signatures.check_request(received.parameters, request, now)


def check_key(received: ReceivedSignature, request: SignedRequest, key: PublicKey) -> None:
    """Raise BadSignature unless `key` made the signature; after a refetch of the key only this is repeated.

    Reasons: "signature-wrong", "algorithm-refused", "header-missing".
    """
    if isinstance(received.parameters, MessageSignature):
        message_signatures.check_key(received.parameters, request, key)
    else:
        signatures.check_key(received.parameters, request, key)


def verify(received: ReceivedSignature, request: SignedRequest, key: PublicKey, now: datetime) -> None:
    """Raise BadSignature unless `key` signed `request` in an acceptable way: both checks in turn."""
    check_request(received, request, now)
    check_key(received, request, key)


def signed_at(received: ReceivedSignature, headers: RequestHeaders) -> datetime:
    """Return when a request that passed `check_request` was signed, by the clock of who signed it.

    Nobody else can change that: the Date header counts where the signature covers it.
    """
    parameters = received.parameters
    if isinstance(parameters, MessageSignature):
        return datetime.fromtimestamp(parameters.created, UTC)
    if "date" in parameters.signed_headers or parameters.created is None:
        return parse_http_date(headers.get("date") or "")
    return datetime.fromtimestamp(parameters.created, UTC)


def _key_url(key_id: str) -> str:
    try:
        usable = _KEY_URL.fullmatch(key_id) is not None and bool(parse_remote_url(key_id).host)
    except BadDocument:
        usable = False
    if not usable:
        raise BadSignature("The key id is not a web address", reason="key-id-refused")
    return key_id
