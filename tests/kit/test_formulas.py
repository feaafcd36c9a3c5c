"""Cells that spreadsheets would take for formulas."""

import pytest

from fediunion.kit.formulas import harmless_cell, plain_cell


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+31 6", "-5", "@jobs", "\tx", "\rx"],
    ids=["equals", "plus", "minus", "at", "tab", "return"],
)
def test_C03_a_formula_is_text_in_a_cell_and_read_back_as_it_was(text: str) -> None:
    assert harmless_cell(text) == f"'{text}"
    assert plain_cell(harmless_cell(text)) == text


@pytest.mark.parametrize(
    "text", ["", "Nairobi", "'quoted'", "1=1"], ids=["empty", "word", "quotes", "inside"]
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless_cell(text) == plain_cell(text) == text
