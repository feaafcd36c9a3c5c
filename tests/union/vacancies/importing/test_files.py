"""What is in a file: told apart by its content, every record with its line."""

import json
from typing import Any

import pytest

from fediunion.kit.errors import Invalid
from fediunion.union.vacancies.importing.csv_files import template
from fediunion.union.vacancies.importing.files import rows_in
from fediunion.union.vacancies.importing.rows import LONGEST_ROW, MOST_BYTES_AT_ONCE, FileRow
from fediunion.union.vacancies.reading import read_notice
from tests.union.vacancies.samples import AS_OF, posting

HEADER = "title,employer,url,closes,city,country\n"
ROW = "Nurse,Relief,https://jobs.relief.example/1,2027-01-31,Nairobi,KE\n"


def rows(content: str | bytes) -> list[FileRow]:
    return list(rows_in(content.encode() if isinstance(content, str) else content))


def written(value: Any) -> str:
    return json.dumps(value, indent=1)


@pytest.mark.parametrize(
    "document",
    [
        [posting("V-01"), posting("V-02")],
        {"asOf": "2026", "vacancies": [posting("V-01"), posting("V-02")]},
        {"items": [posting("V-01"), posting("V-02")], "total": 2},
        {"@graph": [{"@type": "WebPage"}, posting("V-01"), posting("V-02")]},
        {"itemListElement": [{"@type": "ListItem", "item": posting(name)} for name in ("V-01", "V-02")]},
    ],
    ids=["list", "vacancies", "items", "graph", "item-list"],
)
def test_a_document_may_hold_its_postings_in_several_ways(document: Any) -> None:
    found = rows(written(document))
    titles = [posting("V-01")["title"], posting("V-02")["title"]]
    assert [each.posting and each.posting["title"] for each in found] == titles


def test_a_single_posting_is_a_file_of_one_record() -> None:
    (row,) = rows(written(posting("V-01")))
    assert (row.number, row.line, row.posting is not None) == (1, 1, True)


def test_each_line_may_be_a_posting_and_a_broken_one_is_refused_alone() -> None:
    lines = [json.dumps(posting("V-01")), "{broken", "", json.dumps(posting("V-02"))]
    found = rows("\n".join(lines))
    assert [(each.number, each.line, each.posting is None) for each in found] == [
        (1, 1, False),
        (2, 2, True),
        (3, 4, False),
    ]
    assert found[1].faults == {"": "This line is no JSON in UTF-8."}


def test_the_line_of_a_record_is_where_it_begins() -> None:
    text = '{\n"note": {"a": [\n1]},\n"vacancies": [\n{"title": "[{\\"\\n"},\n\n {"x": [{}]}, 5]\n}'
    assert [(each.number, each.line) for each in rows(text)] == [(1, 5), (2, 7), (3, 1)]


def test_a_text_in_several_languages_is_kept_whole() -> None:
    (row,) = rows(written({"description": {"en": "<p>Hello</p>", "fr": "<p>Bonjour</p>"}}))
    assert row.posting is not None
    assert row.posting["description"] == "<p>Hello</p><p>Bonjour</p>"
    assert row.posting["inLanguage"] == "en"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
def test_a_table_may_be_divided_in_three_ways_with_or_without_a_mark(delimiter: str, mark: bytes) -> None:
    (row,) = rows(mark + (HEADER + ROW).replace(",", delimiter).encode())
    assert row.posting is not None
    assert read_notice(row.posting, now=AS_OF).title == "Nurse"


def test_columns_may_stand_in_any_order_and_cells_on_several_lines() -> None:
    text = 'sep=;\n"Closing date";TITLE;Organisation;Source URL;description\n\n'
    text += '2027-01-31T12:00:00Z;Nurse;Relief;https://jobs.relief.example/1;"One\nTwo; three"\n'
    text += "2027-01-31T12:00:00Z;Clerk;Relief;https://jobs.relief.example/2;\n"
    found = rows(text)
    assert [(each.number, each.line) for each in found] == [(1, 4), (2, 6)]
    assert found[0].posting is not None
    assert found[0].posting["title"] == "Nurse"


def test_the_template_can_be_read_and_has_every_column() -> None:
    (row,) = rows(template())
    assert row.posting is not None
    assert read_notice(row.posting, now=AS_OF).number == "26-HAO-RCO-001187"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"just words", "neither JSON nor a table"),
        (b'{"a": 1,}', "no JSON"),
        (b"[1, 2", "no JSON"),
        (b"[" * 100 + b"]" * 100, "no JSON"),
        (b"[]", "no JobPosting"),
        (b'{"@graph": [{"@type": "WebPage"}]}', "no JobPosting"),
        (b"title,colour\nNurse,red\n", "no column \u201ccolour\u201d"),
        (b"title,employer,url\nNurse,Relief,https://a.example\n", "\u201ccloses\u201d is missing"),
        (b"title,title,employer,url,closes\na,b,c,d,e\n", "twice"),
        (b"[" + b" " * MOST_BYTES_AT_ONCE + b"]", "at most"),
    ],
    ids=["empty", "words", "comma", "half", "deep", "none", "graph", "unknown", "missing", "twice", "large"],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        rows(content)
    assert refused.value.field == "file"


def test_C04_bad_rows_of_a_table_are_refused_alone() -> None:
    bad = [
        ROW.encode().replace(b"Nurse", b"N\xffrse"),
        ROW.encode().replace(b"Nurse", b"N\x00rse"),
        ROW.strip().encode() + b",more,cells\n",
        ROW.encode().replace(b"Nurse", b"x" * (LONGEST_ROW + 1)),
    ]
    found = rows(HEADER.encode() + ROW.encode() + b"".join(bad) + ROW.encode())
    assert [each.posting is None for each in found] == [False, True, True, True, True, False]
    assert [each.line for each in found] == [2, 3, 4, 5, 6, 7]
    assert found[1].faults == {"title": "This is not UTF-8 text."}


def test_C03_what_looks_like_a_formula_is_a_text() -> None:
    found = rows(HEADER + ROW.replace("Nurse", "=1+1") + ROW.replace("Nurse", "'=1+1"))
    assert [each.posting and each.posting["title"] for each in found] == ["=1+1", "=1+1"]


def test_what_is_nested_too_deeply_or_too_large_is_refused_alone() -> None:
    deep: Any = {}
    for _ in range(30):
        deep = {"a": deep}
    found = rows(written([deep, {"title": "x" * LONGEST_ROW}, posting("V-01"), "text", {"@type": "Person"}]))
    assert [each.posting is None for each in found] == [True, True, False, True, True]
