"""Signature-Input and Signature: the short way to read them agrees with the whole grammar."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fediunion.activitypub.message_signatures import sign_request
from fediunion.activitypub.signature_fields import any_signatures, read_signatures, usual_signature
from fediunion.kit.errors import BadSignature
from tests.activitypub.rfc9421_vectors import B23, B26
from tests.activitypub.signing import (
    KEY_ID,
    NOW,
    ed25519_key,
    refusal,
    rsa_key,
    sign_message,
    unsigned_post,
)

FEDIFY_INPUT = (
    'sig1=("@method" "@target-uri" "@authority" "host" "date" "content-digest")'
    ';alg="rsa-v1_5-sha256";keyid="https://good.example/users/alice#main-key";created=1700000000'
)
FEDIFY = (FEDIFY_INPUT, "sig1=:YWJj:")
BASE64 = "ABCyz019+/=:"
WORDS = [
    '"@method"',
    '"@target-uri"',
    '"content-digest"',
    '"date"',
    '""',
    '"@method";req',
    "token",
    '"a\\"b"',
]
VALUES = [
    "1700000000",
    "0",
    "007",
    "-0",
    "-5",
    "1.5",
    '"https://a.example/k"',
    '""',
    '"\\\\"',
    "?1",
    ":YQ==:",
]
VALUES += ["999999999999999", "1000000000000000", '"é"', "tok"]
NAMES = ["created", "keyid", "alg", "expires", "nonce", "tag", "a.b", "*", "Created", ""]
LABELS = ["sig1", "sig", "s-1", "*a", "S", "1", ""]


@st.composite
def inputs(draw: st.DrawFn) -> str:
    """Return a Signature-Input that is usual, or nearly."""
    gap = st.sampled_from([" ", " ", " ", "  ", "\t", "", ", "])
    items = draw(st.lists(st.sampled_from(WORDS), max_size=4))
    covered = "".join(item + draw(gap) for item in items[:-1]) + "".join(items[-1:])
    pairs = draw(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)), max_size=4))
    between = st.sampled_from([";", ";", ";", "; ", " ;"])
    parameters = "".join(f"{draw(between)}{name}={value}" for name, value in pairs)
    end = draw(st.sampled_from(["", "", "", " ", ",", ', b=("date")', "\n", ";x"]))
    return f"{draw(st.sampled_from(LABELS))}=({covered}){parameters}{end}"


@st.composite
def signatures(draw: st.DrawFn) -> str:
    """Return a Signature that is usual, or nearly."""
    encoded = draw(st.sampled_from(["YWJj", "YQ==", "YWI=", "YQ", "YR==", "YWJjZA==", ""]) | st.text(BASE64))
    end = draw(st.sampled_from(["", "", "", ";a", " ", ", b=:YQ==:", "\n"]))
    return f"{draw(st.sampled_from(LABELS))}=:{encoded}:{end}"


@settings(max_examples=600, deadline=None)
@given(inputs(), signatures())
@example(*FEDIFY)
@example('sig1=("a" "a");x=1', "sig1=:YQ==:")
@example("sig1=();created=1", "sig1=:YR==:")
@example('sig1=();keyid="a;created=1"', "sig1=:YQ==:")
def test_what_the_short_way_reads_the_whole_grammar_reads_alike(written: str, signed: str) -> None:
    usual = usual_signature(written, signed)
    if usual is not None:
        assert any_signatures(written, signed, most=2) == [usual]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='sig1=();"@a -:created?%*\\,Z09', max_size=60), st.integers(0, 200))
def test_so_it_does_where_junk_stands_in_an_honest_field(junk: str, place: int) -> None:
    at = place % len(FEDIFY[0])
    written = FEDIFY[0][:at] + junk + FEDIFY[0][at:]
    usual = usual_signature(written, FEDIFY[1])
    if usual is not None:
        assert any_signatures(written, FEDIFY[1], most=2) == [usual]


def sent(key_name: str) -> tuple[str, str]:
    """Return the fields that we send ourselves."""
    key = rsa_key() if key_name == "rsa" else ed25519_key()
    url = "https://us.example/inbox"
    added = sign_request(
        method="POST", url=url, key=key, key_id=KEY_ID, now=NOW, content_digest="sha-256=:YQ==:"
    )
    return added["Signature-Input"], added["Signature"]


@pytest.mark.parametrize(
    "fields", [sent("rsa"), sent("ed25519"), FEDIFY, B23, B26], ids=["rsa", "ed25519", "fedify", "B23", "B26"]
)
def test_what_is_usually_sent_takes_the_short_way(fields: tuple[str, str]) -> None:
    usual = usual_signature(*fields)
    assert usual is not None
    assert [usual] == any_signatures(*fields, most=2) == read_signatures(*fields, most=2)


@pytest.mark.parametrize(
    ("written", "signed"),
    [
        ('a=("date");created=1, b=("date");created=2', "a=:YQ==:, b=:YQ==:"),
        ('a=("date");created=1', "b=:YQ==:"),
        ('a=("da\\"te");created=1', "a=:YQ==:"),
        ('a=("date";req);created=1', "a=:YQ==:"),
        ('a=("date");created=01', "a=:YQ==:"),
        ('a=("date");created', "a=:YQ==:"),
        ('a=("date"); created=1', "a=:YQ==:"),
        ('a=("date");created=1', "a=:YQ:"),
    ],
)
def test_what_is_unusual_is_left_to_the_whole_grammar(written: str, signed: str) -> None:
    assert usual_signature(written, signed) is None
    assert read_signatures(written, signed, most=2) == any_signatures(written, signed, most=2)


@pytest.mark.parametrize(
    ("written", "signed"),
    [
        ('a=("date");created=1;created=2', "a=:YQ==:"),
        ('a=("date");keyid="x";created=1;keyid="y"', "a=:YQ==:"),
        ('a=("date");created=1, a=("@method");created=1', "a=:YQ==:"),
        ('a=("date");created=1', "a=:YQ==:, a=:Yg==:"),
    ],
)
def test_a_label_or_parameter_that_stands_there_twice_is_refused(written: str, signed: str) -> None:
    with pytest.raises(BadSignature) as caught:
        read_signatures(written, signed, most=2)
    assert caught.value.reason == "signature-malformed"


def test_S35_a_second_key_id_in_one_signature_is_refused_whatever_it_names() -> None:
    good = sign_message(unsigned_post())
    again = good.get("signature-input") + ';keyid="https://victim.example/users/v#main-key"'
    assert refusal(good.having("signature-input", again)) == "signature-malformed"
