"""Object integrity proofs of FEP-8b32, with the cryptosuite eddsa-jcs-2022."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import base58
import orjson
import rfc8785

from fediunion.activitypub.canonical import canonical_json
from fediunion.activitypub.keys import PrivateKey, PublicKey
from fediunion.activitypub.signature_dates import MAX_FUTURE_SECONDS
from fediunion.kit.clock import format_instant, parse_instant
from fediunion.kit.errors import BadSignature

CRYPTOSUITE: Final = "eddsa-jcs-2022"
_TYPE: Final = "DataIntegrityProof"
_PURPOSE: Final = "assertionMethod"
_LONGEST_PROOF_VALUE: Final = 100
_SIGNATURE_BYTES: Final = 64
_LONGEST_KEY_ID: Final = 2048
_MOST_PROOFS: Final = 8
MOST_PROVEN_BYTES: Final = 131_072
"""A canonical form of fractions and names in other scripts costs 0.2 s for a megabyte."""


def add_proof(
    document: Mapping[str, Any], key: PrivateKey, verification_method: str, now: datetime
) -> dict[str, Any]:
    """Return `document` with a `proof` by `key`, an Ed25519 key; an earlier proof is replaced.

    `document` must have its `@context` already, which the proof repeats: adding to it later breaks the proof.
    An LD signature comes after the proof. Raises ValueError for another kind of key or without `@context`.
    Source: FEP-8b32; https://www.w3.org/TR/vc-di-eddsa/#create-proof-eddsa-jcs-2022.
    """
    if key.algorithm != "ed25519" or "@context" not in document:
        raise ValueError("a proof needs an Ed25519 key and a document with @context")
    unsecured = _without_signatures(document)
    options = {
        "@context": document["@context"],
        "type": _TYPE,
        "cryptosuite": CRYPTOSUITE,
        "verificationMethod": verification_method,
        "proofPurpose": _PURPOSE,
        "created": format_instant(now),
    }
    signature = key.sign(_hashes(options, unsecured))
    return {**document, "proof": {**options, "proofValue": "z" + base58.b58encode(signature).decode("ascii")}}


def proof_key_id(document: Mapping[str, Any]) -> str | None:
    """Return the URL of the key that the proof names; None where there is no proof in a suite we know.

    It says who claims to have signed, nothing more: whether the actor's own document lists that key is for
    the caller to see, and whether it did sign for `verify_proof`.
    """
    proof = next(_known_proofs(document), None)
    method = proof.get("verificationMethod") if proof is not None else None
    return method if isinstance(method, str) and 0 < len(method) <= _LONGEST_KEY_ID else None


def check_proof(
    document: Mapping[str, Any], *, now: datetime, max_age: timedelta | None = None
) -> Mapping[str, Any]:
    """Return the first proof of `document` in our suite, which may hold: all that is seen without the key.

    The document must have a `@context`, and begin it with the proof's where the proof has one. With `max_age`
    the proof must say that it was made within that time ("expired"): who repeats it later may repeat what was
    taken back since. A document of more than MOST_PROVEN_BYTES is not looked at. Raises BadSignature:
    "no-proof", "proof-malformed", "proof-context", "expired", "date-skew", "too-large".
    """
    proof = next(_known_proofs(document), None)
    if proof is None:
        raise BadSignature("The document has no proof that we know", reason="no-proof")
    _signature_of(proof)
    _check_times(proof, now, max_age)
    _check_size(document)
    if "@context" in proof:
        _check_context(document.get("@context"), proof["@context"])
    elif not document.get("@context"):
        raise BadSignature("The document has no @context", reason="proof-context")
    return proof


def verify_proof(
    document: Mapping[str, Any], key: PublicKey, *, now: datetime, max_age: timedelta | None = None
) -> None:
    """Raise BadSignature unless the first proof of `document` in our suite was made by `key`.

    An LD `signature` is left out: it is added after the proof. A proof without a `@context` is read as Mitra
    makes it (hashed as it stands) and as Fedify does (hashed with the document's). Reasons: those of
    `check_proof`, "key-refused", "signature-wrong".
    Source: https://www.w3.org/TR/vc-di-eddsa/#verify-proof-eddsa-jcs-2022.
    """
    proof = check_proof(document, now=now, max_age=max_age)
    if key.algorithm != "ed25519":
        raise BadSignature("A proof is made with an Ed25519 key", reason="key-refused")
    signature = _signature_of(proof)
    unsecured = _without_signatures(document)
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    readings = [options]
    if "@context" in options:
        unsecured["@context"] = options["@context"]
    else:
        readings.append({"@context": document["@context"], **options})
    document_hash = _canonical_hash(unsecured)
    key.verify_any(signature, [(_canonical_hash(reading) + document_hash, "ed25519") for reading in readings])


def _known_proofs(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    given = document.get("proof")
    for proof in (given if isinstance(given, list) else [given])[:_MOST_PROOFS]:
        if isinstance(proof, dict) and proof.get("type") == _TYPE and proof.get("cryptosuite") == CRYPTOSUITE:
            yield proof


def _without_signatures(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in ("proof", "signature")}


def _hashes(options: Mapping[str, Any], unsecured: Mapping[str, Any]) -> bytes:
    """Return the 64 bytes that are signed: the hash of the canonical proof options, then of the document."""
    return _canonical_hash(options) + _canonical_hash(unsecured)


def _canonical_hash(value: Mapping[str, Any]) -> bytes:
    try:
        return hashlib.sha256(canonical_json(value)).digest()
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise BadSignature("The document has no canonical form", reason="proof-malformed") from error


def _check_size(document: Mapping[str, Any]) -> None:
    try:
        size = len(orjson.dumps(document))
    except TypeError as error:
        raise BadSignature("The document has no canonical form", reason="proof-malformed") from error
    if size > MOST_PROVEN_BYTES:
        raise BadSignature(f"Proofs are of at most {MOST_PROVEN_BYTES} bytes", reason="too-large")


def _signature_of(proof: Mapping[str, Any]) -> bytes:
    value = proof.get("proofValue")
    if proof.get("proofPurpose") != _PURPOSE or not isinstance(proof.get("verificationMethod"), str):
        raise BadSignature("The proof is not for an assertion", reason="proof-malformed")
    if not isinstance(value, str) or not value.startswith("z") or len(value) > _LONGEST_PROOF_VALUE:
        raise BadSignature("The proof is not base58btc", reason="proof-malformed")
    try:
        signature = base58.b58decode(value[1:].encode("ascii"))
    except ValueError as error:
        raise BadSignature("The proof is not base58btc", reason="proof-malformed") from error
    if len(signature) != _SIGNATURE_BYTES:
        raise BadSignature("The proof is no Ed25519 signature", reason="proof-malformed")
    return signature


def _check_times(proof: Mapping[str, Any], now: datetime, max_age: timedelta | None) -> None:
    created, expires = (_instant(proof.get(name)) for name in ("created", "expires"))
    if created is not None and (created - now).total_seconds() > MAX_FUTURE_SECONDS:
        raise BadSignature("The proof is dated more than an hour ahead", reason="date-skew")
    if max_age is not None and (created is None or now - created > max_age):
        raise BadSignature("The proof is too old to be believed from anybody", reason="expired")
    if expires is not None and expires < now:
        raise BadSignature("The proof has expired", reason="expired")


def _instant(value: object) -> datetime | None:
    if value is None:
        return None
    instant = parse_instant(value) if isinstance(value, str) else None
    if instant is None:
        raise BadSignature("The proof names no readable time", reason="proof-malformed")
    return instant


def _check_context(document_context: object, proof_context: object) -> None:
    """Raise BadSignature unless the document's context begins with everything of the proof's, in order."""
    outer = document_context if isinstance(document_context, list) else [document_context]
    inner = proof_context if isinstance(proof_context, list) else [proof_context]
    if not inner or outer[: len(inner)] != inner or inner == [None]:
        raise BadSignature("The proof is for another @context", reason="proof-context")
