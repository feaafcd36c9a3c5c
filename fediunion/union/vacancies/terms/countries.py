"""Countries by ISO 3166-1 code, and what people call them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.terms.keys import place_key

COUNTRIES: Final = Path(__file__).parent / "lists" / "countries.tsv"

NO_COUNTRIES: Final = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ")
)
"""Codes of the CLDR that are no country of ISO 3166-1. XK (Kosovo) stays, as addresses of the UN need it."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country: `code` is ISO 3166-1 alpha-2."""

    code: str

    def name(self, language: str) -> str:
        """Return its name in a language (`fr`, `pt-BR`), from the Unicode CLDR; else in English."""
        from babel import Locale
        from babel.core import UnknownLocaleError

        try:
            locale = Locale.parse(language.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            locale = Locale.parse("en")
        found = locale.territories.get(self.code) or Locale.parse("en").territories[self.code]
        return str(found)


def find_country(text: str) -> Country | None:
    """Return the country that a code of two or three letters or a name stands for; None where none does.

    Names are known in English, French, Spanish, Arabic and the country's own languages, whatever their case
    and accents; a name that two countries could mean stands for none.
    """
    given = text.strip()
    if len(given) == 2 and given.upper() in _codes():
        return Country(given.upper())
    code = _by_name().get(place_key(given))
    return None if code is None else Country(code)


def country(text: str, *, field: str = "country") -> Country:
    """Return the country that a code or a name stands for, as in `find_country`; else Invalid."""
    found = find_country(text)
    if found is None:
        raise Invalid(
            Sentence("There is no country “%(value)s”.", value=text.strip()[:60]),
            field=field,
            reason="unknown-country",
        )
    return found


def all_countries() -> tuple[Country, ...]:
    """Return every country, by code."""
    return tuple(Country(code) for code in sorted(_codes()))


@cache
def _codes() -> frozenset[str]:
    return frozenset(_by_name().values())


@cache
def _by_name() -> Mapping[str, str]:
    found = {}
    for line in COUNTRIES.read_text("utf-8").splitlines():
        code, names = line.split("\t")
        for name in names.split("|"):
            found[place_key(name)] = code
    return found
