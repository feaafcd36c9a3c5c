"""The rules of searches that can be followed: made into actors that tell of each match once."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.queries import get_actor
from fediunion.actors.service import create_local_actor
from fediunion.db import announce, now_of, settings_of
from fediunion.kit.errors import Invalid, NotFound
from fediunion.social.posts.service.interactions.boosts import boost
from fediunion.union.vacancies.models import OPEN_STATES, SearchAnnouncement, Vacancy, VacancySearch
from fediunion.union.vacancies.saved.pictures import picture_url
from fediunion.world import CHANGED

MATCHES_AT_FIRST: Final = 20
SEARCHES: Final = "vacancy_searches"
"""Announced as changed when a search is there or gone."""


def make_actor(session: Session, search: VacancySearch, title: str, summary: str, keys: NewKeys) -> Actor:
    """Return the actor of a search; its outbox holds what matches already (see `announce_match`).

    Those that anybody can make are found by their names alone: they are in no directory and in no search
    engine, or strangers would write there.
    """
    actor = create_local_actor(
        session,
        kind=ActorKind.SEARCH,
        username=search.name,
        keys=keys,
        display_name=title,
        summary=summary,
    )
    actor.discoverable = actor.indexable = search.named
    actor.icon_url = picture_url(settings_of(session))
    search.actor_id = actor.id
    search.idle_since = now_of(session)
    session.flush()
    announce(session, CHANGED, SEARCHES)
    return actor


def announce_match(session: Session, search_id: int, vacancy_id: int) -> bool:
    """Let a search's actor tell its followers of a vacancy, once; return whether it did now.

    It tells of what everybody may read alone, and of nothing that is over, hidden or gone meanwhile.
    """
    # One at a time for each search: two workers would both tell.
    search = session.get(VacancySearch, search_id, with_for_update=True)
    vacancy = session.get(Vacancy, vacancy_id)
    if search is None or search.actor_id is None or not _can_be_told(vacancy):
        return False
    assert vacancy is not None
    assert vacancy.post_id is not None
    if session.get(SearchAnnouncement, (search_id, vacancy_id)) is not None:
        return False
    try:
        boost(session, get_actor(session, search.actor_id), vacancy.post_id)
    except (NotFound, Invalid):
        # Its board blocks this search, or the post is there for fewer than the vacancy says: others go on.
        return False
    told = {"search_id": search_id, "vacancy_id": vacancy_id, "announced_at": now_of(session)}
    session.add(SearchAnnouncement(**told))
    return True


def set_idle(session: Session, actor_id: int, *, idle: bool) -> None:
    """Note since when nobody follows a search."""
    search = session.scalar(select(VacancySearch).where(VacancySearch.actor_id == actor_id))
    if search is not None and (search.idle_since is not None) != idle:
        search.idle_since = now_of(session) if idle else None


def find_search(session: Session, name: str) -> VacancySearch | None:
    """Return the search of that name."""
    return session.scalar(select(VacancySearch).where(VacancySearch.name == name))


def _can_be_told(vacancy: Vacancy | None) -> bool:
    return (
        vacancy is not None
        and vacancy.post_id is not None
        and not vacancy.hidden
        and vacancy.state in OPEN_STATES
        and vacancy.audience == "public"
    )
