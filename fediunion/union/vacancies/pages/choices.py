"""What the form of a vacancy offers: lists to choose from, and lists that help while one types."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeVar

from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.pages.shown import RECOGNITIONS
from fediunion.union.vacancies.terms.countries import all_countries
from fediunion.union.vacancies.terms.isco import all_occupations
from fediunion.union.vacancies.terms.money import PayUnit, all_currencies
from fediunion.union.vacancies.terms.names import (
    CONTRACT_TYPES,
    EMPLOYMENT_TYPES,
    HARDSHIP_CLASSES,
    JOB_NETWORKS,
    LEVELS,
    MOBILITIES,
    SCOPES,
)
from fediunion.union.vacancies.terms.places import all_stations
from fediunion.web.languages import LOCALES
from fediunion.web.visits import Visit

_Choice = TypeVar("_Choice", bound=StrEnum)
Options = Sequence[tuple[str, Sentence | str]]

_NOT_SAID: Final[tuple[str, Sentence]] = ("", Sentence("Not said"))
_GRADES: Final = (
    *(f"P-{level}" for level in range(1, 6)),
    *("D-1", "D-2", "NO-A", "NO-B", "NO-C", "NO-D"),
    *(f"G-{level}" for level in range(2, 8)),
    *(f"FS-{level}" for level in range(3, 7)),
    *("UNV", "INTERN", "AD5", "AD7", "AST3", "FG IV"),
)
_PAY_UNITS: Final = {
    PayUnit.YEAR: Sentence("a year"),
    PayUnit.MONTH: Sentence("a month"),
    PayUnit.WEEK: Sentence("a week"),
    PayUnit.DAY: Sentence("a day"),
    PayUnit.HOUR: Sentence("an hour"),
}
_DURATIONS: Final = (
    ("Y", Sentence("years")),
    ("M", Sentence("months")),
    ("W", Sentence("weeks")),
    ("D", Sentence("days")),
)
_YES_NO: Final = (_NOT_SAID, ("yes", Sentence("Yes")), ("no", Sentence("No")))
_ZONES: Final = (
    *("UTC", "America/New_York", "Europe/Amsterdam", "Europe/Brussels", "Europe/Paris", "Europe/Rome"),
    *("Europe/Vienna", "Europe/Zurich", "Africa/Nairobi", "Africa/Addis_Ababa", "Asia/Bangkok"),
    *("Asia/Beirut", "America/Santiago"),
)


def choices_for_form(visit: Visit) -> Mapping[str, Options]:
    """Return the lists of the form by the field that they are for; those of `lists` help while one types."""
    return {
        "contract_type": _named(CONTRACT_TYPES),
        "employment_type": _named(EMPLOYMENT_TYPES),
        "hardship": _named(HARDSHIP_CLASSES),
        "networks": [(str(network), name) for network, name in JOB_NETWORKS.items()],
        "scope": _named(SCOPES),
        "mobility": _named(MOBILITIES),
        "level": _named(LEVELS) + [(each, each) for each in ("A1", "A2", "B1", "B2", "C1", "C2")],
        "recognition": [_NOT_SAID, *((key, label) for key, (label, _) in RECOGNITIONS.items())],
        "salary_unit": [(str(unit), label) for unit, label in _PAY_UNITS.items()],
        "duration_unit": _DURATIONS,
        "yes_no": _YES_NO,
        "grades": [(each, "") for each in _GRADES],
        "zones": [(each, "") for each in _ZONES],
        "countries": _countries(LOCALES[visit.reader.language]),
        "stations": _stations(),
        "currencies": [(each, "") for each in all_currencies()],
        "occupations": _occupations(visit.reader.language),
    }


def _named(names: Mapping[_Choice, Sentence]) -> list[tuple[str, Sentence | str]]:
    return [_NOT_SAID, *((str(choice), name) for choice, name in names.items())]


@lru_cache(maxsize=8)
def _countries(locale: str) -> Options:
    return sorted(((each.code, each.name(locale)) for each in all_countries()), key=lambda pair: pair[1])


@lru_cache(maxsize=1)
def _stations() -> Options:
    return [(city, "") for city in sorted({each.city for each in all_stations()})]


@lru_cache(maxsize=8)
def _occupations(language: str) -> Options:
    return [(each.code, each.title_in(language)) for each in all_occupations() if len(each.code) == 4]
