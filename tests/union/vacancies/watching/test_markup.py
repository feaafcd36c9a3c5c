"""JSON-LD in web pages, also in hostile ones."""

import json

import pytest

from fediunion.union.vacancies.watching.markup import MOST_POSTINGS, postings_on
from tests.union.vacancies.samples import posting
from tests.union.vacancies.watching.conftest import page_with

JOB = {"@type": "JobPosting", "title": "Nurse"}


def titles(body: bytes) -> list[object]:
    return [each["title"] for each in postings_on(body)]


@pytest.mark.parametrize(
    "value",
    [
        JOB,
        [JOB],
        {"@graph": [{"@type": "WebPage"}, JOB]},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": JOB}]},
        {"@type": "WebPage", "mainEntity": {"@type": ["Thing", "JobPosting"], "title": "Nurse"}},
        {"@type": "schema:JobPosting", "schema:title": "Nurse"},
        {"@type": "http://schema.org/JobPosting", "http://schema.org/title": "Nurse"},
    ],
    ids=["alone", "list", "graph", "item-list", "main-entity", "prefix", "addresses"],
)
def test_a_posting_is_found_wherever_it_stands(value: object) -> None:
    assert titles(page_with(value)) == ["Nurse"]


def test_a_sample_is_read_whole() -> None:
    (found,) = postings_on(page_with(posting("V-01")))
    assert found["validThrough"] == "2027-01-08T23:59:00+03:00"


def test_line_breaks_inside_of_texts_do_no_harm() -> None:
    text = json.dumps(JOB).replace("Nurse", "Nurse\n\tnights")
    body = f"<SCRIPT TYPE='application/ld+json'>\n{text}\n</SCRIPT>".encode()
    assert titles(body) == ["Nurse  nights"]


@pytest.mark.parametrize(
    "around",
    [
        "<!-- {} -->",
        "<textarea>{}</textarea>",
        "<style>{}</style>",
        "<template>{}</template>",
        "<script>document.write('{}')</script>",
    ],
    ids=["comment", "textarea", "style", "template", "script"],
)
def test_what_is_text_or_no_part_of_the_page_does_not_count(around: str) -> None:
    inner = f'<script type="application/ld+json">{json.dumps(JOB)}</script>'
    body = around.replace("{}", inner).encode()
    assert titles(body) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<script type=application/ld+json>",
        b"<script type=application/ld+json>{</script>",
        b'<script type="application/ld+json">' + b"[" * 5000 + b"]" * 5000 + b"</script>",
        b'<script type="application/ld+json">"JobPosting"</script>',
        b'<script type="application/ld+json">{"@type": [["JobPosting"]], "title": {}}</script>',
        b'<script type="application/ld+json">{"@type": "JobPosting", "title": "\xff"}</script>',
        page_with({"@type": "JobPosting", "title": "x" * 300_000}),
        b"<!--" * 100_000,
        b"<script " * 100_000,
    ],
    ids=["empty", "open", "broken", "deep", "text", "type", "bytes", "huge", "comments", "scripts"],
)
def test_hostile_markup_gives_nothing(body: bytes) -> None:
    assert postings_on(body) == []


def test_a_page_gives_no_more_than_so_many_postings() -> None:
    assert len(postings_on(page_with(*[JOB] * (MOST_POSTINGS + 20)))) == MOST_POSTINGS
