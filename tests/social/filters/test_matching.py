"""What a filter finds in a text."""

from datetime import UTC, datetime, timedelta

import pytest

from fediunion.social.filters.matching import Screen, fold
from fediunion.social.filters.models import Filter, FilterKeyword, FilterPost
from fediunion.social.filters.queries import FilterView

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def screen(
    *keywords: str, whole_word: bool = True, posts: tuple[int, ...] = (), ends: datetime | None = None
) -> Screen:
    row = Filter(owner_id=1, title="T", contexts=["home"], action="warn", expires_at=ends, created_at=NOW)
    words = [FilterKeyword(filter_id=row.id, keyword=each, whole_word=whole_word) for each in keywords]
    return Screen([FilterView(row, words, [FilterPost(filter_id=row.id, post_id=each) for each in posts])])


def found(of: Screen, text: str) -> list[str]:
    return [keyword for match in of.matches(fold(text), [7], NOW) for keyword in match.keywords]


@pytest.mark.parametrize(
    ("keyword", "text", "matches"),
    [
        ("cat", "A cat.", True),
        ("cat", "CAT", True),
        ("cat", "concatenate", False),
        ("cat", "concatenate, cat", True),
        ("cat", "cat_food", False),
        ("cat", "the-cat-sat", True),
        ("#cat", "what a#cat", True),
        ("#cat", "#cats", False),
        ("c++", "I write c++20", True),
        ("$", "costs 5$ now", True),
        ("straße", "STRASSE", True),
        ("ost wind", "der Ost\n  Wind", True),
        ("कर", "करो", False),
        (".*", "anything", False),
        ("日本", "日本", True),
    ],
)
def test_a_whole_word_ends_where_no_word_goes_on(keyword: str, text: str, matches: bool) -> None:
    assert found(screen(keyword), text) == ([keyword] if matches else [])


def test_what_need_not_be_a_whole_word_is_found_inside_of_words() -> None:
    assert found(screen("Cat", "dog", whole_word=False), "conCATenate") == ["Cat"]


def test_a_single_post_matches_by_its_id_and_by_what_it_boosts() -> None:
    of = screen(posts=(5, 7))
    assert [match.post_ids for match in of.matches("", [6, 7], NOW)] == [[7]]
    assert of.matches("", [6], NOW) == []


def test_a_filter_that_is_over_matches_nothing() -> None:
    of = screen("cat", ends=NOW + timedelta(minutes=5))
    assert of.matches("cat", [1], NOW)
    assert of.matches("cat", [1], NOW + timedelta(minutes=5)) == []
