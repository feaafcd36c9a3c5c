"""The attack rows on signatures, each against both forms where both have it."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from fediunion.activitypub.keys import public_pem
from fediunion.activitypub.request_signatures import RequestHeaders, check_key, check_request, read_signature
from fediunion.activitypub.signature_dates import http_date
from fediunion.kit.errors import BadSignature
from tests.activitypub.signing import (
    BODY,
    GET_COVERS,
    KEY_ID,
    MESSAGE_GET_COVERS,
    NOW,
    POST_COVERS,
    Wire,
    accept,
    refusal,
    request_of,
    rsa_key,
    sign_cavage,
    sign_message,
    unsigned_get,
    unsigned_post,
)

Sign = Callable[[Wire], Wire]


def cavage(wire: Wire) -> Wire:
    return sign_cavage(wire, POST_COVERS if wire.method == "POST" else GET_COVERS)


def rfc9421(wire: Wire) -> Wire:
    return sign_message(wire) if wire.method == "POST" else sign_message(wire, MESSAGE_GET_COVERS)


both_forms = pytest.mark.parametrize("sign", [cavage, rfc9421])


@both_forms
def test_a_rightly_signed_request_is_accepted(sign: Sign) -> None:
    assert accept(sign(unsigned_post())) == KEY_ID
    assert accept(sign(unsigned_get())) == KEY_ID
    assert read_signature(RequestHeaders.of(sign(unsigned_post()).headers)).scheme == sign.__name__


def test_S01_a_request_without_a_signature_is_refused() -> None:
    assert refusal(unsigned_post()) == "no-signature"
    assert refusal(unsigned_get()) == "no-signature"


@pytest.mark.parametrize(
    "covers",
    [
        ("date",),
        ("host", "date", "digest"),
        ("(request-target)", "date", "digest"),
        ("(request-target)", "host", "digest"),
    ],
)
def test_S02_a_signature_that_leaves_out_target_host_or_date_is_refused(covers: tuple[str, ...]) -> None:
    assert refusal(sign_cavage(unsigned_post(), covers)) == "not-covered"


def test_S02_a_get_too_must_have_its_host_and_date_signed() -> None:
    for covers in (("(request-target)", "date"), ("(request-target)", "host"), ("host", "date")):
        assert refusal(sign_cavage(unsigned_get(), covers)) == "not-covered"


def test_S03_a_digest_that_was_not_signed_is_refused() -> None:
    assert refusal(sign_cavage(unsigned_post(), GET_COVERS)) == "not-covered"
    assert refusal(sign_message(unsigned_post(), MESSAGE_GET_COVERS)) == "not-covered"


@both_forms
@pytest.mark.parametrize("body", [BODY[:-1] + b" ", BODY + b"\n", b""])
def test_S04_a_changed_body_byte_is_refused(sign: Sign, body: bytes) -> None:
    assert refusal(replace(sign(unsigned_post()), body=body)) == "digest-mismatch"


@both_forms
def test_S05_a_post_without_a_digest_is_refused(sign: Sign) -> None:
    signed = sign(unsigned_post()).without("digest").without("content-digest")
    assert refusal(signed) == "digest-missing"
    assert refusal(sign_cavage(unsigned_post().without("digest"), GET_COVERS)) == "not-covered"


def test_S06_digests_that_disagree_are_refused() -> None:
    good = unsigned_post().get("digest")
    joined = unsigned_post().having("digest", f"{good},SHA-512=AAAA")
    assert refusal(sign_cavage(joined)) == "digest-mismatch"
    twice = unsigned_post().having("digest", f"{good}, SHA-256=AAAA")
    split = sign_cavage(twice).without("digest").adding("digest", good).adding("digest", "SHA-256=AAAA")
    assert refusal(split) == "digest-mismatch"


@pytest.mark.parametrize("digest", ["MD5=XrY7u+Ae7tCTyyK7j1rNww==", "SHA=AAAA", "crc32c=AAAA"])
def test_S07_a_digest_in_a_weak_algorithm_is_refused(digest: str) -> None:
    weak = unsigned_post().without("content-digest").having("digest", digest)
    assert refusal(sign_cavage(weak)) == "digest-weak"


@both_forms
@pytest.mark.parametrize(
    "target", ["/users/alice/inbox", "/inbox", "/users/bob/inbox?x=1", "/users/bob/inbox/"]
)
def test_S08_a_post_replayed_at_another_inbox_is_refused(sign: Sign, target: str) -> None:
    assert refusal(replace(sign(unsigned_post()), target=target)) == "signature-wrong"


@both_forms
def test_S09_a_request_for_another_host_is_refused(sign: Sign) -> None:
    elsewhere = unsigned_post().having("host", "other.example")
    assert refusal(sign(elsewhere)) == "host-not-ours"
    assert refusal(sign(unsigned_post()).without("host")) == "host-not-ours"
    assert refusal(sign(unsigned_post()).adding("host", "other.example")) == "host-not-ours"


def test_S09_another_host_put_in_place_of_the_signed_one_is_refused() -> None:
    signed = sign_cavage(unsigned_post().having("host", "other.example")).having("host", "us.example")
    assert refusal(signed) == "signature-wrong"
    values = {"@target-uri": "https://other.example/users/bob/inbox"}
    assert refusal(sign_message(unsigned_post(), values=values)) == "signature-wrong"


@both_forms
def test_S10_a_signed_get_replayed_as_post_is_refused(sign: Sign) -> None:
    signed = sign(unsigned_get("/users/bob/inbox"))
    posted = replace(signed, method="POST", body=BODY)
    assert refusal(posted) == "not-covered"


@both_forms
@pytest.mark.parametrize("method", ["PUT", "DELETE", "post"])
def test_S10_a_post_replayed_as_another_method_is_refused(sign: Sign, method: str) -> None:
    replayed = replace(sign(unsigned_post()), method=method)
    if (sign, method) == (cavage, "post"):
        assert accept(replayed) == KEY_ID  # its signing string has the method in lower case anyway
    else:
        assert refusal(replayed) == "signature-wrong"


@both_forms
def test_S11_an_altered_query_is_refused(sign: Sign) -> None:
    signed = sign(unsigned_get("/users/bob/outbox?page=1"))
    assert accept(signed) == KEY_ID
    assert refusal(replace(signed, target="/users/bob/outbox?page=2")) == "signature-wrong"
    assert refusal(replace(signed, target="/users/bob/outbox")) == "signature-wrong"


@both_forms
def test_S12_a_request_too_old_or_too_far_ahead_is_refused(sign: Sign) -> None:
    signed = sign(unsigned_post())
    assert refusal(signed, after=timedelta(hours=12, minutes=1)) == "date-skew"
    assert refusal(signed, after=-timedelta(hours=1, minutes=1)) == "date-skew"
    assert accept(signed, after=timedelta(hours=11, minutes=59)) == KEY_ID
    assert accept(signed, after=-timedelta(minutes=59)) == KEY_ID


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "2026-09-25T12:00:00Z",
        "Fri, 31 Feb 2026 12:00:00 GMT",
        "Fri, 25 Sep 2026 99:00:00 GMT",
        "9" * 5000,
    ],
)
def test_S13_an_unreadable_date_is_refused(date: str) -> None:
    assert refusal(sign_cavage(unsigned_post().having("date", date))) == "date-unreadable"


def test_S13_two_dates_and_none_are_refused() -> None:
    date = http_date(NOW)
    signed = sign_cavage(unsigned_post().having("date", f"{date}, {date}"))
    twice = signed.without("date").adding("date", date).adding("date", date)
    assert refusal(twice) == "date-unreadable"
    assert refusal(sign_cavage(unsigned_post()).without("date")) == "date-unreadable"


@both_forms
def test_S17_two_signature_headers_are_refused(sign: Sign) -> None:
    signed = sign(unsigned_post())
    assert refusal(signed.adding("signature", signed.get("signature"))) == "several-signatures"


def test_S17_a_signature_in_two_places_is_refused() -> None:
    signed = sign_cavage(unsigned_post())
    doubled = signed.adding("authorization", f"Signature {signed.get('signature')}")
    assert refusal(doubled) == "several-signatures"
    message = sign_message(unsigned_post())
    assert refusal(message.adding("signature-input", message.get("signature-input"))) == "several-signatures"


@pytest.mark.parametrize(
    "algorithm", ["hmac-sha256", "none", "rsa-sha1", "ecdsa-sha256", "rsa-md5", "unknown"]
)
def test_S18_an_algorithm_that_is_not_ours_is_refused_before_any_key_is_needed(algorithm: str) -> None:
    secret = public_pem(rsa_key()).encode()

    def with_hmac(text: bytes) -> bytes:
        return hmac.new(secret, text, hashlib.sha256).digest()

    signed = sign_cavage(unsigned_post(), algorithm=algorithm, sign=with_hmac)
    with pytest.raises(BadSignature) as caught:
        read_signature(RequestHeaders.of(signed.headers))
    assert caught.value.reason == "algorithm-refused"


@both_forms
def test_S18_the_public_key_as_a_shared_secret_proves_nothing(sign: Sign) -> None:
    secret = public_pem(rsa_key()).encode()

    def with_hmac(text: bytes) -> bytes:
        return hmac.new(secret, text, hashlib.sha256).digest()

    forged = sign_cavage if sign is cavage else sign_message
    assert refusal(forged(unsigned_post(), sign=with_hmac)) == "signature-wrong"


@pytest.mark.parametrize(
    "key_id",
    [
        *("acct:alice@victim.example", "did:key:z6Mk", "Test", "ftp://good.example/k"),
        *("https://a@evil.example/k", "https://evil.example:99999/k", "https://127.1/k"),
        *("https://evil%2eexample/k", "https://evil.example/%zz", "https://./k"),
    ],
)
def test_S26_a_key_id_that_is_no_web_address_is_refused(key_id: str) -> None:
    assert refusal(sign_cavage(unsigned_post(), key_id=key_id)) == "key-id-refused"
    assert refusal(sign_message(unsigned_post(), key_id=key_id)) == "key-id-refused"


@both_forms
def test_S27_a_signature_by_another_key_is_refused(sign: Sign) -> None:
    assert refusal(sign(unsigned_post()), rsa_key(1).public()) == "signature-wrong"


@both_forms
def test_S32_after_a_refetch_only_the_key_is_checked_again(sign: Sign) -> None:
    request = request_of(sign(unsigned_post()))
    received = read_signature(request.headers)
    check_request(received, request, NOW)
    with pytest.raises(BadSignature):
        check_key(received, request, rsa_key(1).public())
    check_key(received, request, rsa_key().public())
