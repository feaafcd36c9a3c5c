"""Searches that wait for vacancies: thousands of them compiled, so that a vacancy meets all at once."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final, Generic, Protocol, TypeVar

from fediunion.union.vacancies.search.features import FEATURES, Features, Listed, features_of, state_at
from fediunion.union.vacancies.search.query import VacancyQuery, is_beginning, tidy

Key = TypeVar("Key", bound=Hashable)

_PARAMETERS: Final = (*FEATURES, "state", "words", "closing")
_ANY: Final = None


class Matchable(Listed, Protocol):
    """The columns of a vacancy that searches wait for."""

    @property
    def state(self) -> str: ...
    @property
    def hidden(self) -> bool: ...
    @property
    def words(self) -> str: ...
    @property
    def closes_at(self) -> datetime: ...
    @property
    def posted_at(self) -> datetime: ...


class CompiledSearches(Generic[Key]):
    """Searches by key, as bits: for each parameter those that do not ask for it, and those of each value.

    A vacancy is matched by the intersection over all parameters; what bits cannot say (several words, an
    instant) is looked at only for the few that remain. Order, limit and cursor of a query play no part.
    """

    def __init__(self) -> None:
        self._slots: dict[Key, int] = {}
        self._keys: list[Key | None] = []
        self._queries: list[VacancyQuery] = []
        self._free: list[int] = []
        self._asking: dict[str, dict[Any, int]] = {parameter: {_ANY: 0} for parameter in _PARAMETERS}
        self._beginnings: Counter[int] = Counter()
        self._looked_at = 0

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, key: Key) -> bool:
        return key in self._slots

    def add(self, key: Key, query: VacancyQuery) -> None:
        """Let a search wait, in place of the one that had this key."""
        self.remove(key)
        query = tidy(query)
        if self._free:
            slot = self._free.pop()
            self._keys[slot], self._queries[slot] = key, query
        else:
            slot = len(self._keys)
            self._keys.append(key)
            self._queries.append(query)
        self._slots[key] = slot
        if query.posted_after is not None or " " in " ".join(query.q):
            self._looked_at |= 1 << slot
        for parameter, value in _demands(query):
            asking = self._asking[parameter]
            asking[value] = asking.get(value, 0) | 1 << slot
        self._beginnings.update(_beginning_of(query))

    def remove(self, key: Key) -> None:
        """Let a search wait no more; nothing happens where none has this key."""
        slot = self._slots.pop(key, None)
        if slot is None:
            return
        for parameter, value in _demands(self._queries[slot]):
            asking = self._asking[parameter]
            asking[value] &= ~(1 << slot)
            if not asking[value] and value is not _ANY:
                del asking[value]
        self._beginnings -= Counter(_beginning_of(self._queries[slot]))
        self._looked_at &= ~(1 << slot)
        self._keys[slot], self._queries[slot] = None, VacancyQuery()
        self._free.append(slot)

    def matching(self, vacancy: Matchable, now: datetime) -> set[Key]:
        """Return the keys of the searches that find a vacancy at an instant, were they for everybody.

        None finds what is hidden, a draft or removed. Whom the vacancy is for (`audience`) is not looked at.
        """
        return set(self._keys_of(self._at(vacancy, self._lasting(vacancy), now)))

    def due_later(self, vacancy: Matchable, now: datetime) -> dict[Key, datetime]:
        """Return the searches that will find a vacancy only when its closing is near, and from when on.

        The vacancy is as it is now; whoever waits for that instant matches it again then.
        """
        lasting = self._lasting(vacancy)
        due: dict[Key, datetime] = {}
        for days in self._days():
            then = vacancy.closes_at - timedelta(days=days)
            if then > now:
                found = self._at(vacancy, lasting, then) & self._asking["closing"][days]
                due |= dict.fromkeys(self._keys_of(found), then)
        return due

    def _lasting(self, vacancy: Matchable) -> int:
        """Return the searches that find a vacancy as far as the time plays no part."""
        if vacancy.hidden:
            return 0
        found = self._asks("words", self._words_asked(vacancy.words))
        features: Features = features_of(vacancy)
        for parameter in FEATURES:
            found &= self._asks(parameter, features[parameter])
        for slot in _ones(found & self._looked_at):
            asked = self._queries[slot]
            late = asked.posted_after is not None and vacancy.posted_at < asked.posted_after
            if late or not _has_words(vacancy.words, asked.q):
                found &= ~(1 << slot)
        return found

    def _at(self, vacancy: Matchable, lasting: int, now: datetime) -> int:
        """Return those of some searches that find a vacancy at an instant."""
        state = state_at(vacancy.state, vacancy.closes_at, now)
        if state is None:
            return 0
        left = vacancy.closes_at - now
        near = [days for days in self._days() if timedelta() < left <= timedelta(days=days)]
        return lasting & self._asks("state", (state,)) & self._asks("closing", near)

    def _asks(self, parameter: str, values: Any) -> int:
        """Return the searches that ask for one of some values of a parameter, or do not ask for it."""
        asking = self._asking[parameter]
        return reduce(or_, (asking.get(value, 0) for value in values), asking[_ANY])

    def _words_asked(self, words: str) -> set[str]:
        distinct = set(words.split())
        beginnings = {word[:length] + "*" for length in self._beginnings for word in distinct}
        return distinct | beginnings

    def _days(self) -> list[int]:
        return [days for days in self._asking["closing"] if days is not _ANY]

    def _keys_of(self, slots: int) -> Iterator[Key]:
        for slot in _ones(slots):
            key = self._keys[slot]
            if key is not None:
                yield key


def _demands(query: VacancyQuery) -> Iterator[tuple[str, Any]]:
    """Give each parameter with the values that a query asks, or None where it does not ask.

    Of the words only one is asked here: the longest that must occur as it is, else the beginning of the last.
    """
    values: Mapping[str, tuple[Any, ...]] = {
        **{parameter: query.values(parameter) for parameter in FEATURES},
        "state": query.state,
        "closing": () if query.closing_within_days is None else (query.closing_within_days,),
        "words": _word_asked(query.q),
    }
    for parameter, asked in values.items():
        for value in asked or (_ANY,):
            yield parameter, value


def _word_asked(phrases: tuple[str, ...]) -> tuple[str, ...]:
    if not phrases:
        return ()
    *whole, last = phrases
    *before, end = last.split()
    occurring = [word for phrase in whole for word in phrase.split()] + before
    if occurring:
        return (max(occurring, key=len),)
    return (f"{end}*",) if is_beginning(end) else (end,)


def _beginning_of(query: VacancyQuery) -> tuple[int, ...]:
    """Return the length of the beginning that is asked of the words, where one is."""
    return tuple(len(word) - 1 for word in _word_asked(query.q) if word.endswith("*"))


def _has_words(words: str, phrases: tuple[str, ...]) -> bool:
    """Return whether all phrases occur in folded words, the last one perhaps as a beginning."""
    if not phrases:
        return True
    padded = f" {words} "
    *whole, last = phrases
    ending = f" {last}" if is_beginning(last) else f" {last} "
    return ending in padded and all(f" {phrase} " in padded for phrase in whole)


def _ones(bits: int) -> Iterator[int]:
    """Give the numbers of the bits that are set."""
    digits = bin(bits)[:1:-1]
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)
