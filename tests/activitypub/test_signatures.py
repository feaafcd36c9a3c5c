"""Signatures of draft-cavage-12: the vectors of its appendix, the forms that peers send, what we send."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from fediunion.activitypub import signatures
from fediunion.activitypub.digests import sha256_digest_header
from fediunion.activitypub.headers import RequestHeaders, SignedRequest
from fediunion.activitypub.keys import PublicKey
from fediunion.kit.errors import BadSignature
from tests.activitypub.signing import (
    BODY,
    GET_COVERS,
    KEY_ID,
    NOW,
    POST_COVERS,
    Wire,
    accept,
    ed25519_key,
    refusal,
    rsa_key,
    sign_cavage,
    unsigned_get,
    unsigned_post,
)

# draft-cavage-http-signatures-12, appendix C; its key of 1024 bits is one that we would refuse from a peer.
APPENDIX_KEY = b"""-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3
6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6
Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw
oYi+1hqp1fIekaxsyQIDAQAB
-----END PUBLIC KEY-----
"""
APPENDIX_HEADERS = [
    ("Host", "example.com"),
    ("Date", "Sun, 05 Jan 2014 21:31:40 GMT"),
    ("Content-Type", "application/json"),
    ("Digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="),
    ("Content-Length", "18"),
]
APPENDIX_C1 = (
    'keyId="Test",algorithm="rsa-sha256",headers="date",signature="SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+'
    "ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc0GppauB6hbgEKTwblDHYGEtb"
    'GmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM="'
)
APPENDIX_C2 = (
    'keyId="Test",algorithm="rsa-sha256",headers="(request-target) host date",'
    'signature="qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3'
    'HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0="'
)
# The signature printed in C.3 was made without the (created) and (expires) that its header list names.
APPENDIX_C3 = (
    'keyId="Test",algorithm="rsa-sha256",'
    'headers="(request-target) host date content-type digest content-length",'
    'signature="vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52'
    'LaEUHFv120V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE="'
)
APPENDIX_TIME = datetime(2014, 1, 5, 21, 31, 40, tzinfo=UTC)


def appendix_key() -> PublicKey:
    loaded = serialization.load_pem_public_key(APPENDIX_KEY)
    assert isinstance(loaded, rsa.RSAPublicKey)
    return PublicKey("rsa", loaded)


def appendix_request(signature: str, body: bytes = b'{"hello": "world"}') -> SignedRequest:
    headers = RequestHeaders.of([*APPENDIX_HEADERS, ("Signature", signature)])
    return SignedRequest("POST", "/foo?param=value&pet=dog", headers, body, {"example.com"})


@pytest.mark.parametrize("header", [APPENDIX_C1, APPENDIX_C2, APPENDIX_C3], ids=["C.1", "C.2", "C.3"])
def test_the_vectors_of_the_appendix_verify(header: str) -> None:
    request = appendix_request(header)
    parameters = signatures.parse_signature_header(request.headers)
    assert parameters.key_id == "Test"
    signatures.check_key(parameters, request, appendix_key())
    other = SignedRequest("POST", "/bar", RequestHeaders.of([*APPENDIX_HEADERS[2:]]), b"", ())
    with pytest.raises(BadSignature):
        signatures.check_key(parameters, other, appendix_key())


def test_only_the_full_vector_covers_enough_for_a_post() -> None:
    request = appendix_request(APPENDIX_C3)
    parameters = signatures.parse_signature_header(request.headers)
    signatures.check_request(parameters, request, APPENDIX_TIME)
    signatures.check_key(parameters, request, appendix_key())
    for header in (APPENDIX_C1, APPENDIX_C2):
        request = appendix_request(header)
        parameters = signatures.parse_signature_header(request.headers)
        with pytest.raises(BadSignature) as caught:
            signatures.check_request(parameters, request, APPENDIX_TIME)
        assert caught.value.reason == "not-covered"


def test_what_we_send_is_what_mastodon_asks_for_and_our_own_check_accepts_it() -> None:
    added = signatures.sign_request(
        method="POST",
        url="https://us.example/users/bob/inbox",
        key=rsa_key(),
        key_id=KEY_ID,
        now=NOW,
        body_digest=sha256_digest_header(BODY),
        content_type="application/activity+json",
    )
    assert added["Host"] == "us.example"
    assert added["Date"] == "Fri, 25 Sep 2026 12:00:00 GMT"
    assert added["Digest"].startswith("SHA-256=")
    assert added["Signature"].startswith(
        f'keyId="{KEY_ID}",algorithm="rsa-sha256",headers="(request-target) host date digest content-type"'
    )
    wire = Wire(headers=tuple((name.lower(), value) for name, value in added.items()))
    assert accept(wire) == KEY_ID


@pytest.mark.parametrize(
    ("url", "target", "host"),
    [
        ("https://us.example", "/", "us.example"),
        ("https://us.example/users/bob?page=1#top", "/users/bob?page=1", "us.example"),
        ("https://us.example:8443/a", "/a", "us.example:8443"),
        ("https://me:secret@us.example/a", "/a", "us.example"),
    ],
)
def test_a_signed_get_names_path_query_and_port(url: str, target: str, host: str) -> None:
    added = signatures.sign_request(method="GET", url=url, key=ed25519_key(), key_id=KEY_ID, now=NOW)
    assert set(added) == {"Host", "Date", "Signature"}
    assert 'algorithm="hs2019"' in added["Signature"]
    request = SignedRequest("GET", target, RequestHeaders.of(added.items()), None, {host})
    parameters = signatures.parse_signature_header(request.headers)
    signatures.check_request(parameters, request, NOW)
    signatures.check_key(parameters, request, ed25519_key().public())


def test_the_signature_may_stand_in_the_authorization_header() -> None:
    signed = sign_cavage(unsigned_post())
    moved = signed.without("signature").adding("authorization", f"Signature {signed.get('signature')}")
    assert accept(moved) == KEY_ID


def test_another_authorization_is_no_signature() -> None:
    assert refusal(unsigned_post().adding("authorization", "Bearer abc")) == "no-signature"


def test_blanks_and_unquoted_times_in_the_header_are_read() -> None:
    created = int(NOW.timestamp())
    covers = ("(request-target)", "(created)", "host", "digest")
    signed = sign_cavage(unsigned_post(), covers, algorithm="hs2019", created=created, expires=created + 300)
    spaced = signed.having("signature", signed.get("signature").replace(",", " , "))
    assert accept(spaced) == KEY_ID


def test_a_date_with_one_digit_or_a_numeric_zone_is_read() -> None:
    for date in ("Fri, 25 Sep 2026 14:00:00 +0200", "25 Sep 2026 12:00:00 -0000"):
        assert accept(sign_cavage(unsigned_post().having("date", date))) == KEY_ID


def test_trap_14_a_get_whose_signer_left_the_query_out_is_accepted() -> None:
    wire = unsigned_get("/users/bob/outbox?page=1")
    assert accept(sign_cavage(wire, GET_COVERS, target="/users/bob/outbox")) == KEY_ID
    assert accept(sign_cavage(wire, GET_COVERS)) == KEY_ID


def test_trap_14_a_post_must_have_signed_its_query() -> None:
    wire = Wire(target="/users/bob/inbox?x=1", headers=unsigned_post().headers)
    assert refusal(sign_cavage(wire, target="/users/bob/inbox")) == "signature-wrong"


def test_trap_10_a_content_digest_serves_as_well_as_a_digest() -> None:
    covers = ("(request-target)", "host", "date", "content-digest")
    assert accept(sign_cavage(unsigned_post().without("digest"), covers)) == KEY_ID


@pytest.mark.parametrize("algorithm", [None, "hs2019", "HS2019", "rsa-sha256"])
def test_an_rsa_key_signs_under_the_names_in_use(algorithm: str | None) -> None:
    assert accept(sign_cavage(unsigned_post(), algorithm=algorithm)) == KEY_ID


def test_an_rsa_key_signs_with_sha512_only_where_it_says_so() -> None:
    key = rsa_key().loaded
    assert isinstance(key, rsa.RSAPrivateKey)

    def with_sha512(text: bytes) -> bytes:
        return key.sign(text, padding.PKCS1v15(), hashes.SHA512())

    assert accept(sign_cavage(unsigned_post(), algorithm="rsa-sha512", sign=with_sha512)) == KEY_ID
    assert (
        refusal(sign_cavage(unsigned_post(), algorithm="rsa-sha256", sign=with_sha512)) == "signature-wrong"
    )


def test_S19_hs2019_with_an_rsa_key_may_be_pss() -> None:
    key = rsa_key().loaded
    assert isinstance(key, rsa.RSAPrivateKey)

    def with_pss(text: bytes) -> bytes:
        return key.sign(text, padding.PSS(padding.MGF1(hashes.SHA512()), 64), hashes.SHA512())

    assert accept(sign_cavage(unsigned_post(), algorithm="hs2019", sign=with_pss)) == KEY_ID
    assert refusal(sign_cavage(unsigned_post(), algorithm="rsa-sha256", sign=with_pss)) == "signature-wrong"


@pytest.mark.parametrize("algorithm", [None, "hs2019", "ed25519"])
def test_an_ed25519_key_signs_under_the_names_in_use(algorithm: str | None) -> None:
    signed = sign_cavage(unsigned_post(), key=ed25519_key(), algorithm=algorithm)
    assert accept(signed, ed25519_key().public()) == KEY_ID


def test_S19_the_kind_of_key_and_the_name_must_fit() -> None:
    signed = sign_cavage(unsigned_post(), key=ed25519_key(), algorithm="rsa-sha256")
    assert refusal(signed, ed25519_key().public()) == "algorithm-refused"
    assert refusal(sign_cavage(unsigned_post(), algorithm="ed25519")) == "algorithm-refused"


def test_S15_created_and_expires_stand_for_the_date() -> None:
    moment = int(NOW.timestamp())
    covers = ("(request-target)", "host", "(created)", "(expires)", "digest")

    def signed(created: int, expires: int, algorithm: str = "hs2019") -> Wire:
        wire = unsigned_post().without("date")
        return sign_cavage(wire, covers, algorithm=algorithm, created=created, expires=expires)

    assert accept(signed(moment, moment + 60)) == KEY_ID
    assert refusal(signed(moment + 3601, moment + 7200)) == "date-skew"
    assert refusal(signed(moment - 60, moment - 1)) == "expired"
    assert refusal(signed(moment - 12 * 3600 - 1, moment + 86400)) == "date-skew"
    assert refusal(signed(moment, moment + 60, "rsa-sha256")) == "algorithm-refused"


def test_S15_created_that_was_signed_must_be_given() -> None:
    signed = sign_cavage(unsigned_post(), (*POST_COVERS, "(created)"), algorithm="hs2019")
    assert refusal(signed) == "header-missing"


def test_a_signed_header_that_is_not_there_is_refused() -> None:
    signed = sign_cavage(unsigned_post(), (*POST_COVERS, "content-type")).without("content-type")
    assert refusal(signed) == "header-missing"
    unknown = sign_cavage(unsigned_post()).get("signature").replace("host date", "host date (nonsense)")
    assert refusal(unsigned_post().adding("signature", unknown)) == "header-missing"


def test_without_a_list_only_created_is_signed_which_is_too_little() -> None:
    signed = sign_cavage(unsigned_post(), ("(created)",), algorithm="hs2019", created=int(NOW.timestamp()))
    bare = signed.get("signature").replace('headers="(created)",', "")
    assert refusal(unsigned_post().adding("signature", bare)) == "not-covered"


def test_a_signature_dated_by_the_sender_is_old_after_twelve_hours() -> None:
    signed = sign_cavage(unsigned_post())
    assert accept(signed, after=timedelta(hours=12)) == KEY_ID
    assert refusal(signed, after=timedelta(hours=12, seconds=1)) == "date-skew"
