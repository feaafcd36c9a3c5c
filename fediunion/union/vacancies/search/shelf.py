"""All vacancies of an instance in memory, by what they can be found by: the index without its database."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import compress, islice
from operator import and_, or_
from typing import Any, Final, Protocol

from fediunion.activitypub.audience import Audience
from fediunion.union.vacancies.models import ENDED_STATES, OPEN_STATES
from fediunion.union.vacancies.search.bits import Selection, bits_of
from fediunion.union.vacancies.search.cursor import Position, Sort
from fediunion.union.vacancies.search.features import FEATURES, STATES, Listed, features_of
from fediunion.union.vacancies.search.postings import DAY, Moments, Postings
from fediunion.union.vacancies.search.query import OPEN, VacancyQuery

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_SHOWN: Final = frozenset((*OPEN_STATES, *ENDED_STATES))
_AUDIENCES: Final = (Audience.PUBLIC, Audience.NETWORK)
_ROWS_FOR_ONE_EMPLOYER: Final = 16
"""Where fewer rows than one in so many are found, to count those is quicker than to count by employer."""
_LEAST_TO_SWEEP: Final = 256
_ROWS_FOR_ONE_TO_SWEEP: Final = 50


class Row(Listed, Protocol):
    """A vacancy as the index reads it: the columns of its table."""

    @property
    def id(self) -> int: ...
    @property
    def revision(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def hidden(self) -> bool: ...
    @property
    def audience(self) -> str: ...
    @property
    def employer(self) -> str: ...
    @property
    def closes_at(self) -> datetime: ...
    @property
    def posted_at(self) -> datetime: ...


@dataclass(frozen=True)
class Found:
    """What a query finds: the rows of all, those for each asked parameter if it were not asked, and when."""

    all: Selection
    but: Mapping[str, Selection]
    now: int

    def without(self, parameter: str) -> Selection:
        """Return what is found with a parameter left out."""
        return self.but.get(parameter, self.all)


class Shelf:
    """The vacancies that may be shown, each a row number; what changed gets another one.

    The numbers of what is no more shown are dead until a sweep, then given again.
    """

    def __init__(self) -> None:
        self.size = 0
        self.revision = 0
        self._row_of: dict[int, int] = {}
        self._ids: array[int] = array("q")
        self._live = 0
        self._dead: list[int] = []
        self._free: list[int] = []
        self._postings = {parameter: Postings() for parameter in FEATURES}
        self._states = Postings()
        self._audiences = Postings()
        self._closing, self._posted = Moments(), Moments()
        self._employers: array[int] = array("I")
        self._employer_numbers: dict[str, int] = {}
        self._employer_names: list[tuple[str, str]] = []

    def __len__(self) -> int:
        return len(self._row_of)

    def take(self, vacancies: Iterable[Row]) -> None:
        """Put vacancies in, in place of what was known of them.

        They are all that changed after `revision`, or the first of them by revision; what another thread read
        too, and put in before, is left alone.
        """
        fresh = {each.id: each for each in vacancies if each.revision > self.revision}
        self.revision = max((each.revision for each in fresh.values()), default=self.revision)
        self._bury([row for vacancy_id in fresh if (row := self._row_of.pop(vacancy_id, None)) is not None])
        shown = [each for each in fresh.values() if _is_shown(each)]
        if shown:
            self._put(shown)

    def select(self, query: VacancyQuery, words: int | None, now: datetime, *, members: bool) -> Found:
        """Return what a query finds at an instant, for members or for everybody.

        `words` are the rows that have its words; None where it asks for none.
        """
        moment = microseconds(now)
        whole = self._live & self._audiences.any_of(_AUDIENCES if members else _AUDIENCES[:1], self.size)
        if words is not None:
            whole &= words
        parts = {name: self._postings[name].any_of(query.values(name), self.size) for name in query.asked}
        states = self.in_state(moment)
        parts["state"] = reduce(or_, (states[state] for state in query.state))
        if query.closing_within_days is not None:
            parts["closing_within_days"] = self.closing_within(moment, query.closing_within_days)
        if query.posted_after is not None:
            whole &= ~self._posted.until(microseconds(query.posted_after) - 1)
        but = {
            name: Selection(
                reduce(and_, (bits for other, bits in parts.items() if other != name), whole), self.size
            )
            for name in parts
        }
        return Found(Selection(but["state"].bits & parts["state"], self.size), but, moment)

    def in_state(self, now: int) -> Mapping[str, int]:
        """Return the rows in each of STATES at an instant; dead ones may be among them."""
        opened, passed = self._states.any_of(OPEN_STATES, self.size), self._closing.until(now)
        ended = {state: self._states.any_of((state,), self.size) for state in ENDED_STATES}
        return {
            "open": opened & ~passed,
            "closed": ended[ENDED_STATES[0]] | opened & passed,
            "withdrawn": ended[ENDED_STATES[1]],
            "filled": ended[ENDED_STATES[2]],
        }

    def closing_within(self, now: int, days: int) -> int:
        """Return the rows that close after an instant, within so many days; dead ones may be among them."""
        return self._closing.until(now + days * DAY) & ~self._closing.until(now)

    def page(self, query: VacancyQuery, found: Found) -> list[Position]:
        """Return the positions of what the query's page shows, and of one more where there is more."""
        newest_first = query.sort is Sort.POSTED
        moments = self._posted if newest_first else self._closing
        after = None if query.after is None else (query.after.moment, query.after.id)
        if after is None and not newest_first and query.state == OPEN:
            # Nothing that is open closed before.
            after = (found.now, 0)
        walk = moments.walk(found.all, after, self._ids, newest_first=newest_first)
        return [Position(moment, self._ids[row]) for moment, row in islice(walk, query.limit + 1)]

    def employers(self, found: Found, most: int, also: Sequence[str]) -> Mapping[str, int]:
        """Return how many of what is found each employer has, were none asked for.

        Not of all: of the `most` that have most, and of some others.
        """
        selection = found.without("employer")
        if len(selection) * _ROWS_FOR_ONE_EMPLOYER >= self.size:
            return self._postings["employer"].most_frequent(selection, most, also)
        numbers = Counter(compress(self._employers, selection.mask))
        return {self._employer_names[number][0]: count for number, count in numbers.items()}

    def counts(self, parameter: str, found: Found, wanted: Callable[[str], bool]) -> Mapping[str, int]:
        """Return how many of what is found have each `wanted` value of a parameter, were it not asked for."""
        selection = found.without(parameter)
        if parameter == "state":
            rows = self.in_state(found.now)
            counted = {state: (rows[state] & selection.bits).bit_count() for state in STATES}
            return {state: count for state, count in counted.items() if count}
        return self._postings[parameter].counts(selection, wanted)

    def employer_name(self, key: str) -> str:
        """Return how an employer was written last; the key itself for one that is not known."""
        number = self._employer_numbers.get(key)
        return key if number is None else self._employer_names[number][1]

    def rows_of(self, ids: Iterable[int]) -> int:
        """Return the rows of vacancies, as bits."""
        wanted = set(ids)
        if 2 * len(wanted) <= len(self._row_of):
            rows = map(self._row_of.get, wanted)
            return bits_of([row for row in rows if row is not None], self.size)
        # A word that nearly all have: the few that lack it are found sooner.
        lacking = self._row_of.keys() - wanted
        return self._live & ~bits_of([self._row_of[each] for each in lacking], self.size)

    def _put(self, vacancies: Sequence[Row]) -> None:
        rows = [self._next_row(vacancy) for vacancy in vacancies]
        gathered: dict[tuple[Postings, str], list[int]] = {}
        for row, vacancy in zip(rows, vacancies, strict=True):
            for parameter, values in features_of(vacancy).items():
                for value in values:
                    gathered.setdefault((self._postings[parameter], value), []).append(row)
            gathered.setdefault((self._states, vacancy.state), []).append(row)
            gathered.setdefault((self._audiences, vacancy.audience), []).append(row)
        for (postings, value), having in gathered.items():
            postings.add(value, having, self.size)
        self._live |= bits_of(rows, self.size)

    def _next_row(self, vacancy: Row) -> int:
        row = self._free.pop() if self._free else self.size
        employer = self._employer(vacancy)
        if row == self.size:
            self.size += 1
            self._ids.append(vacancy.id)
            self._employers.append(employer)
        else:
            self._ids[row], self._employers[row] = vacancy.id, employer
        self._closing.set(row, microseconds(vacancy.closes_at))
        self._posted.set(row, microseconds(vacancy.posted_at))
        self._row_of[vacancy.id] = row
        return row

    def _employer(self, vacancy: Row) -> int:
        key = vacancy.employer_key
        number = self._employer_numbers.setdefault(key, len(self._employer_names))
        if number == len(self._employer_names):
            self._employer_names.append((key, vacancy.employer))
        elif self._employer_names[number][1] != vacancy.employer:
            self._employer_names[number] = (key, vacancy.employer)
        return number

    def _bury(self, rows: Sequence[int]) -> None:
        self._live &= ~bits_of(rows, self.size)
        self._dead += rows
        if len(self._dead) >= max(_LEAST_TO_SWEEP, self.size // _ROWS_FOR_ONE_TO_SWEEP):
            dead = Selection(bits_of(self._dead, self.size), self.size)
            parts: list[Any] = [*self._postings.values(), self._states, self._audiences]
            for part in (*parts, self._closing, self._posted):
                part.sweep(dead)
            self._free += self._dead
            self._dead = []


def microseconds(moment: datetime) -> int:
    """Return an instant in microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def _is_shown(vacancy: Row) -> bool:
    return vacancy.state in _SHOWN and not vacancy.hidden and vacancy.audience in _AUDIENCES
