"""Hostile signature headers: refused at once, whatever is in them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fediunion.activitypub.request_signatures import RequestHeaders, read_signature
from fediunion.activitypub.signatures import LONGEST_SIGNATURE_HEADER
from fediunion.kit.errors import BadSignature
from tests.activitypub.signing import KEY_ID, refusal, sign_cavage, sign_message, unsigned_post
from tests.calls import counted_calls

# At most two for each byte of the longest header: a hundred thousand bytes are not read.
MOST_CALLS = 2 * LONGEST_SIGNATURE_HEADER


@pytest.mark.parametrize(
    "key_id",
    [
        "https://evil.example/\r\nX: y",
        "https://evil.example/\x1b[31m",
        "https://evil.example/" + "k" * 100_000,
        "https://evil.example/" + "k" * 2048,
        "https://evil.example/a b",
        "https://evil.example/é",
        "",
    ],
)
def test_S43_a_hostile_key_id_is_refused_at_once_and_not_repeated(key_id: str) -> None:
    for sign in (sign_cavage, sign_message):
        headers = RequestHeaders.of(sign(unsigned_post(), key_id=key_id).headers)
        with counted_calls() as calls, pytest.raises(BadSignature) as caught:
            read_signature(headers)
        assert calls.total() < MOST_CALLS
        assert caught.value.reason in ("signature-malformed", "key-id-refused")
        assert str(caught.value).isprintable()
        assert "evil.example" not in str(caught.value)


@pytest.mark.parametrize("signature", ["not base64!", "====", "", "é", "A"])
def test_S43_a_signature_that_is_not_base64_is_refused(signature: str) -> None:
    value = f'keyId="{KEY_ID}",headers="(request-target) host date digest",signature="{signature}"'
    assert refusal(unsigned_post().adding("signature", value)) == "signature-malformed"


@pytest.mark.parametrize(
    "value",
    [
        "garbage",
        'keyId="https://good.example/k"',
        'keyId="https://good.example/k",signature="YQ==" trailing',
        'keyId="https://good.example/k",keyId="https://evil.example/k",signature="YQ=="',
        'keyId="https://good.example/k\\"x",signature="YQ=="',
        'keyId="https://good.example/k,signature="YQ=="',
        'keyId="https://good.example/k",headers="date date",signature="YQ=="',
        'keyId="https://good.example/k",headers="",signature="YQ=="',
        f'keyId="https://good.example/k",headers="{" ".join(map(str, range(100)))}",signature="YQ=="',
        'keyId="https://good.example/k",created="soon",signature="YQ=="',
        'keyId="https://good.example/k",created="",signature="YQ=="',
        "keyId=" * 2000,
        '"' * 8000,
        " " * 8000,
    ],
)
def test_S43_a_signature_header_that_cannot_be_read_is_refused_at_once(value: str) -> None:
    headers = RequestHeaders.of(unsigned_post().adding("signature", value).headers)
    with counted_calls() as calls, pytest.raises(BadSignature) as caught:
        read_signature(headers)
    assert calls.total() < MOST_CALLS
    assert caught.value.reason == "signature-malformed"


@settings(max_examples=150)
@given(signature=st.text(max_size=200), signature_input=st.none() | st.text(max_size=200))
def test_S43_no_header_whatever_brings_anything_but_a_refusal(
    signature: str, signature_input: str | None
) -> None:
    wire = unsigned_post().adding("signature", signature)
    if signature_input is not None:
        wire = wire.adding("signature-input", signature_input)
    assert refusal(wire)


@settings(max_examples=150)
@given(junk=st.text(alphabet='sig1=();"@method target-uricontent-digest:created?keyid%*\\,Z09', max_size=80))
def test_S43_no_structured_field_whatever_brings_anything_but_a_refusal(junk: str) -> None:
    signed = sign_message(unsigned_post())
    at = len(junk) % len(signed.get("signature-input"))
    changed = signed.get("signature-input")[:at] + junk + "!" + signed.get("signature-input")[at:]
    assert refusal(signed.having("signature-input", changed))
