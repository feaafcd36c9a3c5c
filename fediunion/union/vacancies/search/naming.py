"""What a search and its values are called, for titles and for lists of facets."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, Final

from fediunion.kit.catalogues import translated
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.search.query import OPEN, VacancyQuery, written_moment, written_phrase
from fediunion.union.vacancies.terms import names
from fediunion.union.vacancies.terms.countries import find_country
from fediunion.union.vacancies.terms.isco import occupation
from fediunion.union.vacancies.terms.places import duty_station
from fediunion.web.languages import LOCALES

STATES: Final[Mapping[str, Sentence]] = {
    "open": Sentence("Open"),
    "closed": Sentence("Closed"),
    "filled": Sentence("Filled"),
    "withdrawn": Sentence("Withdrawn"),
}
_ALL: Final = Sentence("All open vacancies")
_YES_NO: Final[Mapping[str, Mapping[str, Sentence]]] = {
    "remote": {"true": Sentence("Home-based"), "false": Sentence("Not home-based")},
    "non_family": {
        "true": Sentence("Non-family duty station"),
        "false": Sentence("Family duty station"),
    },
}
_CHOICES: Final[Mapping[str, Mapping[Any, Sentence]]] = {
    "band": names.BANDS,
    "contract_type": names.CONTRACT_TYPES,
    "hardship": names.HARDSHIP_CLASSES,
    "network": names.JOB_NETWORKS,
    "source": names.SOURCE_STATUSES,
    "state": STATES,
    **_YES_NO,
}


def name_of(parameter: str, value: str, language: str = "en") -> str:
    """Return what a value of a parameter is called: a Sentence to translate, or the name in `language`.

    What has no other name is called as it is written; an employer, and a city that the gazetteer does not
    have, by its words with capitals.
    """
    choices = _CHOICES.get(parameter)
    if choices is not None:
        return choices.get(value, value)
    if parameter == "closing_within_days":
        return _closing(int(value))
    name = _NAMES.get(parameter)
    return value if name is None else name(value, language)


def in_words(
    query: VacancyQuery, language: str = "en", *, employer_name: Callable[[str], str] = str.title
) -> list[str]:
    """Return what a search asks for, in parts to be set side by side: "P-3 or P-4", "in Kenya", "POLNET".

    Each part is a Sentence, or a text that is the same in all languages; countries, languages and occupations
    are named in `language`. All that are open is []. `employer_name` gives the name of an employer's key.
    """

    def named(parameter: str) -> list[str]:
        return [name_of(parameter, value, language) for value in query.values(parameter)]

    parts: list[str] = []
    for parameter in ("grade", "band", "contract_type"):
        parts += _either(named(parameter))
    for parameter in ("city", "country"):
        parts += [Sentence("in %(place)s", place=places) for places in _either(named(parameter))]
    parts += _either(query.network)
    parts += _either(named("isco"))
    parts += [
        Sentence("at %(employer)s", employer=each) for each in _either([*map(employer_name, query.employer)])
    ]
    parts += [Sentence("with %(language)s", language=each) for each in _either(named("language"))]
    parts += [Sentence("hardship class %(classes)s", classes=each) for each in _either(query.hardship)]
    for parameter in ("non_family", "remote", "source"):
        parts += _either(named(parameter))
    if query.closing_within_days is not None:
        parts.append(_closing(query.closing_within_days))
    if query.posted_after is not None:
        parts.append(Sentence("posted since %(day)s", day=written_moment(query.posted_after)))
    if query.q:
        parts.append(Sentence("“%(words)s”", words=" ".join(map(written_phrase, query.q))))
    if len(query.state) == len(STATES):
        parts.append(Sentence("open or not"))
    elif query.state != OPEN:
        parts += _either(named("state"))
    return parts


def words_of(query: VacancyQuery, language: str, *, employer_name: Callable[[str], str] = str.title) -> str:
    """Return what a search asks for on one line in a language of ours: "P-3 · in Kenya"."""
    parts = in_words(query, LOCALES[language], employer_name=employer_name) or [_ALL]
    return " · ".join(translated(part, language) if isinstance(part, Sentence) else part for part in parts)


def _either(values: Sequence[str]) -> list[str]:
    """Return alternatives as one part; none where there are none."""
    if len(values) < 2:
        return list(values)
    *some, last = values
    listed = reduce(lambda before, more: Sentence("%(some)s, %(more)s", some=before, more=more), some)
    return [Sentence("%(some)s or %(last)s", some=listed, last=last)]


def _closing(days: int) -> Sentence:
    return Sentence.counted("Closing within a day", "Closing within %(count)s days", count=days)


def _country(code: str, language: str) -> str:
    country = find_country(code)
    return code if country is None else country.name(language)


def _city(key: str, _language: str) -> str:
    station = duty_station(key)
    return key.title() if station is None else station.city


def _group(code: str, language: str) -> str:
    group = occupation(code)
    return code if group is None else group.title_in(language)


def _language(tag: str, language: str) -> str:
    from babel import Locale
    from babel.core import UnknownLocaleError

    try:
        known = Locale.parse(language.replace("-", "_")).languages
    except (UnknownLocaleError, ValueError):
        known = Locale.parse("en").languages
    primary, _, rest = tag.partition("-")
    name = known.get(primary) or Locale.parse("en").languages.get(primary, primary)
    return f"{name} ({rest.upper()})" if rest else str(name)


_NAMES: Final[Mapping[str, Callable[[str, str], str]]] = {
    "country": _country,
    "city": _city,
    "isco": _group,
    "language": _language,
    "employer": lambda key, _language: key.title(),
}
