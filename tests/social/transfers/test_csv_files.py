"""Mastodon's CSV files, as other servers write them and as somebody hostile does."""

import pytest

from fediunion.kit.errors import Invalid
from fediunion.social.transfers.csv_files import MAX_FILE_BYTES, MAX_ROWS, Row, file_of, rows_in
from fediunion.social.transfers.models import Kind

FOLLOWING = b"""Account address,Show boosts,Notify on new posts,Languages
bob@good.example,false,true,"de, fr"
@Eve@Evil.Example,,,
ana
"""


def test_a_file_of_follows_as_mastodon_exports_it() -> None:
    usual = {"shows_boosts": True, "notifies": False, "languages": []}
    assert rows_in(Kind.FOLLOWING, FOLLOWING) == [
        Row("bob@good.example", {"shows_boosts": False, "notifies": True, "languages": ["de", "fr"]}),
        Row("eve@evil.example", usual),
        Row("ana", usual),
    ]


@pytest.mark.parametrize(
    ("kind", "content", "subjects"),
    [
        (Kind.FOLLOWING, b"\xef\xbb\xbfbob@good.example\r\nbob@good.example\r\n", ["bob@good.example"]),
        (Kind.FOLLOWING, b"Languages\nbob@good.example\n", ["bob@good.example"]),
        (Kind.BLOCKING, b"bob@good.example\n\n,\n", ["bob@good.example"]),
        (Kind.MUTING, b"Account address,Hide notifications\nbob@good.example,false\n", ["bob@good.example"]),
        (Kind.DOMAIN_BLOCKING, b"#domain,#severity\nEvil.Example,suspend\n", ["evil.example"]),
        (Kind.LISTS, b"Friends,bob@good.example\nNobody\n", ["bob@good.example"]),
        (Kind.BOOKMARKS, b"#uri\nhttps://good.example/1\njavascript:alert(1)\n", ["https://good.example/1"]),
    ],
)
def test_files_with_and_without_a_first_line(kind: Kind, content: bytes, subjects: list[str]) -> None:
    rows = rows_in(kind, content)
    assert [row.subject for row in rows if row.subject != "languages"] == subjects


def test_notifications_of_the_muted_are_hidden_unless_the_file_says_otherwise() -> None:
    shown, usual = rows_in(
        Kind.MUTING, b"Account address,Hide notifications\na@b.example,false\nc@d.example,\n"
    )
    assert (shown.options, usual.options) == ({"hides_notifications": False}, {"hides_notifications": True})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n,,\n",
        b"x" * (MAX_FILE_BYTES + 1),
        "bob@good.example".encode("utf-16"),
        b"\xff\xfe\xfd",
        b"bob@good.example\x00",
        b'"' + b"x" * 200_000,
        b"a," * 1000,
        b"a b@good.example\n",
        b"@@@\n",
        b"x" * 600 + b"@good.example\n",
        b"".join(b"a%d@b.example\n" % number for number in range(MAX_ROWS + 1)),
    ],
)
def test_O22_a_hostile_file_is_refused_whole(content: bytes) -> None:
    with pytest.raises(Invalid):
        rows_in(Kind.FOLLOWING, content)


@pytest.mark.parametrize(
    "title", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", '=HYPERLINK("x")', "Friends", "'quoted'"]
)
def test_a_title_that_a_spreadsheet_would_run_is_written_as_a_text_and_read_back(title: str) -> None:
    written = file_of(Kind.LISTS, [(title, "bob@good.example")])
    assert not written.lstrip(b'"').startswith((b"=", b"+", b"-", b"@"))
    assert rows_in(Kind.LISTS, written) == [Row("bob@good.example", {"list": title})]


def test_what_is_written_has_mastodons_first_line_and_can_be_read_again() -> None:
    written = file_of(Kind.FOLLOWING, [("bob@good.example", "true", "false", "de, fr")])
    assert written == (
        b'Account address,Show boosts,Notify on new posts,Languages\nbob@good.example,true,false,"de, fr"\n'
    )
    assert rows_in(Kind.FOLLOWING, written)[0].options["languages"] == ["de", "fr"]
