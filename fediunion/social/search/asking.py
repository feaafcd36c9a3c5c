"""What a member types into the search box, read: words, phrases and operators. Nothing typed is an error.

Source of the operators: https://docs.joinmastodon.org/user/discovering/ ("Search").
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from fediunion.kit.ids import first_id_at
from fediunion.kit.text import valid_language_tag
from fediunion.kit.words import folded_words

_TOKEN: Final = re.compile(r'(?P<not>-?)(?:"(?P<phrase>[^"]*+)(?:"|$)|(?P<word>[^\s"]++))')
_DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_YEARS: Final = range(1970, 3000)
_MOST_PHRASES: Final = 24
_HAS: Final = {
    "media": "media",
    "poll": "poll",
    "link": "link",
    "image": "image",
    "picture": "image",
    "video": "video",
    "audio": "audio",
}
_IS: Final = frozenset({"reply", "sensitive"})


class Within(StrEnum):
    """Where is looked: in what concerns the member, in what is public, or in both."""

    ALL = "all"
    LIBRARY = "library"
    PUBLIC = "public"


@dataclass(frozen=True)
class Wanted:
    """A phrase, a facet or a handle that a post shall have, or with `absent` shall not."""

    text: str
    absent: bool = False


@dataclass(frozen=True)
class Asked:
    """What is asked for. Posts have ids from `first_id` to below `end_id`; `me` is a handle of its own."""

    phrases: tuple[Wanted, ...] = ()
    facets: tuple[Wanted, ...] = ()
    authors: tuple[Wanted, ...] = ()
    within: Within = Within.ALL
    first_id: int | None = None
    end_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return self == Asked(within=self.within)


def read_question(text: str) -> Asked:
    """Return what a text asks for. An unknown operator, or one of something impossible, is a word as any."""
    asked = Asked()
    for token in _TOKEN.finditer(text):
        absent = bool(token["not"])
        if token["phrase"] is not None:
            asked = _with_words(asked, token["phrase"], absent)
            continue
        name, colon, value = token["word"].partition(":")
        operator = _OPERATORS.get(name.lower()) if colon and value else None
        understood = operator(asked, value, absent) if operator else None
        asked = understood or _with_words(asked, token["word"], absent)
    return asked


def _with_words(asked: Asked, text: str, absent: bool) -> Asked:
    words = folded_words(text)
    if not words or len(asked.phrases) >= _MOST_PHRASES:
        return asked
    return replace(asked, phrases=(*asked.phrases, Wanted(words, absent)))


def _from(asked: Asked, value: str, absent: bool) -> Asked:
    return replace(asked, authors=(*asked.authors, Wanted(value.removeprefix("@"), absent))[:_MOST_PHRASES])


def _with_facet(asked: Asked, facet: str, absent: bool) -> Asked:
    return replace(asked, facets=(*asked.facets, Wanted(facet, absent))[:_MOST_PHRASES])


def _has(asked: Asked, value: str, absent: bool) -> Asked | None:
    facet = _HAS.get(value.lower())
    return _with_facet(asked, facet, absent) if facet else None


def _is(asked: Asked, value: str, absent: bool) -> Asked | None:
    return _with_facet(asked, value.lower(), absent) if value.lower() in _IS else None


def _language(asked: Asked, value: str, absent: bool) -> Asked | None:
    return _with_facet(asked, language_facet(value), absent) if valid_language_tag(value) else None


def _in(asked: Asked, value: str, absent: bool) -> Asked | None:
    return (
        replace(asked, within=Within(value.lower())) if value.lower() in set(Within) and not absent else None
    )


def _before(asked: Asked, value: str, absent: bool) -> Asked | None:
    days = list(_day(value))
    return _between(asked, None, days[0]) if days and not absent else None


def _after(asked: Asked, value: str, absent: bool) -> Asked | None:
    days = list(_day(value))
    return _between(asked, days[1], None) if days and not absent else None


def _during(asked: Asked, value: str, absent: bool) -> Asked | None:
    days = list(_day(value))
    return _between(asked, days[0], days[1]) if days and not absent else None


def _day(text: str) -> Iterator[int]:
    """Give the first id of a day in UTC and the first of the next; nothing where it is no day."""
    parts = _DATE.fullmatch(text)
    if parts is None or int(parts[1]) not in _YEARS:
        return
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return
    for each in (day, day + timedelta(days=1)):
        yield first_id_at(datetime(each.year, each.month, each.day, tzinfo=UTC))


def _between(asked: Asked, first: int | None, end: int | None) -> Asked:
    firsts = [each for each in (asked.first_id, first) if each is not None]
    ends = [each for each in (asked.end_id, end) if each is not None]
    return replace(asked, first_id=max(firsts, default=None), end_id=min(ends, default=None))


def language_facet(tag: str) -> str:
    """Return the facet of posts in a language, whatever the country: `langpt` for pt-BR."""
    return f"lang{tag.partition('-')[0].lower()}"


_OPERATORS: Final[dict[str, Callable[[Asked, str, bool], Asked | None]]] = {
    "from": _from,
    "has": _has,
    "is": _is,
    "language": _language,
    "in": _in,
    "before": _before,
    "after": _after,
    "during": _during,
}
