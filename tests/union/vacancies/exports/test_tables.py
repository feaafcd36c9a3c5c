"""JSON and CSV out: importing reads the same again."""

import csv
import io
import json
from collections.abc import Callable

from fediunion.union.vacancies.columns import COLUMNS, SHOWN_ONLY
from fediunion.union.vacancies.importing.files import rows_in
from fediunion.union.vacancies.reading import read_notice
from tests.union.vacancies.exports.conftest import NAMES, leaving
from tests.union.vacancies.samples import AS_OF, notice

Write = Callable[..., bytes]


def test_what_was_exported_as_json_is_imported_as_it_was(written: Write) -> None:
    rows = list(rows_in(written("json", *map(leaving, NAMES))))
    read = [read_notice(row.posting or {}, now=AS_OF, past=True) for row in rows]
    assert read == [notice(name) for name in NAMES]


def test_what_was_exported_as_a_table_is_imported_as_it_was(written: Write) -> None:
    rows = list(rows_in(written("csv", *map(leaving, NAMES))))
    read = [read_notice(row.posting or {}, now=AS_OF, past=True) for row in rows]
    assert [(each.title, each.closes_at, each.languages, each.salary) for each in read] == [
        (each.title, each.closes_at, each.languages, each.salary) for each in map(notice, NAMES)
    ]


def test_a_table_begins_with_a_mark_and_the_names_of_all_columns(written: Write) -> None:
    body = written("csv", leaving("V-01"))
    assert body.startswith(b"\xef\xbb\xbf")
    header, row = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    assert header == [*COLUMNS, *SHOWN_ONLY]
    assert row[-4:] == ["open", "https://ictysu.example/vacancies/v-01", "verified", "'@jobs@ictysu.example"]


def test_C03_no_cell_of_an_export_is_a_formula_and_importing_reverses_it(written: Write) -> None:
    body = written("csv", leaving("V-01", title='=HYPERLINK("https://evil.example")', jobBenefits="+1 @all"))
    cells = [cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")) for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    (row,) = rows_in(body)
    read = read_notice(row.posting or {}, now=AS_OF)
    assert (read.title, read.benefits) == ('=HYPERLINK("https://evil.example")', "+1 @all")


def test_an_item_list_numbers_its_postings(written: Write) -> None:
    document = json.loads(written("jsonld", leaving("V-01"), leaving("V-02")))
    assert (document["@type"], document["numberOfItems"]) == ("ItemList", 2)
    assert [each["position"] for each in document["itemListElement"]] == [1, 2]
    first = document["itemListElement"][0]
    assert first["url"] == "https://ictysu.example/vacancies/v-01"
    assert first["item"]["@id"] == "https://ictysu.example/vacancies/v-01#posting"
