"""Object integrity proofs: the vectors of FEP-8b32, of its implementers and the W3C; what is refused."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fediunion.activitypub.keys import PrivateKey, load_public_multibase, public_multibase
from fediunion.activitypub.proofs import MOST_PROVEN_BYTES, add_proof, proof_key_id, verify_proof
from fediunion.kit.errors import BadSignature
from tests.activitypub.signing import NOW, ed25519_key, rsa_key

METHOD = "https://server.example/users/alice#ed25519-key"
CREATED = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
# The key pair of FEP-8b32 and of https://www.w3.org/TR/vc-di-eddsa/#representation-eddsa-jcs-2022.
SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
PUBLIC = load_public_multibase("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2")
CONTEXT_V1 = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v1"]
CONTEXT_V2 = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v2"]
CREDENTIAL_CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"]
MULTIBASE = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
CREDENTIAL_METHOD = f"did:key:{MULTIBASE}#{MULTIBASE}"
CREDENTIAL: dict[str, Any] = {
    "@context": CREDENTIAL_CONTEXT,
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
VALUE_V1 = "zLaewdp4H9kqtwyrLatK4cjY5oRHwVcw4gibPSUDYDMhi4M49v8pcYk3ZB6D69dNpAPbUmY8ocuJ3m9KhKJEEg7z"
VALUE_V2 = "z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL"
VALUE_MITRA = "z3sXaxjKs4M3BRicwWA9peyNPJvJqxtGsDmpt1jjoHCjgeUf71TRFz56osPSfDErszyLp5Ks1EhYSgpDaNM977Rg2"
VALUE_W3C = "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"


def fep_secret() -> PrivateKey:
    return PrivateKey("ed25519", Ed25519PrivateKey.from_private_bytes(base58.b58decode(SECRET[1:])[2:]))


def fep_activity(context: list[str]) -> dict[str, Any]:
    note = {
        "id": "https://server.example/objects/1",
        "type": "Note",
        "attributedTo": "https://server.example/users/alice",
        "content": "Hello world",
        "location": {"type": "Place", "longitude": -71.184902, "latitude": 25.273962},
    }
    return {
        "@context": context,
        "id": "https://server.example/activities/1",
        "type": "Create",
        "actor": "https://server.example/users/alice",
        "object": note,
    }


def proof(value: str, method: str = METHOD, **more: object) -> dict[str, Any]:
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
        "proofValue": value,
        "created": "2023-02-24T23:36:38Z",
        **more,
    }


def signed(document: dict[str, Any] | None = None) -> dict[str, Any]:
    return add_proof(document or fep_activity(CONTEXT_V2), ed25519_key(), METHOD, NOW)


def refused(document: dict[str, Any]) -> str:
    with pytest.raises(BadSignature) as caught:
        verify_proof(document, ed25519_key().public(), now=NOW)
    return caught.value.reason


@pytest.mark.parametrize(
    ("document", "method", "value"),
    [
        (fep_activity(CONTEXT_V2), METHOD, VALUE_V2),
        (fep_activity(CONTEXT_V1), METHOD, VALUE_V1),
        (CREDENTIAL, CREDENTIAL_METHOD, VALUE_W3C),
    ],
    ids=["FEP-8b32", "FEP-8b32 with the first context", "vc-di-eddsa"],
)
def test_the_published_vectors_are_made_and_verified(
    document: dict[str, Any], method: str, value: str
) -> None:
    assert public_multibase(fep_secret()) == public_multibase(PUBLIC)
    made = add_proof(document, fep_secret(), method, CREATED)
    assert made == {**document, "proof": proof(value, method, **{"@context": document["@context"]})}
    assert proof_key_id(made) == method
    verify_proof(made, PUBLIC, now=NOW)


def test_a_proof_without_context_is_read_as_mitra_makes_it() -> None:
    document = {
        "@context": CONTEXT_V1,
        "type": "Create",
        "actor": "https://server.example/users/alice",
        "object": {"type": "Note", "content": "Hello world"},
    }
    verify_proof({**document, "proof": proof(VALUE_MITRA)}, PUBLIC, now=NOW)


def test_a_proof_without_context_is_read_as_fedify_makes_it() -> None:
    verify_proof({**fep_activity(CONTEXT_V1), "proof": proof(VALUE_V1)}, PUBLIC, now=NOW)


def test_the_first_proof_we_know_counts_among_several() -> None:
    other = {
        "type": "DataIntegrityProof",
        "cryptosuite": "mldsa44-jcs-2024",
        "verificationMethod": "https://x.example/k",
    }
    document = signed()
    several = {**document, "proof": [other, document["proof"]]}
    assert proof_key_id(several) == METHOD
    verify_proof(several, ed25519_key().public(), now=NOW)


def test_an_ld_signature_beside_the_proof_is_left_out_of_it() -> None:
    ld_signature = {"type": "RsaSignature2017", "signatureValue": "abc"}
    verify_proof({**signed(), "signature": ld_signature}, ed25519_key().public(), now=NOW)
    remade = signed({**fep_activity(CONTEXT_V2), "signature": ld_signature, "proof": {"type": "old"}})
    assert remade["signature"] == ld_signature
    verify_proof(remade, ed25519_key().public(), now=NOW)


def test_making_a_proof_does_not_change_the_document_given() -> None:
    document = fep_activity(CONTEXT_V2)
    before = copy.deepcopy(document)
    signed(document)
    assert document == before


def test_a_proof_is_made_with_an_ed25519_key_on_a_document_with_context_only() -> None:
    with pytest.raises(ValueError, match="Ed25519"):
        add_proof(fep_activity(CONTEXT_V2), rsa_key(), METHOD, NOW)
    with pytest.raises(ValueError, match="context"):
        add_proof({"type": "Note"}, ed25519_key(), METHOD, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "https://server.example/users/mallory"},
        {"object": {"type": "Note", "content": "Hello worlds"}},
        {"to": ["https://server.example/users/bob"]},
        {"@context": [*CONTEXT_V2, {"actor": "as:object"}, "https://evil.example/context"]},
    ],
)
def test_a_changed_document_is_refused(change: dict[str, Any]) -> None:
    document = {**signed(), **change}
    if "@context" in change:
        verify_proof(
            document, ed25519_key().public(), now=NOW
        )  # by its specification only the beginning counts
        document["proof"] = {name: value for name, value in document["proof"].items() if name != "@context"}
    assert refused(document) == "signature-wrong"


@pytest.mark.parametrize("name", ["verificationMethod", "created"])
def test_a_changed_proof_option_is_refused(name: str) -> None:
    document = signed()
    changed = {"verificationMethod": "https://evil.example/key", "created": "2026-01-01T00:00:00Z"}
    assert refused({**document, "proof": {**document["proof"], name: changed[name]}}) == "signature-wrong"


def test_S42_a_proof_by_another_key_is_refused() -> None:
    with pytest.raises(BadSignature) as caught:
        verify_proof(signed(), PUBLIC, now=NOW)
    assert caught.value.reason == "signature-wrong"
    with pytest.raises(BadSignature) as caught:
        verify_proof(signed(), rsa_key().public(), now=NOW)
    assert caught.value.reason == "key-refused"


def test_S42_an_expired_proof_and_one_from_the_future_are_refused() -> None:
    document = signed()
    for name, moment, reason in [
        ("expires", NOW - timedelta(seconds=1), "expired"),
        ("created", NOW + timedelta(hours=1, minutes=1), "date-skew"),
        ("created", None, "proof-malformed"),
    ]:
        text = "tomorrow" if moment is None else moment.isoformat()
        assert refused({**document, "proof": {**document["proof"], name: text}}) == reason


def test_S42_a_document_without_context_or_with_another_is_refused() -> None:
    document = signed()
    missing = {name: value for name, value in document.items() if name != "@context"}
    assert refused(missing) == "proof-context"
    bare = {name: value for name, value in document["proof"].items() if name != "@context"}
    assert refused({**missing, "proof": bare}) == "proof-context"
    assert refused({**document, "@context": CONTEXT_V1}) == "proof-context"
    assert refused({**document, "@context": list(reversed(CONTEXT_V2))}) == "proof-context"
    assert refused({**document, "proof": {**document["proof"], "@context": []}}) == "proof-context"


@pytest.mark.parametrize("given", [None, {}, [], "text", {"type": "DataIntegrityProof"}, [1, None]])
def test_a_document_without_a_proof_we_know_names_no_key(given: object) -> None:
    document = {**fep_activity(CONTEXT_V2), "proof": given}
    assert proof_key_id(document) is None
    assert refused(document) == "no-proof"


@pytest.mark.parametrize(
    "change",
    [
        {"proofPurpose": "authentication"},
        {"proofValue": None},
        {"proofValue": "abc"},
        {"proofValue": "z0OIl"},
        {"proofValue": "z" + "1" * 100_000},
        {"verificationMethod": 5},
        {"created": 5},
    ],
)
def test_a_malformed_proof_is_refused(change: dict[str, Any]) -> None:
    document = signed()
    assert refused({**document, "proof": {**document["proof"], **change}}) == "proof-malformed"


def test_a_document_without_canonical_form_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(2000):
        deep = {"object": deep}
    for value in (1 << 60, float("nan"), "\ud800", deep):
        assert refused({**signed(), "number": value}) == "proof-malformed"


def test_a_proof_of_a_document_beyond_the_limit_is_not_looked_at() -> None:
    document = fep_activity(CONTEXT_V2)
    verify_proof(
        signed({**document, "more": "x" * (MOST_PROVEN_BYTES - 2000)}), ed25519_key().public(), now=NOW
    )
    assert refused(signed({**document, "more": "x" * MOST_PROVEN_BYTES})) == "too-large"
