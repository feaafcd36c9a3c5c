"""Words as they are compared, in any language and from anybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediunion.kit.words import folded_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Strike, on Thursday!", "the strike on thursday"),
        ("Grève générale à Genève", "greve generale a geneve"),
        ("STRASSE Straße", "strasse strasse"),
        ("#actNow_please", "actnow please"),
        ("罢工开始", "罢 工 开 始"),
        ("ストを始める", "ス ト を 始 め る"),
        ("الإضراب", "الاضراب"),
        ('" AND NEAR( * -', "and near"),
        ("...", ""),
    ],
)
def test_words_are_letters_and_digits_without_case_and_accents(text: str, words: str) -> None:
    assert folded_words(text) == words


@given(st.text())
def test_whatever_is_written_folding_it_again_changes_nothing(text: str) -> None:
    once = folded_words(text)
    assert folded_words(once) == once
    assert all(character.isalnum() or character == " " for character in once)
