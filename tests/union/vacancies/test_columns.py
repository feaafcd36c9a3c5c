"""Vacancies as rows of a table: nothing is lost on the way there and back."""

import pytest

from fediunion.union.vacancies.columns import COLUMNS, cells_of_notice, column_named, posting_of_cells
from fediunion.union.vacancies.reading import read_notice
from tests.union.vacancies.samples import AS_OF, SAMPLES, notice

NAMES = [each["fu:sampleId"] for each in SAMPLES["vacancies"]]


@pytest.mark.parametrize("name", NAMES)
def test_a_row_says_all_that_the_notice_does(name: str) -> None:
    original = notice(name)
    again = read_notice(posting_of_cells(cells_of_notice(original)), now=AS_OF, past=True)
    assert again == original


def test_every_column_has_a_cell_and_an_explanation() -> None:
    assert list(cells_of_notice(notice())) == list(COLUMNS)
    assert all(meaning for _, meaning in COLUMNS.values())


@pytest.mark.parametrize("header", ["closing_zone", "Closing zone", "CLOSING-ZONE", " closingZone "])
def test_a_header_is_read_in_any_spelling(header: str) -> None:
    assert column_named(header) == "closing_zone"


def test_one_country_stands_for_several_cities() -> None:
    read = posting_of_cells({"city": "Juba|Bor", "country": "SS"})
    assert read["jobLocation"] == [
        {"address": {"addressLocality": "Juba", "addressCountry": "SS"}},
        {"address": {"addressLocality": "Bor", "addressCountry": "SS"}},
    ]


def test_plain_text_becomes_paragraphs_and_markup_stays() -> None:
    read = posting_of_cells({"description": "One.\n\nTwo <3.", "responsibilities": "<p>One</p>"})
    assert read["description"] == "<p>One.</p><p>Two &lt;3.</p>"
    assert read["responsibilities"] == "<p>One</p>"
