"""What searches and their values are called."""

import pytest

from fediunion.kit.catalogues import translated
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.search.naming import in_words, name_of
from fediunion.union.vacancies.search.results import FACETS
from tests.union.vacancies.search.shelves import query_of


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", []),
        ("grade=P-3,P-4&country=KE&network=POLNET", ["P-3 or P-4", "in Kenya", "POLNET"]),
        ("grade=P-2,P-3,P-4", ["P-2, P-3 or P-4"]),
        ("city=cox’s bazar&country=BD", ["in Cox's Bazar", "in Bangladesh"]),
        ("isco=26&language=fr-ca", ["Legal, social and cultural professionals", "with French (CA)"]),
        ("employer=relief office", ["at Relief Office"]),
        ("hardship=D,E&non_family=true", ["hardship class D or E", "Non-family duty station"]),
        ("remote=true&closing_within_days=1", ["Home-based", "Closing within a day"]),
        (
            "closing_within_days=7&posted_after=2026-11-20",
            ["Closing within 7 days", "posted since 2026-11-20"],
        ),
        ("q=legal officer&state=closed", ["“legal officer”", "Closed"]),
        ("state=all", ["open or not"]),
    ],
    ids=lambda value: value or "all" if isinstance(value, str) else None,
)
def test_a_search_is_said_in_words(asked: str, said: list[str]) -> None:
    assert in_words(query_of(asked)) == said


def test_a_search_is_said_in_the_language_of_who_reads() -> None:
    parts = in_words(query_of("grade=P-3,P-4&country=NL&language=ar"), "fr")
    shown = [translated(part, "fr") if isinstance(part, Sentence) else part for part in parts]
    assert shown == ["P-3 ou P-4", "lieu : Pays-Bas", "langue : arabe"]


def test_an_employer_is_named_as_it_is_written_where_that_is_known() -> None:
    assert in_words(query_of("employer=WHO"), employer_name=lambda key: key.upper()) == ["at WHO"]


@pytest.mark.parametrize(
    ("parameter", "value", "name"),
    [
        ("grade", "P-3", "P-3"),
        ("band", "professional", "Professional (P)"),
        ("network", "LEGALNET", "Legal"),
        ("isco", "26", "Legal, social and cultural professionals"),
        ("country", "KE", "Kenya"),
        ("hardship", "E", "E: most difficult"),
        ("contract_type", "fixed-term", "Fixed-term"),
        ("language", "sw", "Swahili"),
        ("employer", "relief office", "Relief Office"),
        ("closing_within_days", "14", "Closing within 14 days"),
        ("state", "filled", "Filled"),
        ("source", "unverified", "Not verified"),
        ("remote", "false", "Not home-based"),
        ("non_family", "false", "Family duty station"),
    ],
    ids=lambda value: value.replace(" ", "_"),
)
def test_each_value_of_a_facet_has_a_name(parameter: str, value: str, name: str) -> None:
    assert parameter in FACETS
    assert name_of(parameter, value) == name


def test_what_is_not_known_is_called_as_it_is_written() -> None:
    assert name_of("country", "XX") == "XX"
    assert name_of("isco", "99999") == "99999"
    assert name_of("language", "qqq") == "qqq"
    assert name_of("city", "far away") == "Far Away"
    assert name_of("language", "fr", "xx-unknown") == "French"
