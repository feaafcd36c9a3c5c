"""The index of vacancies of one process: filled at its first use, renewed by revision, asked in one unit."""

import asyncio
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.db.full_text import Phrase, matching_keys
from fediunion.db.prepared import select_rows
from fediunion.union.vacancies.models import VACANCY_WORDS, Vacancy
from fediunion.union.vacancies.search.query import VacancyQuery, is_beginning, tidy
from fediunion.union.vacancies.search.results import SearchResult, result_of
from fediunion.union.vacancies.search.shelf import Shelf
from fediunion.world import World

PORTION: Final = 500
_KEPT_WORDS: Final = 32

_COLUMNS: Final = (
    "id",
    "revision",
    "state",
    "hidden",
    "audience",
    "source_status",
    "employer",
    "employer_key",
    "posting",
    "closes_at",
    "posted_at",
)
_CHANGED: Final = (
    select(*(Vacancy.__table__.c[name] for name in _COLUMNS))
    .where(Vacancy.revision > bindparam("revision"))
    .order_by(Vacancy.revision)
    .limit(PORTION)
)


@dataclass(frozen=True, slots=True)
class _Changed:
    """A vacancy as it was read for the index."""

    id: int
    revision: int
    state: str
    hidden: bool
    audience: str
    source_status: str
    employer: str
    employer_key: str
    posting: dict[str, Any]
    closes_at: datetime
    posted_at: datetime


class VacancyIndex:
    """All vacancies that may be shown, in memory. One of them serves all requests of a process.

    Units of work ask it from several threads: the shelf is touched under a lock, and never while the database
    is waited for.
    """

    def __init__(self, _world: World) -> None:
        self.shelf = Shelf()
        self.filling = asyncio.Lock()
        self.behind = True
        self._lock = threading.Lock()
        self._words: OrderedDict[tuple[str, ...], int] = OrderedDict()

    def take_portion(self, session: Session) -> bool:
        """Put in what changed since the last time, 500 vacancies at most; return whether that was all."""
        rows = select_rows(session, _CHANGED, {"revision": self.shelf.revision})
        if rows:
            changed = [_Changed(*row) for row in rows]
            with self._lock:
                self.shelf.take(changed)
                self._words.clear()
        self.behind = len(rows) == PORTION
        return not self.behind

    def search(self, session: Session, query: VacancyQuery, *, members: bool = False) -> SearchResult | None:
        """Return what a query finds now; None where so much changed that more has to be read first."""
        if not self.take_portion(session):
            return None
        query = tidy(query)
        words = self._find_words(session, query.q)
        with self._lock:
            found = self.shelf.select(query, words, now_of(session), members=members)
            return result_of(self.shelf, query, found)

    def _find_words(self, session: Session, phrases: tuple[str, ...]) -> int | None:
        """Return the rows in which all phrases occur; None where there are none to look for."""
        if not phrases:
            return None
        with self._lock:
            kept = self._words.get(phrases)
        if kept is not None:
            return kept
        *whole, last = phrases
        wanted = [
            *(Phrase("words", each) for each in whole),
            Phrase("words", last, prefix=is_beginning(last)),
        ]
        ids = matching_keys(session, VACANCY_WORDS, wanted)
        seen = session.scalar(select(func.max(Vacancy.revision)))
        with self._lock:
            found = self.shelf.rows_of(ids)
            # Another thread may have read what this unit does not see.
            if seen == self.shelf.revision:
                self._words[phrases] = found
                while len(self._words) > _KEPT_WORDS:
                    self._words.popitem(last=False)
            return found


async def search_vacancies(world: World, query: VacancyQuery, *, members: bool = False) -> SearchResult:
    """Return a page of the vacancies that a query finds now, with facets. `members` see the network's too.

    What is open is decided by the clock at this moment. Hidden vacancies, drafts and removed ones are never
    found. The first search of a process fills the index, in many short units.
    """
    index = world.part(VacancyIndex)
    while True:
        if index.behind:
            async with index.filling:
                while not await world.db.read(index.take_portion):
                    pass
        result = await world.db.read(index.search, query, members=members)
        if result is not None:
            return result
