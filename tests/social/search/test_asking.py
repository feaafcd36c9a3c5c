"""What members type: operators, phrases, and anything else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fediunion.social.search.asking import Asked, Wanted, Within, read_question


def test_words_phrases_and_what_shall_not_be_there() -> None:
    assert read_question('Strike "on Thursday" -picnic -"no work"').phrases == (
        Wanted("strike"),
        Wanted("on thursday"),
        Wanted("picnic", absent=True),
        Wanted("no work", absent=True),
    )


def test_operators_are_read_in_any_case() -> None:
    asked = read_question("FROM:@ben@far.test has:media -is:reply language:pt-BR in:Library strike")
    assert asked.authors == (Wanted("ben@far.test"),)
    assert asked.facets == (Wanted("media"), Wanted("reply", absent=True), Wanted("langpt"))
    assert (asked.within, asked.phrases) == (Within.LIBRARY, (Wanted("strike"),))


@pytest.mark.parametrize(
    "text",
    ["has:gold", "is:true", "colour:red", "before:soon", "before:2026-02-30", "in:here", "during:9999-01-01"],
)
def test_what_is_no_operator_is_words(text: str) -> None:
    asked = read_question(text)
    assert asked == Asked(phrases=asked.phrases)
    assert asked.phrases == (Wanted(text.replace(":", " ").replace("-", " ").replace("  ", " ")),)


def test_days_bound_the_ids() -> None:
    before, after = read_question("before:2026-03-02"), read_question("after:2026-03-02")
    during = read_question("during:2026-03-02")
    assert before.end_id == during.first_id
    assert after.first_id == during.end_id
    assert (during.first_id or 0) < (during.end_id or 0)


def test_nothing_is_asked_by_signs_alone() -> None:
    assert read_question('... -"" \' * ( in:all').is_empty


@settings(max_examples=300)
@given(st.text(alphabet=st.one_of(st.sampled_from(list('"-:*()^{}@ #AND')), st.characters()), max_size=60))
def test_whatever_is_typed_is_read(text: str) -> None:
    asked = read_question(text)
    for wanted in asked.phrases:
        assert all(character.isalnum() or character == " " for character in wanted.text)
