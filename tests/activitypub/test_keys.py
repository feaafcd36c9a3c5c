"""Which keys we make, accept and refuse."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from fediunion.activitypub import keys
from fediunion.kit.errors import BadConfiguration, BadSignature
from tests.activitypub.signing import ed25519_key, rsa_key
from tests.calls import counted_calls


def refused(text: str) -> str:
    with pytest.raises(BadSignature) as caught:
        keys.load_public_pem(text)
    return caught.value.reason


def spki(public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    return public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def rsa_public(modulus: int, exponent: int) -> str:
    """Return PKCS#1 PEM of any two numbers, as no library would write it."""
    integers = b"".join(
        der(2, number.to_bytes(number.bit_length() // 8 + 1)) for number in (modulus, exponent)
    )
    encoded = base64.encodebytes(der(0x30, integers)).decode()
    return f"-----BEGIN RSA PUBLIC KEY-----\n{encoded}-----END RSA PUBLIC KEY-----\n"


def der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([tag, 128 + len(size)]) + size + content


@pytest.mark.parametrize("key", [rsa_key(), ed25519_key()], ids=["rsa", "ed25519"])
def test_a_key_survives_its_pem_and_signs_the_same(key: keys.PrivateKey) -> None:
    scheme: keys.Scheme = "rsa-v1_5-sha256" if key.algorithm == "rsa" else "ed25519"
    loaded = keys.load_private(keys.private_to_pem(key))
    public = keys.load_public_pem(keys.public_pem(key))
    assert loaded.algorithm == public.algorithm == key.algorithm
    public.verify(loaded.sign(b"text"), b"text", scheme=scheme)
    with pytest.raises(BadSignature) as caught:
        public.verify(loaded.sign(b"text"), b"other", scheme=scheme)
    assert caught.value.reason == "signature-wrong"


def test_a_public_multibase_key_is_read_back() -> None:
    text = keys.public_multibase(ed25519_key())
    assert text.startswith("z6Mk")
    assert keys.public_multibase(keys.load_public_multibase(text)) == text


def test_an_rsa_key_is_never_published_as_multibase() -> None:
    with pytest.raises(ValueError, match="Ed25519"):
        keys.public_multibase(rsa_key())


@pytest.mark.parametrize(
    "text", ["", "z", "z6Mk", "zO0Il", "uAAAA", "z" + "1" * 5000, "z6MkŽ", "z3u2en7t5LR2WtQH5PfF"]
)
def test_a_multibase_text_that_is_no_ed25519_key_is_refused(text: str) -> None:
    with pytest.raises(BadSignature) as caught:
        keys.load_public_multibase(text)
    assert caught.value.reason == "key-refused"


def test_a_pem_is_read_with_windows_line_ends_and_as_pkcs1() -> None:
    public = rsa_key().public()
    numbers = rsa_key().public().loaded
    assert isinstance(numbers, rsa.RSAPublicKey)
    pkcs1 = rsa_public(numbers.public_numbers().n, numbers.public_numbers().e)
    for text in (
        keys.public_pem(public).replace("\n", "\r\n"),
        pkcs1,
        "\n" + keys.public_pem(public).strip(),
    ):
        assert keys.public_pem(keys.load_public_pem(text)) == keys.public_pem(public)


@pytest.mark.parametrize("scheme", ["ed25519", "hmac-sha256", ""])
def test_an_rsa_key_verifies_rsa_schemes_only(scheme: keys.Scheme) -> None:
    with pytest.raises(BadSignature) as caught:
        rsa_key().public().verify(b"x" * 256, b"text", scheme=scheme)
    assert caught.value.reason == "algorithm-refused"


@pytest.mark.parametrize("bits", [512, 1024])
def test_S20_a_short_rsa_key_is_refused(bits: int) -> None:
    assert refused(rsa_public((1 << bits) - 1, 65537)) == "key-refused"


@pytest.mark.parametrize("exponent", [1, 2, 65536, (1 << 33) + 1, (1 << 2047) + 1])
def test_S20_an_rsa_exponent_that_weakens_or_slows_is_refused(exponent: int) -> None:
    assert refused(rsa_public((1 << 2048) - 1, exponent)) == "key-refused"


def test_S20_an_even_modulus_is_refused() -> None:
    assert refused(rsa_public((1 << 2048) - 2, 65537)) == "key-refused"


def test_S21_a_huge_key_is_refused_by_its_length() -> None:
    encoded = "A" * 1_000_000
    texts = [
        rsa_public((1 << 16384) - 1, 65537),
        f"-----BEGIN PUBLIC KEY-----\n{encoded}\n-----END PUBLIC KEY-----\n",
        " " * 1_000_000,
    ]
    for text in texts:
        with counted_calls() as calls:
            assert refused(text) == "key-refused"
        assert calls["load_public_pem"] == 1
        assert calls["Pattern.fullmatch"] == calls["b64decode"] == calls["load_der_public_key"] == 0


def test_S21_a_key_beyond_the_bits_or_with_nothing_in_it_is_refused_before_it_is_used() -> None:
    texts = [
        rsa_public((1 << 9000) - 1, 65537),
        "-----BEGIN PUBLIC KEY-----" + " " * 2400,
        " " * 2500,
    ]
    for text in texts:
        with counted_calls() as calls:
            assert refused(text) == "key-refused"
        assert calls["load_der_public_key"] == (1 if "END" in text else 0)
        assert calls["RSAPublicKey.public_numbers"] == calls["RSAPublicKey.verify"] == 0


def test_the_steps_of_a_good_key_are_those_that_are_counted() -> None:
    text = keys.public_pem(rsa_key())
    with counted_calls() as calls:
        keys.load_public_pem(text)
    steps = ("Pattern.fullmatch", "b64decode", "load_der_public_key", "RSAPublicKey.public_numbers")
    assert [calls[step] for step in steps] == [1, 1, 1, 1]


def test_S22_what_is_not_one_public_key_is_refused() -> None:
    curve_key = ec.generate_private_key(ec.SECP256R1())
    good = keys.public_pem(rsa_key())
    texts = [
        keys.private_to_pem(rsa_key()).decode(),
        keys.private_to_pem(ed25519_key()).decode(),
        self_signed_certificate(curve_key),
        spki(curve_key.public_key()),
        good + good,
        good + keys.public_pem(ed25519_key()),
        good + "trailing words",
        good.replace("PUBLIC KEY", "CERTIFICATE"),
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "-----BEGIN PUBLIC KEY-----\n=\n-----END PUBLIC KEY-----\n",
        "garbage",
        "",
        good[:-40],
    ]
    assert [refused(text) for text in texts] == ["key-refused"] * len(texts)


def test_S22_a_private_key_under_the_name_of_a_public_one_is_refused() -> None:
    text = keys.private_to_pem(ed25519_key()).decode().replace("PRIVATE KEY", "PUBLIC KEY")
    assert refused(text) == "key-refused"


def test_a_stored_key_that_is_none_of_ours_is_a_fault_of_the_configuration() -> None:
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for pem in (other, b"garbage"):
        with pytest.raises(BadConfiguration):
            keys.load_private(pem)


def test_a_private_key_does_not_show_itself() -> None:
    assert "PrivateKey" in repr(ed25519_key())
    assert "loaded" not in repr(ed25519_key())


def self_signed_certificate(key: ec.EllipticCurvePrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "evil.example")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(start).not_valid_after(start + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
