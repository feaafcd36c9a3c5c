"""What comes in against all searches that wait: whose actor tells of it, whose subscriber hears of it."""

import threading
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import Invalid
from fediunion.kit.json import JsonObject
from fediunion.social.follows.events import Followed, Unfollowed
from fediunion.union.vacancies.events import VacancyOpened
from fediunion.union.vacancies.models import SearchSubscription, Vacancy, VacancySearch
from fediunion.union.vacancies.saved.finding import query_in
from fediunion.union.vacancies.saved.remembering import forget_idle
from fediunion.union.vacancies.saved.service import announce_match, set_idle
from fediunion.union.vacancies.saved.subscriptions import note_match
from fediunion.union.vacancies.search.predicates import CompiledSearches
from fediunion.world import World

MATCH_JOB: Final = "vacancies.match"
FORGET_JOB: Final = "vacancies.forget_searches"
_SEARCH, _SUBSCRIPTION = "search", "subscription"

Waiting: TypeAlias = tuple[str, int]
"""Who waits: an actor's search or a member's subscription, and its number."""


class WaitingSearches:
    """All searches of an instance, compiled; renewed where one is there or gone.

    Units of work ask from several threads: what is compiled is touched under a lock, and never while the
    database is waited for.
    """

    def __init__(self, world: World) -> None:
        self._compiled: CompiledSearches[Waiting] = CompiledSearches()
        self._lock = threading.Lock()
        self._known: set[Waiting] = set()
        self._state: tuple[int, ...] = ()

    def find(self, session: Session, vacancy: Vacancy) -> tuple[set[Waiting], Collection[datetime]]:
        """Return who waits for a vacancy, and when others will; one question where no search changed."""
        now = now_of(session)
        while True:
            state = _state(session)
            there = None if state == self._state else _waiting(session)
            with self._lock:
                if there is not None:
                    self._take(there, state)
                elif state != self._state:
                    continue
                later = set(self._compiled.due_later(vacancy, now).values())
                return self._compiled.matching(vacancy, now), later

    def _take(self, there: Mapping[Waiting, str], state: tuple[int, ...]) -> None:
        for gone in self._known - there.keys():
            self._compiled.remove(gone)
        for new in there.keys() - self._known:
            try:
                self._compiled.add(new, query_in(there[new]))
            except Invalid:
                # Written by an earlier version: what it asked for is no value any more, so nothing matches.
                continue
        self._known, self._state = set(there), state


def _waiting(session: Session) -> dict[Waiting, str]:
    searches = select(VacancySearch.id, VacancySearch.query).where(VacancySearch.actor_id.is_not(None))
    subscribed = select(SearchSubscription.id, SearchSubscription.query)
    return {
        (kind, row_id): text
        for kind, rows in ((_SEARCH, searches), (_SUBSCRIPTION, subscribed))
        for row_id, text in session.execute(rows)
    }


def _state(session: Session) -> tuple[int, ...]:
    """Return numbers that differ when those who wait do: they come and go, and do not change.

    A search that is only remembered waits for nothing.
    """
    return tuple(
        int(number or 0)
        for column in (VacancySearch.actor_id, SearchSubscription.id)
        for number in session.execute(select(func.count(column), func.max(column))).one()
    )


def enqueue_matching(session: Session, event: VacancyOpened) -> None:
    """Reaction: a vacancy can be applied for; whoever waits for such a one is told by a job."""
    enqueue(session, MATCH_JOB, key=f"match_vacancy:{event.vacancy_id}", vacancy_id=event.vacancy_id)


async def match(world: World, payload: JsonObject) -> None:
    """Tell whoever waits for a vacancy of it, each once; and look again when its closing is near enough."""
    vacancy_id = int(payload["vacancy_id"])
    waiting = world.part(WaitingSearches)
    found, later = await world.db.read(_find, waiting, vacancy_id)
    for kind, row_id in sorted(found):
        tell = announce_match if kind == _SEARCH else note_match
        await world.db.write(tell, row_id, vacancy_id)
    if later:
        await world.db.write(_look_again, vacancy_id, later)


async def forget_searches(world: World, _payload: JsonObject) -> None:
    """Forget searches that nobody follows any more."""
    while await world.db.write(forget_idle):
        pass


def search_followed(session: Session, event: Followed) -> None:
    """Reaction: somebody follows a search."""
    set_idle(session, event.followed_id, idle=False)


def search_unfollowed(session: Session, event: Unfollowed) -> None:
    """Reaction: somebody follows a search no more, maybe the last one."""
    left = session.scalar(select(Actor.followers_count).where(Actor.id == event.followed_id))
    set_idle(session, event.followed_id, idle=not left)


def _find(
    session: Session, waiting: WaitingSearches, vacancy_id: int
) -> tuple[set[Waiting], Collection[datetime]]:
    vacancy = session.get(Vacancy, vacancy_id)
    return (set(), ()) if vacancy is None else waiting.find(session, vacancy)


def _look_again(session: Session, vacancy_id: int, moments: Collection[datetime]) -> None:
    for at in moments:
        key = f"match_vacancy:{vacancy_id}:{at.timestamp():.0f}"
        enqueue(session, MATCH_JOB, at=at, key=key, vacancy_id=vacancy_id)
