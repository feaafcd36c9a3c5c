"""Messages to apps, opened by another implementation."""

import base64

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from fediunion.kit.errors import Invalid
from fediunion.social.push.base64url import base64url, read_base64
from fediunion.social.push.encryption import MAX_MESSAGE_BYTES, Recipient, encrypt, encrypt_as_draft
from fediunion.social.push.service import read_recipient
from tests.fakes.push_service import PushedApp

MESSAGES = (b"", b"x", b"When I grow up, I want to be a watermelon", b"y" * MAX_MESSAGE_BYTES)


@pytest.mark.parametrize("message", MESSAGES, ids=len)
def test_a_message_in_the_form_of_rfc_8291_is_opened_by_its_app(message: bytes) -> None:
    app = PushedApp()
    sent = encrypt(message, app.recipient)
    opened = http_ece.decrypt(sent.body, private_key=app.private, auth_secret=app.secret, version="aes128gcm")
    assert (opened, sent.encoding) == (message, "aes128gcm")
    assert len(sent.body) <= 4096


@pytest.mark.parametrize("message", MESSAGES, ids=len)
def test_a_message_in_the_form_of_the_draft_is_opened_by_its_app(message: bytes) -> None:
    app = PushedApp()
    sent = encrypt_as_draft(message, app.recipient)
    opened = http_ece.decrypt(
        sent.body,
        salt=read_base64(sent.salt),
        private_key=app.private,
        dh=read_base64(sent.crypto_key),
        auth_secret=app.secret,
        keylabel="P-256",
        version="aesgcm",
    )
    assert (opened, sent.encoding) == (message, "aesgcm")
    assert len(sent.body) <= 4096


def test_the_length_of_a_message_tells_little() -> None:
    app = PushedApp()
    lengths = {len(encrypt(b"x" * number, app.recipient).body) for number in range(1, 500, 50)}
    assert len(lengths) == 1


def test_no_two_messages_share_a_key_or_a_salt() -> None:
    app = PushedApp()
    assert len({encrypt(b"same", app.recipient).body[:86] for _ in range(20)}) == 20


@pytest.mark.parametrize("make", [encrypt, encrypt_as_draft])
def test_a_message_that_is_too_long_is_not_made(make: object) -> None:
    app = PushedApp()
    assert callable(make)
    with pytest.raises(ValueError, match="too long"):
        make(b"x" * (MAX_MESSAGE_BYTES + 1), app.recipient)


def test_keys_of_apps_are_read_in_both_alphabets_padded_or_not() -> None:
    app = PushedApp()
    point, secret = app.recipient.point, app.secret
    for write in (base64.b64encode, base64.urlsafe_b64encode):
        written = write(point).decode(), write(secret).decode()
        for texts in (written, tuple(text.rstrip("=") for text in written)):
            read = read_recipient(texts[0], texts[1])
            assert (read.point, read.secret) == (point, secret)


@pytest.mark.parametrize(
    ("point", "secret", "field"),
    [
        ("", base64url(b"s" * 16), "push_key"),
        ("!!!!", base64url(b"s" * 16), "push_key"),
        (base64url(b"\x04" + b"\x01" * 64), base64url(b"s" * 16), "push_key"),
        (base64url(PushedApp().recipient.point), base64url(b"s" * 15), "push_secret"),
        (base64url(PushedApp().recipient.point), "", "push_secret"),
    ],
    ids=["no-point", "not-base64", "not-on-the-curve", "short-secret", "no-secret"],
)
def test_keys_that_are_none_are_refused_with_their_field(point: str, secret: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_recipient(point, secret)
    assert refused.value.field == field


def test_a_point_of_another_curve_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP256K1()).public_key().public_numbers()
    point = b"\x04" + other.x.to_bytes(32, "big") + other.y.to_bytes(32, "big")
    with pytest.raises(Invalid):
        _ = Recipient(point, b"s" * 16).key
