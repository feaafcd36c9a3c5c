"""Searches that wait: added, removed, and what they are told of."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fediunion.union.vacancies.models import VacancyState
from fediunion.union.vacancies.posting import posting_of
from fediunion.union.vacancies.search.predicates import CompiledSearches
from fediunion.union.vacancies.service.rows import employer_key, words_of
from tests.union.vacancies.samples import AS_OF, notice
from tests.union.vacancies.search.shelves import query_of

SAMPLE = notice("V-01")


@dataclass
class Coming:
    """V-01 of the samples, as it comes in."""

    posting: dict[str, Any] = field(default_factory=lambda: posting_of(SAMPLE))
    employer_key: str = employer_key(SAMPLE.employer)
    source_status: str = "verified"
    state: str = VacancyState.OPEN
    hidden: bool = False
    words: str = words_of(SAMPLE)
    closes_at: datetime = SAMPLE.closes_at
    posted_at: datetime = AS_OF


def waiting(*texts: str) -> CompiledSearches[str]:
    """Return searches whose keys are what they ask."""
    searches: CompiledSearches[str] = CompiledSearches()
    for text in texts:
        searches.add(text, query_of(text))
    return searches


def test_a_vacancy_finds_the_searches_that_ask_for_it() -> None:
    searches = waiting(
        "", "grade=P-3,P-4&country=KE&network=POLNET", "grade=G-5", "q=drought", "q=flood", "isco=24"
    )
    assert searches.matching(Coming(), AS_OF) == {
        "",
        "grade=P-3,P-4&country=KE&network=POLNET",
        "q=drought",
        "isco=24",
    }


def test_a_search_that_is_removed_waits_no_more_and_its_place_is_used_again() -> None:
    searches = waiting("q=drought", "country=KE", "closing_within_days=60")
    searches.remove("q=drought")
    searches.remove("q=drought")
    searches.add("language=sw", query_of("language=sw"))
    assert searches.matching(Coming(), AS_OF) == {"country=KE", "closing_within_days=60", "language=sw"}
    assert (len(searches), "q=drought" in searches, "language=sw" in searches) == (3, False, True)
    for key in ("country=KE", "closing_within_days=60", "language=sw"):
        searches.remove(key)
    assert searches.matching(Coming(), AS_OF) == set()
    assert searches.due_later(Coming(), AS_OF) == {}


def test_a_key_has_the_search_that_it_was_given_last() -> None:
    searches: CompiledSearches[int] = CompiledSearches()
    searches.add(1, query_of("q=drought&posted_after=2026-11-01"))
    searches.add(1, query_of("country=NL"))
    assert searches.matching(Coming(), AS_OF) == set()
    searches.add(1, query_of("country=KE"))
    assert searches.matching(Coming(), AS_OF) == {1}


def test_nobody_is_told_of_what_is_hidden_a_draft_or_removed() -> None:
    searches = waiting("", "state=all", "state=closed", "closing_within_days=7")
    for coming in (Coming(hidden=True), Coming(state=VacancyState.DRAFT), Coming(state=VacancyState.REMOVED)):
        assert searches.matching(coming, AS_OF) == set()
        assert searches.due_later(coming, AS_OF) == {}


def test_what_has_closed_is_told_to_those_who_ask_for_it_only() -> None:
    searches = waiting("", "state=all", "state=closed", "state=filled")
    assert searches.matching(Coming(), SAMPLE.closes_at) == {"state=all", "state=closed"}
    filled = Coming(state=VacancyState.FILLED)
    assert searches.matching(filled, AS_OF) == {"state=all", "state=filled"}


def test_whoever_waits_for_closings_is_told_when_that_is_near() -> None:
    searches = waiting("closing_within_days=7", "closing_within_days=14&country=KE", "closing_within_days=60")
    coming = Coming()
    assert searches.matching(coming, AS_OF) == {"closing_within_days=60"}
    assert searches.due_later(coming, AS_OF) == {
        "closing_within_days=7": SAMPLE.closes_at - timedelta(days=7),
        "closing_within_days=14&country=KE": SAMPLE.closes_at - timedelta(days=14),
    }
    assert searches.due_later(coming, SAMPLE.closes_at - timedelta(days=7)) == {}


def test_all_words_must_occur_and_the_last_may_be_a_beginning() -> None:
    searches = waiting(
        "q=humanitarian affairs",
        "q=affairs humani",
        "q=affair humanitarian",
        "q=horn of afr",
        "q=p 3 nairobi",
        "q=o",
    )
    assert searches.matching(Coming(), AS_OF) == {
        "q=humanitarian affairs",
        "q=affairs humani",
        "q=horn of afr",
        "q=p 3 nairobi",
    }
