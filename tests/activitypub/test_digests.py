"""A body is believed only with a right digest in a strong algorithm."""

import base64
import hashlib

import pytest

from fediunion.activitypub.digests import check_digest, content_digest_header, sha256_digest_header
from fediunion.activitypub.headers import RequestHeaders
from fediunion.kit.errors import BadSignature

BODY = b'{"hello": "world"}'
SHA256 = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="
SHA512 = "WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew=="
OTHER = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
MD5 = base64.b64encode(hashlib.md5(BODY).digest()).decode()


def refused(*headers: tuple[str, str], covered: tuple[str, ...] = ("digest", "content-digest")) -> str:
    with pytest.raises(BadSignature) as caught:
        check_digest(RequestHeaders.of(headers), BODY, covered=covered)
    return caught.value.reason


def test_the_headers_we_write_are_those_of_the_specifications() -> None:
    assert sha256_digest_header(BODY) == f"SHA-256={SHA256}"
    assert content_digest_header(BODY) == f"sha-256=:{SHA256}:"


@pytest.mark.parametrize(
    "header",
    [
        ("digest", f"SHA-256={SHA256}"),
        ("digest", f"sha-256={SHA256}"),
        ("digest", f"SHA-512={SHA512}"),
        ("digest", f"md5={MD5}, SHA-256={SHA256}"),
        ("content-digest", f"sha-256=:{SHA256}:"),
        ("content-digest", f"sha-512=:{SHA512}:"),
        ("content-digest", f"sha-256=:{SHA256}:, sha-512=:{SHA512}:"),
    ],
)
def test_a_right_digest_is_accepted_in_any_case_and_company(header: tuple[str, str]) -> None:
    check_digest(RequestHeaders.of([header]), BODY)


def test_S04_a_digest_of_another_body_is_refused() -> None:
    assert refused(("digest", f"SHA-256={OTHER}")) == "digest-mismatch"
    assert refused(("content-digest", f"sha-256=:{OTHER}:")) == "digest-mismatch"


def test_S05_a_body_without_a_digest_is_refused() -> None:
    assert refused() == "digest-missing"


def test_S06_a_wrong_digest_beside_a_right_one_is_refused() -> None:
    assert refused(("digest", f"SHA-256={SHA256},SHA-512={OTHER}")) == "digest-mismatch"
    assert refused(("digest", f"SHA-256={SHA256}"), ("digest", f"SHA-256={OTHER}")) == "digest-mismatch"
    assert refused(("digest", f"SHA-256={OTHER}"), ("digest", f"SHA-256={SHA256}")) == "digest-mismatch"
    assert (
        refused(("digest", f"SHA-256={SHA256}"), ("content-digest", f"sha-256=:{OTHER}:"))
        == "digest-mismatch"
    )


def test_S07_weak_and_unknown_algorithms_prove_nothing() -> None:
    sha1 = base64.b64encode(hashlib.sha1(BODY).digest()).decode()
    assert refused(("digest", f"MD5={MD5}")) == "digest-weak"
    assert refused(("digest", f"SHA={sha1}")) == "digest-weak"
    assert refused(("digest", f"unixsum={SHA256}")) == "digest-weak"


def test_a_right_digest_in_a_header_that_nobody_signed_proves_nothing() -> None:
    headers = (("digest", f"MD5={MD5}"), ("content-digest", f"sha-256=:{SHA256}:"))
    assert refused(*headers, covered=("digest",)) == "digest-weak"


@pytest.mark.parametrize(
    "header",
    [
        ("digest", "SHA-256=not base64!"),
        ("digest", f"SHA-256=:{SHA256}:"),
        ("content-digest", f"sha-256={SHA256}"),
        ("content-digest", "sha-256=:"),
        ("digest", f"SHA-256={SHA256}," + "x" * 3000),
    ],
)
def test_an_unreadable_digest_is_refused(header: tuple[str, str]) -> None:
    assert refused(header) == "digest-unreadable"
