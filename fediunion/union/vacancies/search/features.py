"""What a vacancy is found by: its values for each parameter of a search, from the one copy of its fields."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Protocol

from fediunion.kit.errors import Invalid
from fediunion.kit.json import JsonObject
from fediunion.union.vacancies.json_values import first_object, first_text, objects
from fediunion.union.vacancies.models import OPEN_STATES, VacancyState
from fediunion.union.vacancies.terms.grades import normal_grade
from fediunion.union.vacancies.terms.languages import read_language
from fediunion.union.vacancies.terms.places import normal_city

FEATURES: Final = (
    "grade",
    "band",
    "country",
    "city",
    "network",
    "isco",
    "contract_type",
    "language",
    "employer",
    "hardship",
    "non_family",
    "remote",
    "source",
)
"""The parameters whose values a vacancy has or has not, whatever time it is."""

STATES: Final = ("closed", "filled", "open", "withdrawn")
"""What `state` can ask for: each vacancy that is shown is in exactly one of them."""

Features = Mapping[str, tuple[str, ...]]


class Listed(Protocol):
    """The columns of a vacancy that searches look at."""

    @property
    def posting(self) -> dict[str, Any]: ...
    @property
    def employer_key(self) -> str: ...
    @property
    def source_status(self) -> str: ...


def features_of(vacancy: Listed) -> Features:
    """Return the values of a vacancy for each of FEATURES, as a query spells them.

    Every ISCO code counts with all its beginnings, a language also without its country, a grade only where it
    is one of a system that we know. What is not said to be non-family or remote counts as not being so.
    """
    posting = vacancy.posting
    grade = normal_grade(first_text(posting.get("fu:grade")))
    matched = grade is not None and grade.matched
    addresses = [first_object(place.get("address")) for place in objects(posting.get("jobLocation"))]
    return {
        "grade": (grade.text,) if grade and matched else (),
        "band": (str(grade.band),) if grade and matched else (),
        "country": _distinct(first_text(address.get("addressCountry")) for address in addresses),
        "city": _distinct(map(_city, addresses)),
        "network": _distinct(_codes(posting, "UN-JobNetwork")),
        "isco": _distinct(
            code[:digits] for code in _codes(posting, "ISCO-08") for digits in range(1, len(code) + 1)
        ),
        "contract_type": _distinct([first_text(posting.get("fu:contractType"))]),
        "language": _distinct(
            tag for need in objects(posting.get("fu:languageRequirements")) for tag in _tags(need)
        ),
        "employer": _distinct([vacancy.employer_key]),
        "hardship": _distinct([first_text(posting.get("fu:hardshipClass"))]),
        "non_family": ("true" if posting.get("fu:nonFamily") is True else "false",),
        "remote": ("true" if posting.get("jobLocationType") == "TELECOMMUTE" else "false",),
        "source": _distinct([vacancy.source_status]),
    }


def state_at(state: str, closes_at: datetime, now: datetime) -> str | None:
    """Return which of STATES a vacancy is in at an instant; None for a draft and for what was removed.

    At its closing instant it is closed, whether or not the job that closes it has run.
    """
    if state in OPEN_STATES:
        return "open" if closes_at > now else "closed"
    return {
        VacancyState.CLOSED: "closed",
        VacancyState.FILLED: "filled",
        VacancyState.WITHDRAWN: "withdrawn",
    }.get(VacancyState(state))


@lru_cache(maxsize=4096)
def city_key(text: str, country: str | None = None) -> str:
    """Return a city as cities are compared (`Cox’s Bazar` → `coxs bazar`); the key of a key is itself."""
    return normal_city(normal_city(text, country), country)


def language_key(text: str) -> str:
    """Return a language tag as tags are compared (`fr`, `fr-ca`). Raises Invalid for what is no language."""
    return read_language(text).lower()


def _city(address: JsonObject) -> str:
    city = first_text(address.get("addressLocality"))
    return city_key(city, first_text(address.get("addressCountry")) or None) if city else ""


def _codes(posting: JsonObject, scheme: str) -> list[str]:
    each = objects(posting.get("occupationalCategory"))
    return [first_text(one.get("codeValue")) for one in each if one.get("inCodeSet") == scheme]


def _tags(need: JsonObject) -> tuple[str, ...]:
    try:
        tag = language_key(first_text(need.get("language")))
    except Invalid:
        return ()
    return (tag, tag.partition("-")[0])


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
