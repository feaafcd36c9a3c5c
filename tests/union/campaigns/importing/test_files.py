"""Files of calls: which calls they hold, and how one of them is read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from fediunion.kit.errors import Invalid
from fediunion.union.campaigns.importing.files import FileRow, rows_in
from fediunion.union.campaigns.importing.reading import FileCall, read_row
from fediunion.union.campaigns.models import OutcomeStatus
from fediunion.union.campaigns.service.rows import Person
from tests.union.campaigns.samples import AS_OF, CLOSES, FILE, OPENS, call_file


def rows(document: object) -> list[FileRow]:
    """Return the rows of a file with this JSON."""
    return list(rows_in(json.dumps(document).encode()))


def read(**changed: Any) -> FileCall:
    """Return the first sample as it is read, with other values."""
    return read_row(rows(call_file(**changed))[0], AS_OF)


def test_a_document_with_calls_and_thunderclaps_is_read_whole() -> None:
    found = list(rows_in(FILE.read_bytes()))
    assert [row.call and row.call["sampleId"] for row in found] == ["C-01", "C-02", "C-03", "C-04", "C-05"]
    assert [row.thunderclap is not None for row in found] == [True, False, False, False, False]


def test_a_list_one_call_and_a_call_on_each_line_are_files_too() -> None:
    one, other = call_file(), call_file("C-03")
    assert len(rows([one, other])) == 2
    assert len(rows(one)) == 1
    lines = f"{json.dumps(one)}\n\nnothing\n{json.dumps(other)}\n".replace("nothing", '{"broken"')
    found = list(rows_in(b"\xef\xbb\xbf" + lines.encode()))
    assert [row.fault is None for row in found] == [True, False, True]


@pytest.mark.parametrize(
    "content",
    [b"", b" \n", b"title,demand\nx,y\n", b"{", b"[]", b"7", b'"text"', b"\xff\xfe"],
    ids=["empty", "blank", "table", "cut", "no-calls", "number", "text", "other-encoding"],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        list(rows_in(content))
    assert refused.value.field == "file"


def test_a_row_of_another_type_is_refused_alone() -> None:
    found = rows([call_file(), {"type": "JobPosting"}, 7])
    assert [row.fault is None for row in found] == [True, False, False]


def test_a_row_is_read_with_all_that_it_says() -> None:
    told = read_row(next(rows_in(FILE.read_bytes())), AS_OF)
    assert (told.key, told.slug) == ("C-01", "c-01")
    assert (told.opens_at, told.closes_at) == (OPENS, CLOSES)
    assert told.terms.case["en"].startswith("In July 2013 a revised bulletin")
    assert told.thunderclap is not None
    assert (told.thunderclap.threshold, told.thunderclap.window_seconds) == (300, 120)
    assert told.left_out == ()


def test_asks_of_kinds_that_there_are_not_are_named() -> None:
    assert read_row(rows(call_file("C-02"))[0], AS_OF).left_out == ("donate", "share-evidence")
    assert read().left_out == ("boost-pledge",)


def test_an_address_is_a_persons_unless_the_file_says_that_it_is_an_offices() -> None:
    told = read(
        targets=[
            {"role": "Executive Head", "address": "jane@rco.example"},
            {"role": "Registrar", "name": "John Doe", "address": "j@rco.example", "personal": False},
            {"role": "Press office", "address": "press@rco.example", "personal": False},
        ]
    )
    assert told.people == {
        0: Person(address="jane@rco.example"),
        1: Person(name="John Doe", address="j@rco.example"),
    }
    assert [each.address for each in told.terms.targets] == ["", "", "press@rco.example"]
    assert [each.personal for each in told.terms.targets] == [True, True, False]


def test_a_day_alone_lasts_until_its_end() -> None:
    told = read(opensAt="2026-11-10", closesAt="2027-02-28")
    assert told.opens_at == OPENS
    assert told.closes_at == datetime(2027, 2, 28, 23, 59, 59, tzinfo=UTC)


def test_an_outcome_is_read() -> None:
    told = read_row(rows(call_file("C-05"))[0], AS_OF)
    assert told.outcome is not None
    assert (told.outcome.status, told.outcome.on_day) == (OutcomeStatus.WON, "2026-11-19")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": None}, "title"),
        ({"title": ["x"]}, "title"),
        ({"demand": None}, "demand"),
        ({"closesAt": None}, "closesAt"),
        ({"closesAt": "soon"}, "closesAt"),
        ({"closesAt": "2027-02-28T23:59:59"}, "closesAt"),
        ({"opensAt": 7}, "opensAt"),
        ({"targets": "Executive Head"}, "targets"),
        ({"asks": {"type": "sign"}}, "asks"),
        ({"evidence": ["no address"]}, "evidence"),
        ({"hashtags": ["#two words"]}, "hashtags"),
        ({"fu:audience": "everybody"}, "audience"),
        ({"outcome": {"status": "great"}}, "outcome"),
        ({"thunderclap": {"message": "x", "threshold": 5}}, "thunderclap.releaseAt"),
        (
            {"thunderclap": {"message": "x", "threshold": 0, "releaseAt": "2026-12-10T12:00:00Z"}},
            "thunderclap.threshold",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_used_is_named_with_its_field(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(**changed)
    assert refused.value.field == field
