"""JSON from elsewhere is read strictly."""

import pytest

from fediunion.activitypub.jsonparse import parse_json, parse_json_object
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
    for times in (100_000, 1_000_000):
        with counted_calls() as calls, pytest.raises(BadDocument) as caught:
            parse_json(piece * times)
        assert "too deeply" in str(caught.value)
        assert calls["parse_json"] == 1
        assert calls.total() < 100


def test_P07_the_limit_is_64_levels() -> None:
    assert parse_json(b"[" * 64 + b"]" * 64)
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        with pytest.raises(BadDocument):
            parse_json(opening * 65 + b"1" + closing * 65)


def test_P07_a_broad_document_is_not_deep() -> None:
    assert parse_json(b"[" + b",".join([b'{"a": [1]}'] * 500) + b"]")


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
