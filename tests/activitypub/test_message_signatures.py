"""Signatures of RFC 9421: the vectors of its appendix, the profile that the Fediverse uses, what we send."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from fediunion.activitypub import message_signatures
from fediunion.activitypub.digests import content_digest_header
from fediunion.activitypub.headers import RequestHeaders, SignedRequest
from fediunion.activitypub.keys import PrivateKey, load_public_pem
from fediunion.kit.errors import BadSignature
from tests.activitypub.rfc9421_vectors import (
    B4,
    B21,
    B23,
    B26,
    KEY_ED25519,
    KEY_RSA,
    KEY_RSA_PSS,
    PROXY,
    SHA512,
)
from tests.activitypub.signing import (
    BODY,
    KEY_ID,
    MESSAGE_GET_COVERS,
    MESSAGE_POST_COVERS,
    NOW,
    Wire,
    accept,
    ed25519_key,
    refusal,
    request_of,
    rsa_key,
    sign_message,
    unsigned_get,
    unsigned_post,
)

VECTOR_TIME = datetime.fromtimestamp(1618884480, UTC)


def vector(
    signed: tuple[str, str], *, target: str = "/foo?param=Value&Pet=dog", host: str = "example.com"
) -> SignedRequest:
    """Return the test request of appendix B.2, or what the proxy of section 4.3 makes of it."""
    proxied = host != "example.com"
    headers = [
        ("Host", host),
        ("Date", f"Tue, 20 Apr 2021 02:07:{'56' if proxied else '55'} GMT"),
        ("Content-Type", "application/json"),
        ("Content-Digest", SHA512),
        ("Content-Length", "18"),
        ("Signature-Input", signed[0]),
        ("Signature", signed[1]),
    ]
    if proxied:
        headers.append(("Forwarded", "for=192.0.2.123;host=example.com;proto=https"))
    return SignedRequest("POST", target, RequestHeaders.of(headers), b'{"hello": "world"}', {host})


@pytest.mark.parametrize(
    ("signed", "pem"),
    [(B21, KEY_RSA_PSS), (B23, KEY_RSA_PSS), (B26, KEY_ED25519)],
    ids=["B.2.1", "B.2.3", "B.2.6"],
)
def test_the_vectors_of_the_appendix_verify(signed: tuple[str, str], pem: str) -> None:
    request = vector(signed)
    signature = message_signatures.parse(request.headers)
    message_signatures.check_key(signature, request, load_public_pem(pem))
    if signature.components:
        moved = vector(signed, target="/bar?param=Value&Pet=dog")
        with pytest.raises(BadSignature):
            message_signatures.check_key(signature, moved, load_public_pem(pem))


def test_the_vector_that_covers_everything_is_accepted_whole() -> None:
    request = vector(B23)
    signature = message_signatures.parse(request.headers)
    message_signatures.check_request(signature, request, VECTOR_TIME)
    message_signatures.check_key(signature, request, load_public_pem(KEY_RSA_PSS))


@pytest.mark.parametrize("signed", [B21, B26], ids=["B.2.1", "B.2.6"])
def test_the_vectors_that_cover_too_little_are_refused(signed: tuple[str, str]) -> None:
    request = vector(signed)
    with pytest.raises(BadSignature) as caught:
        message_signatures.check_request(message_signatures.parse(request.headers), request, VECTOR_TIME)
    assert caught.value.reason == "not-covered"


def test_the_vector_of_the_proxy_is_accepted_until_it_expires() -> None:
    request = vector(PROXY, target="/foo", host="origin.host.internal.example")
    signature = message_signatures.parse(request.headers)
    message_signatures.check_request(signature, request, VECTOR_TIME)
    message_signatures.check_key(signature, request, load_public_pem(KEY_RSA))
    with pytest.raises(BadSignature) as caught:
        message_signatures.check_request(signature, request, VECTOR_TIME + timedelta(seconds=61))
    assert caught.value.reason == "expired"


def test_a_header_in_several_lines_is_joined_as_appendix_b4_shows() -> None:
    def request(*accepts: str) -> SignedRequest:
        headers = [("Host", "example.org"), ("Signature-Input", B4[0]), ("Signature", B4[1])]
        headers += [("Accept", accept) for accept in accepts]
        return SignedRequest("GET", "/demo?name1=Value1", RequestHeaders.of(headers), None, {"example.org"})

    key = load_public_pem(KEY_ED25519)
    for good in (("application/json", "*/*"), ("application/json, */*",)):
        message_signatures.check_key(message_signatures.parse(request().headers), request(*good), key)
    for bad in (("*/*", "application/json"), ("application/json",)):
        with pytest.raises(BadSignature):
            message_signatures.check_key(message_signatures.parse(request().headers), request(*bad), key)


@pytest.mark.parametrize("key", [rsa_key(), ed25519_key()], ids=["rsa", "ed25519"])
def test_what_we_send_is_what_mastodon_asks_for_and_our_own_check_accepts_it(
    key: PrivateKey,
) -> None:
    added = message_signatures.sign_request(
        method="POST",
        url="https://us.example:443/users/bob/inbox",
        key=key,
        key_id=KEY_ID,
        now=NOW,
        content_digest=content_digest_header(BODY),
    )
    algorithm = "rsa-v1_5-sha256" if key.algorithm == "rsa" else "ed25519"
    assert added["Signature-Input"] == (
        f'sig1=("@method" "@target-uri" "content-digest");created={int(NOW.timestamp())}'
        f';keyid="{KEY_ID}";alg="{algorithm}"'
    )
    headers = (("host", "us.example"), *((name.lower(), value) for name, value in added.items()))
    assert accept(Wire(headers=headers), key.public()) == KEY_ID


def test_a_signed_get_names_path_and_query() -> None:
    url = "https://us.example/users/bob?page=1#top"
    added = message_signatures.sign_request(method="GET", url=url, key=rsa_key(), key_id=KEY_ID, now=NOW)
    assert set(added) == {"Signature-Input", "Signature"}
    headers = (("host", "us.example"), *((name.lower(), value) for name, value in added.items()))
    assert accept(Wire("GET", "/users/bob?page=1", headers, b"")) == KEY_ID
    assert refusal(Wire("GET", "/users/bob?page=2", headers, b"")) == "signature-wrong"


@pytest.mark.parametrize(
    "covers",
    [
        ("@method", "@authority", "@path", "content-digest"),
        ("@authority", "@method", "@request-target", "content-digest"),
        (*MESSAGE_POST_COVERS, "content-type", "date"),
    ],
)
def test_the_target_may_be_signed_in_parts(covers: tuple[str, ...]) -> None:
    assert accept(sign_message(unsigned_post(), covers)) == KEY_ID


def test_S35_a_signature_without_created_is_refused() -> None:
    assert refusal(sign_message(unsigned_post(), created=None)) == "not-covered"


@pytest.mark.parametrize(
    "covers",
    [
        ("@target-uri", "content-digest"),
        ("@method", "content-digest"),
        ("@method", "@path", "content-digest"),
        ("@method", "@authority", "content-digest"),
        ("@method", "@target-uri"),
        ("@method", "@target-uri", "digest"),
        (),
    ],
)
def test_S35_a_signature_that_leaves_something_out_is_refused(covers: tuple[str, ...]) -> None:
    assert refusal(sign_message(unsigned_post(), covers)) == "not-covered"


def test_S35_a_query_must_be_signed() -> None:
    wire = unsigned_get("/users/bob?page=1")
    parts = ("@method", "@authority", "@path")
    assert refusal(sign_message(wire, parts)) == "not-covered"
    assert accept(sign_message(wire, (*parts, "@query"))) == KEY_ID


def test_S35_a_wrong_or_missing_content_digest_is_refused() -> None:
    signed = sign_message(unsigned_post())
    assert refusal(Wire(headers=signed.headers, body=BODY + b" ")) == "digest-mismatch"
    assert refusal(signed.without("content-digest").without("digest")) == "digest-missing"
    # The right Digest beside the weak one was not signed.
    for value, reason in [("md5=:AAAA:", "digest-weak"), (content_digest_header(b"x"), "digest-mismatch")]:
        assert refusal(sign_message(unsigned_post().having("content-digest", value))) == reason


def test_S37_the_public_scheme_counts_and_not_that_of_the_connection() -> None:
    public = sign_message(unsigned_get(), MESSAGE_GET_COVERS)
    inner = sign_message(
        unsigned_get(), MESSAGE_GET_COVERS, values={"@target-uri": "http://us.example/users/bob"}
    )
    assert accept(public) == KEY_ID
    assert refusal(inner) == "signature-wrong"


@pytest.mark.parametrize("host", ["US.Example", "us.example:443", "US.EXAMPLE:443"])
def test_S37_the_authority_is_compared_in_lower_case_without_the_default_port(host: str) -> None:
    for covers in (MESSAGE_GET_COVERS, ("@method", "@authority", "@path")):
        assert accept(sign_message(unsigned_get(), covers).having("host", host)) == KEY_ID


def test_S37_another_port_is_another_authority() -> None:
    wire = unsigned_get().having("host", "us.example:8443")
    values = {"@target-uri": "https://us.example:8443/users/bob"}
    signed = sign_message(wire, MESSAGE_GET_COVERS, values=values)
    assert refusal(signed) == "host-not-ours"
    request = request_of(signed, hosts=frozenset({"us.example:8443"}))
    signature = message_signatures.parse(request.headers)
    message_signatures.check_request(signature, request, NOW)
    message_signatures.check_key(signature, request, rsa_key().public())


def test_S12_created_is_good_for_twelve_hours_and_one_ahead() -> None:
    signed = sign_message(unsigned_post())
    assert accept(signed, after=timedelta(hours=12)) == KEY_ID
    assert accept(signed, after=-timedelta(hours=1)) == KEY_ID
    assert refusal(signed, after=timedelta(hours=12, minutes=1)) == "date-skew"
    assert refusal(signed, after=-timedelta(hours=1, minutes=1)) == "date-skew"


def test_other_parameters_and_an_expiry_to_come_are_accepted() -> None:
    parameters = f';expires={int(NOW.timestamp()) + 300};nonce="n";tag="fediverse"'
    signed = sign_message(unsigned_post(), parameters=parameters)
    assert accept(signed) == KEY_ID
    assert refusal(signed, after=timedelta(seconds=301)) == "expired"


def test_the_named_algorithm_must_fit_the_key() -> None:
    key = rsa_key().loaded
    assert isinstance(key, rsa.RSAPrivateKey)

    def with_pss(text: bytes) -> bytes:
        return key.sign(text, padding.PSS(padding.MGF1(hashes.SHA512()), 64), hashes.SHA512())

    pss = ';alg="rsa-pss-sha512"'
    assert accept(sign_message(unsigned_post(), parameters=pss, sign=with_pss)) == KEY_ID
    assert accept(sign_message(unsigned_post(), sign=with_pss)) == KEY_ID
    assert accept(sign_message(unsigned_post(), parameters=';alg="rsa-v1_5-sha256"')) == KEY_ID
    assert refusal(sign_message(unsigned_post(), parameters=pss)) == "signature-wrong"
    assert refusal(sign_message(unsigned_post(), parameters=';alg="ed25519"')) == "algorithm-refused"


@pytest.mark.parametrize(
    "alg", ['"hmac-sha256"', '"ecdsa-p256-sha256"', '"none"', '"RSA-SHA1"', "17", "?1", ":YQ==:"]
)
def test_S18_other_algorithms_are_refused(alg: str) -> None:
    assert refusal(sign_message(unsigned_post(), parameters=f";alg={alg}")) == "algorithm-refused"


def test_the_first_usable_of_two_signatures_counts() -> None:
    signed = sign_message(unsigned_post())
    first = 'proxy=("@method");created=1;keyid="https://proxy.example/key";alg="hmac-sha256", '
    both = signed.having("signature-input", first + signed.get("signature-input"))
    both = both.having("signature", "proxy=:YQ==:, " + signed.get("signature"))
    assert accept(both) == KEY_ID


def test_a_third_signature_is_not_looked_at() -> None:
    signed = sign_message(unsigned_post())
    unusable = "".join(f'p{number}=("@method");created=1;keyid="k";alg="x", ' for number in range(2))
    three = signed.having("signature-input", unusable + signed.get("signature-input"))
    assert refusal(three) == "signature-malformed"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("signature-input", "sig1"),
        ("signature-input", "sig1=x"),
        ("signature-input", "sig1=("),
        ("signature-input", 'sig1=("@method" "@method");created=1;keyid="k"'),
        ("signature-input", 'sig1=("@method";req);created=1;keyid="k"'),
        ("signature-input", 'sig1=("@status");created=1;keyid="k"'),
        ("signature-input", 'sig1=(method);created=1;keyid="k"'),
        ("signature-input", "sig1=();created=1"),
        ("signature-input", 'sig1=();created=1;keyid=""'),
        ("signature-input", 'sig1=();created=1;keyid="k";expires="soon"'),
        ("signature-input", 'other=();created=1;keyid="k"'),
        ("signature", "sig1=::"),
        ("signature", "sig1=:not base64:"),
        ("signature", 'sig1="text"'),
        ("signature", "sig1=:" + "A" * 9000 + ":"),
    ],
)
def test_what_cannot_be_read_is_refused(field: str, value: str) -> None:
    assert refusal(sign_message(unsigned_post()).having(field, value)) == "signature-malformed"


def test_nothing_in_the_signature_headers_is_no_signature() -> None:
    assert refusal(sign_message(unsigned_post()).without("signature")) == "no-signature"
    assert refusal(unsigned_post().adding("signature-input", "")) == "no-signature"
