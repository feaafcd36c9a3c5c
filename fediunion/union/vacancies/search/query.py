"""A search over vacancies as one frozen value, its one spelling, and the name of its account."""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, time
from typing import Any, Final
from urllib.parse import quote, urlencode

from fediunion.kit.words import folded_words
from fediunion.union.vacancies.search.cursor import Position, Sort, write_cursor
from fediunion.union.vacancies.search.features import FEATURES, STATES

DEFAULT_LIMIT: Final = 20
MOST_LIMIT: Final = 100
OPEN: Final = ("open",)
REPEATED: Final = frozenset({"city", "employer"})
"""Parameters whose values can have a comma in them: several are given by naming the parameter again."""

_EITHER: Final = frozenset({"non_family", "remote", "source"})
_FEWEST_BYTES: Final = 3
_NAME_CHARACTERS: Final = 12


@dataclass(frozen=True, kw_only=True)
class VacancyQuery:
    """What is asked for. Values of one parameter are alternatives, parameters add up; all are normalised.

    `q` are phrases as `folded_words` gives them: all must occur, the last may be the beginning of a word.
    `isco` are beginnings of ISCO-08 codes. A `language` counts when it is required or desirable. `country`
    and `city` are those of a duty station. `closing_within_days` asks for what closes from now until then,
    `posted_after` for what was posted then or later. `after` is where the page before ended.
    """

    q: tuple[str, ...] = ()
    grade: tuple[str, ...] = ()
    band: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    network: tuple[str, ...] = ()
    isco: tuple[str, ...] = ()
    contract_type: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    employer: tuple[str, ...] = ()
    hardship: tuple[str, ...] = ()
    non_family: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    state: tuple[str, ...] = OPEN
    closing_within_days: int | None = None
    posted_after: datetime | None = None
    sort: Sort = Sort.CLOSING
    limit: int = DEFAULT_LIMIT
    after: Position | None = None

    def values(self, parameter: str) -> tuple[str, ...]:
        """Return what is asked of one of FEATURES, or of `state`; () where it does not matter."""
        values: tuple[str, ...] = getattr(self, parameter)
        return values

    @property
    def asked(self) -> list[str]:
        """Return those of FEATURES that are asked for."""
        return [parameter for parameter in FEATURES if self.values(parameter)]


def tidy(query: VacancyQuery) -> VacancyQuery:
    """Return the same search with every value once and in order, and without what changes nothing."""
    values: dict[str, Any] = {parameter: _once(query.values(parameter)) for parameter in FEATURES}
    for parameter in _EITHER:
        # Each vacancy has one of the two.
        if len(values[parameter]) > 1:
            values[parameter] = ()
    values["isco"] = _shortest(values["isco"], "")
    values["language"] = _shortest(values["language"], "-")
    q = (*_once(query.q[:-1]), query.q[-1]) if query.q else ()
    return replace(query, q=q, state=_once(query.state) or OPEN, **values)


def canonical(query: VacancyQuery) -> str:
    """Return the one spelling of a search as a query string: the same text for the same search.

    Parameters and values are sorted; defaults, order, limit and cursor are left out. "" asks for all that are
    open.
    """
    return _written(_asked_pairs(tidy(query)))


def query_string(query: VacancyQuery) -> str:
    """Return the whole query as a query string: as `canonical`, with order, limit and cursor."""
    pairs = _asked_pairs(tidy(query))
    if query.sort is not Sort.CLOSING:
        pairs.append(("sort", query.sort.value))
    if query.limit != DEFAULT_LIMIT:
        pairs.append(("limit", str(query.limit)))
    if query.after is not None:
        pairs.append(("cursor", write_cursor(query.sort, query.after)))
    return _written(pairs)


def toggled(query: VacancyQuery, parameter: str, value: str) -> VacancyQuery:
    """Return the search from its first page, with a value of a parameter added, or taken out where it is."""
    before = query.values(parameter)
    kept = tuple(each for each in before if each != value) if value in before else (*before, value)
    changed: dict[str, Any] = {parameter: kept}
    return tidy(replace(query, after=None, **changed))


def without(query: VacancyQuery, *parameters: str) -> VacancyQuery:
    """Return the search from its first page, without some of its parameters."""
    defaults: dict[str, Any] = {
        each.name: each.default for each in fields(VacancyQuery) if each.name in parameters
    }
    return replace(query, **({"after": None} | defaults))


def search_name(query_text: str) -> str:
    """Return the name of the account of a canonical search: `s-` and 60 bits of its SHA-256 in base32.

    Two searches can have the same name, if hardly ever: whoever stores one compares the text.
    """
    digest = hashlib.sha256(query_text.encode()).digest()
    return f"s-{base64.b32encode(digest).decode().lower()[:_NAME_CHARACTERS]}"


def is_beginning(phrase: str) -> bool:
    """Return whether the last word of a phrase may be the beginning of a longer one.

    It has three letters of the Latin alphabet, two of a smaller one, or one syllable or character of a large
    one: shorter ones begin so many words that looking for them would find nearly everything.
    """
    return len(phrase.rsplit(maxsplit=1)[-1].encode()) >= _FEWEST_BYTES


def written_phrase(phrase: str) -> str:
    """Return a phrase as one word without spaces, which reads as the same phrase."""
    joined = phrase.replace(" ", "")
    return joined if folded_words(joined) == phrase else phrase.replace(" ", "-")


def written_moment(moment: datetime) -> str:
    """Return an instant as a query writes it: the day where that day begins then, in UTC."""
    moment = moment.astimezone(UTC)
    if moment.timetz() == time(0, tzinfo=UTC):
        return moment.date().isoformat()
    return moment.isoformat().replace("+00:00", "Z")


def _asked_pairs(query: VacancyQuery) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for parameter in query.asked:
        if parameter in REPEATED:
            pairs += [(parameter, value) for value in query.values(parameter)]
        else:
            pairs.append((parameter, ",".join(query.values(parameter))))
    if query.q:
        pairs.append(("q", " ".join(map(written_phrase, query.q))))
    if query.state != OPEN:
        pairs.append(("state", "all" if query.state == STATES else ",".join(query.state)))
    if query.closing_within_days is not None:
        pairs.append(("closing_within_days", str(query.closing_within_days)))
    if query.posted_after is not None:
        pairs.append(("posted_after", written_moment(query.posted_after)))
    return sorted(pairs)


def _written(pairs: Iterable[tuple[str, str]]) -> str:
    return urlencode(list(pairs), quote_via=quote, safe=",:")


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


def _shortest(values: tuple[str, ...], end: str) -> tuple[str, ...]:
    """Return values without those that a shorter one of them covers."""
    return tuple(
        value
        for value in values
        if not any(value != other and value.startswith(other + end) for other in values)
    )
