"""Reading a search from a query string: every value normalised, everything that is not known named."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.kit.words import folded_words
from fediunion.union.vacancies.search.cursor import Sort, read_cursor
from fediunion.union.vacancies.search.features import STATES, city_key, language_key
from fediunion.union.vacancies.search.query import (
    MOST_LIMIT,
    REPEATED,
    VacancyQuery,
    tidy,
    written_phrase,
)
from fediunion.union.vacancies.terms import contract
from fediunion.union.vacancies.terms.countries import country
from fediunion.union.vacancies.terms.grades import normal_grade, read_band
from fediunion.union.vacancies.terms.isco import is_prefix
from fediunion.union.vacancies.terms.keys import choice_key
from fediunion.union.vacancies.terms.source import SourceStatus

MOST_DAYS: Final = 366
MOST_VALUES: Final = 50
LONGEST_VALUE: Final = 300
MOST_WORDS: Final = 20
_MOST_NAMED: Final = 20
_SHOWN: Final = 60


@dataclass(frozen=True)
class Problem:
    """A parameter or a value that cannot be used: the name, the value as it was given, and why."""

    parameter: str
    value: str
    sentence: Sentence


class BadQuery(Invalid):
    """A query with parameters or values that are not known: all of them are `problems`.

    `remaining` is the query without them.
    """

    reason = "bad-query"

    def __init__(self, problems: Sequence[Problem], remaining: VacancyQuery) -> None:
        self.problems, self.remaining = tuple(problems), remaining
        named = ", ".join(
            f"{each.parameter}={each.value}" if each.value else each.parameter for each in problems
        )
        super().__init__(
            Sentence("The search cannot be read in this: %(named)s.", named=named),
            field=",".join(dict.fromkeys(each.parameter for each in problems)),
        )


def read_query(pairs: Iterable[tuple[str, str]]) -> VacancyQuery:
    """Return the search that a query string asks for, tidy. Raises BadQuery naming all that is not known.

    Several values of one parameter are given with commas between or by naming it again; of a city and of an
    employer only by naming it again. Of limit, sort and cursor the last counts. An empty value asks nothing.

    `state` is open (and by default), closed (by its date), filled, withdrawn, or all: what was extended is
    open, and what ended before its time is not closed. `source` is verified or unverified. `remote=false` and
    `non_family=false` ask for what is not said to be so. Of several `closing_within_days` the longest counts,
    of several `posted_after` the earliest.
    """
    reading = _Reading()
    for name, value in pairs:
        reading.take(name, value)
    return reading.query()


class _Reading:
    """One query string being read; what is wrong is gathered, so that all of it can be told at once."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._values: dict[str, list[Any]] = {}
        self._cursor = ""

    def take(self, name: str, text: str) -> None:
        """Read one pair."""
        if name == "cursor":
            self._cursor = text.strip()
        elif name not in _READERS:
            self._miss(name, "", Sentence("There is no such parameter."))
        else:
            parts = [text] if name in _WHOLE else text.split(",")
            for part in filter(None, map(str.strip, parts)):
                self._read(name, part)

    def query(self) -> VacancyQuery:
        """Return what was read; raise BadQuery."""
        values: dict[str, Any] = {
            name: _COMBINED[name](found)
            for name, found in self._values.items()
            if name in _COMBINED and found
        }
        values |= {
            name: tuple(found) for name, found in self._values.items() if name not in _COMBINED and found
        }
        query = tidy(VacancyQuery(**values))
        if self._cursor:
            try:
                query = replace(query, after=read_cursor(query.sort, self._cursor))
            except ValueError:
                self._miss("cursor", self._cursor, Sentence("This does not lead to a page of this search."))
        if self._problems:
            raise BadQuery(self._problems, query)
        return query

    def _read(self, name: str, text: str) -> None:
        found = self._values.setdefault(name, [])
        try:
            if len(text) > LONGEST_VALUE:
                raise Invalid(Sentence("This is longer than %(most)s characters.", most=LONGEST_VALUE))
            if len(found) >= MOST_VALUES:
                raise Invalid(Sentence("There are more than %(most)s values.", most=MOST_VALUES))
            found += _READERS[name](text)
            if name == "q":
                _check_words(found)
        except Invalid as error:
            if name == "q":
                found.clear()
            said = sentence_of(error)
            self._miss(name, text, said if isinstance(said, Sentence) else Sentence("This is not known."))

    def _miss(self, name: str, value: str, sentence: Sentence) -> None:
        if len(self._problems) < _MOST_NAMED:
            self._problems.append(Problem(_shown(name), _shown(value), sentence))


