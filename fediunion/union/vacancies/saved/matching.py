"""What comes in against all searches that wait: whose actor tells of it, whose subscriber hears of it."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import JsonObject
from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import Invalid
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
    """All searches of an instance, compiled; renewed where one is there or gone."""

    def __init__(self, world: World) -> None:
        self.compiled: CompiledSearches[Waiting] = CompiledSearches()
        self._known: set[Waiting] = set()
        self._state: tuple[int, ...] = ()

    def renew(self, session: Session) -> None:
        """Take in what changed since; one question where nothing did."""
        state = _state(session)
        if state == self._state:
            return
        searches = select(VacancySearch.id, VacancySearch.query).where(VacancySearch.actor_id.is_not(None))
        subscribed = select(SearchSubscription.id, SearchSubscription.query)
        there = {
            (kind, row_id): text
            for kind, rows in ((_SEARCH, searches), (_SUBSCRIPTION, subscribed))
            for row_id, text in session.execute(rows)
        }
        for gone in self._known - there.keys():
            self.compiled.remove(gone)
        for new in there.keys() - self._known:
            try:
                self.compiled.add(new, query_in(there[new]))
            except Invalid:
                # Written by an earlier version: what it asked for is no value any more, so nothing matches.
                continue
        self._known, self._state = set(there), state


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
    waiting.renew(session)
    vacancy = session.get(Vacancy, vacancy_id)
    if vacancy is None:
        return set(), ()
    now = now_of(session)
    return waiting.compiled.matching(vacancy, now), set(waiting.compiled.due_later(vacancy, now).values())


def _look_again(session: Session, vacancy_id: int, moments: Collection[datetime]) -> None:
    for at in moments:
        key = f"match_vacancy:{vacancy_id}:{at.timestamp():.0f}"
        enqueue(session, MATCH_JOB, at=at, key=key, vacancy_id=vacancy_id)
