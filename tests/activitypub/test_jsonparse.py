"""JSON from elsewhere is read strictly."""

import orjson
import pytest

from fediunion.activitypub.jsonparse import MOST_PARTS, parse_json, parse_json_object
from fediunion.kit.errors import BadDocument
from tests.calls import counted_calls


def test_ordinary_documents_are_read() -> None:
    assert parse_json(b'{"a": [1, 2.5, null, true], "b": {"c": "\xc3\xa9 \\ud83d\\ude00"}}') == {
        "a": [1, 2.5, None, True],
        "b": {"c": "é 😀"},
    }
    assert parse_json(b"[]") == []


@pytest.mark.parametrize("body", [b"", b'"a"', b"1", b"[]", b"null"])
def test_P01_what_is_no_object_is_refused_where_one_is_expected(body: bytes) -> None:
    with pytest.raises(BadDocument):
        parse_json_object(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": ',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": "\xff"}',
        '{"a": 1}'.encode("utf-16"),
        b'{"a": 1} x',
        b'{"a": "\n"}',
    ],
)
def test_P02_broken_text_is_refused(body: bytes) -> None:
    with pytest.raises(BadDocument):
        parse_json(body)


@pytest.mark.parametrize("piece", [b"[", b'{"a":', b'[{"a":'])
def test_P07_deep_nesting_is_refused_by_the_decoder_and_never_walked(piece: bytes) -> None:
    for times, why in ((20_000, "too deeply"), (100_000, "too many parts"), (1_000_000, "too many parts")):
        with counted_calls() as calls, pytest.raises(BadDocument) as caught:
            parse_json(piece * times)
        assert why in str(caught.value)
        assert calls["parse_json"] == 1
        assert calls.total() < 100


def test_P07_the_limit_is_64_levels() -> None:
    assert parse_json(b"[" * 64 + b"]" * 64)
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        with pytest.raises(BadDocument):
            parse_json(opening * 65 + b"1" + closing * 65)


def test_P07_a_broad_document_is_not_deep() -> None:
    assert parse_json(b"[" + b",".join([b'{"a": [1]}'] * 500) + b"]")


_PIECES = (b"{}", b"[]", b'""', b"1", b'{"a":1}', b'"ab"')


@pytest.mark.parametrize("piece", _PIECES, ids=["objects", "lists", "empty", "numbers", "members", "texts"])
def test_P26_a_document_of_many_small_parts_is_refused_before_it_is_read(piece: bytes) -> None:
    body = b'{"junk":[' + b",".join([piece] * (1_040_000 // (len(piece) + 1))) + b"]}"
    with counted_calls() as calls, pytest.raises(BadDocument) as caught:
        parse_json(body)
    assert "too many parts" in str(caught.value)
    assert "_unique_keys" not in calls
    assert calls.total() < 100


def test_P26_members_of_one_object_are_parts_too() -> None:
    with pytest.raises(BadDocument):
        parse_json(b"{" + b",".join(b'"%x":1' % number for number in range(MOST_PARTS + 1)) + b"}")


def test_P26_lists_as_long_as_anybody_sends_are_read() -> None:
    ids = [f"https://a.example/{number}" for number in range(40_000)]
    entry = {"type": "Mention", "href": "https://a.example/users/somebody", "name": "@somebody@a.example"}
    assert parse_json(orjson.dumps({"items": ids})) == {"items": ids}
    for entries in ([entry] * 10_000, [entry | {"name": "a, b, c, d"}] * 9_000):
        assert parse_json(orjson.dumps(entries)) == entries


def test_P26_a_larger_file_may_have_more_parts() -> None:
    rows = [{"title": f"Clerk number {number}", "employer": "The harbour"} for number in range(100_000)]
    assert parse_json(orjson.dumps(rows)) == rows


@pytest.mark.parametrize(
    ("text", "number"), [("12.0", 12), ("1.2e1", 12), ("-0.0", 0), ("9007199254740991.0", 2**53 - 1)]
)
def test_S42_a_whole_number_is_the_same_however_it_is_written(text: str, number: int) -> None:
    """Proofs hold for all spellings: who passes a document on may write another."""
    read = parse_json(text.encode())
    assert (read, type(read)) == (number, int)


@pytest.mark.parametrize("number", [12.5, 1e17, -1e300])
def test_other_numbers_stay_fractions(number: float) -> None:
    assert repr(parse_json(repr(number).encode())) == repr(number)


@pytest.mark.parametrize("number", ["9" * 5000, "1e400", "-1e400", "NaN", "Infinity", "-Infinity"])
def test_P09_numbers_that_cannot_be_held_are_refused(number: str) -> None:
    with pytest.raises(BadDocument):
        parse_json(b'{"a": %s}' % number.encode())


def test_P09_large_integers_are_numbers() -> None:
    assert parse_json(b"[18446744073709551616]") == [2**64]


@pytest.mark.parametrize(
    "body", [b'{"id": 1, "id": 1}', b'{"o": [{"to": 1, "cc": 2, "to": 3}]}', b'{"a":1,"\\u0061":2}']
)
def test_P10_duplicate_keys_anywhere_are_refused(body: bytes) -> None:
    with pytest.raises(BadDocument):
        parse_json(body)


@pytest.mark.parametrize(
    "body", [b'{"a": "x\\u0000"}', b'{"\\u0000": 1}', b'{"a": [["\\ud800"]]}', b'["\\udc00\\ud800"]']
)
def test_P12_texts_that_no_database_takes_are_refused(body: bytes) -> None:
    with pytest.raises(BadDocument):
        parse_json(body)


def test_P12_a_text_about_nul_is_only_a_text() -> None:
    assert parse_json(b'["\\\\u0000"]') == ["\\u0000"]