def _shown(text: str) -> str:
    return "".join(each for each in text[:_SHOWN] if each.isprintable())


def _phrases(text: str) -> list[str]:
    found = [words for part in text.split() if (words := folded_words(part))]
    if not found:
        raise Invalid(Sentence("There is no word in it."))
    return found


def _check_words(phrases: Sequence[str]) -> None:
    if len(phrases) > MOST_WORDS or len(" ".join(map(written_phrase, phrases))) > LONGEST_VALUE:
        raise Invalid(Sentence("A search has at most %(most)s words.", most=MOST_WORDS))


def _grade(text: str) -> list[str]:
    grade = normal_grade(text)
    if grade is None or not grade.matched:
        raise Invalid(Sentence("There is no grade “%(value)s”.", value=_shown(text)))
    return [grade.text]


def _isco(text: str) -> list[str]:
    if not is_prefix(text):
        raise Invalid(Sentence("ISCO-08 has no group “%(value)s”.", value=_shown(text)))
    return [text]


def _folded(fold: Callable[[str], str]) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        key = fold(text)
        if not key or len(key) > LONGEST_VALUE:
            raise Invalid(Sentence("There is no such name."))
        return [key]

    return read


def _states(text: str) -> list[str]:
    key = choice_key(text)
    if key == "all":
        return list(STATES)
    return [_one_of(STATES, text, key)]


def _sort(text: str) -> list[Sort]:
    return [contract.read_choice(Sort, text, {}, "sort")]


def _flag(text: str) -> list[str]:
    key = choice_key(text)
    if key in ("true", "yes", "on", "1"):
        return ["true"]
    if key in ("false", "no", "off", "0"):
        return ["false"]
    return [_one_of(("true", "false"), text, key)]


def _one_of(known: Sequence[str], text: str, key: str) -> str:
    if key not in known:
        raise Invalid(
            Sentence("“%(value)s” is none of: %(known)s.", value=_shown(text), known=", ".join(known))
        )
    return key


def _number(most: int) -> Callable[[str], list[int]]:
    def read(text: str) -> list[int]:
        if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= most):
            raise Invalid(Sentence("This is no number from 1 to %(most)s.", most=most))
        return [int(text)]

    return read


def _moment(text: str) -> list[datetime]:
    try:
        if len(text) == len("2026-12-01"):
            return [datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)]
        # A plus sign that was not escaped is a space.
        read = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        return [(read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)]
    except (ValueError, OverflowError):
        raise Invalid(Sentence("“%(value)s” is no day such as 2026-12-01.", value=_shown(text))) from None


_READERS: Final[Mapping[str, Callable[[str], list[Any]]]] = {
    "q": _phrases,
    "grade": _grade,
    "band": lambda text: [str(read_band(text))],
    "country": lambda text: [country(text).code],
    "city": _folded(city_key),
    "network": lambda text: [str(contract.read_job_network(text))],
    "isco": _isco,
    "contract_type": lambda text: [str(contract.read_contract_type(text))],
    "language": lambda text: [language_key(text)],
    "employer": _folded(folded_words),
    "hardship": lambda text: [str(contract.read_hardship_class(text))],
    "non_family": _flag,
    "remote": _flag,
    "source": lambda text: [str(contract.read_choice(SourceStatus, text, {}, "source"))],
    "state": _states,
    "closing_within_days": _number(MOST_DAYS),
    "posted_after": _moment,
    "sort": _sort,
    "limit": _number(MOST_LIMIT),
}
PARAMETERS: Final = (*_READERS, "cursor")
_WHOLE: Final = REPEATED | {"q"}
_COMBINED: Final[Mapping[str, Callable[[list[Any]], Any]]] = {
    "closing_within_days": max,
    "posted_after": min,
    "sort": lambda found: found[-1],
    "limit": lambda found: found[-1],
}
