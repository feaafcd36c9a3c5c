"""The rules of searches that can be followed: remembered, made into actors, told of matches, forgotten."""

import base64
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.queries import get_actor
from fediunion.actors.service import create_local_actor
from fediunion.db import announce, now_of, settings_of
from fediunion.db.known_uris import forget_uris, insert_ignoring
from fediunion.kit.html import escape
from fediunion.kit.ids import new_id
from fediunion.outbox.service import forget_author
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.interactions.boosts import boost
from fediunion.union.vacancies.models import (
    OPEN_STATES,
    SearchAnnouncement,
    Vacancy,
    VacancySearch,
)
from fediunion.union.vacancies.search.query import search_name

MOST_SEARCHES: Final = 10_000
"""An instance remembers and runs no more searches than these; what is over is not offered to be followed."""

IDLE_FOR: Final = timedelta(days=90)
NEVER_ASKED_FOR: Final = timedelta(days=7)
"""A search that was shown, and whose actor nobody asked for within this time, is forgotten."""

MATCHES_AT_FIRST: Final = 20
SEARCHES: Final = "vacancy_searches"
"""Announced as changed when a search is there or gone."""


def remember_search(session: Session, query: str) -> str | None:
    """Return the name under which a canonical search can be followed; None where there is no room for one.

    There is no actor yet: it is made when somebody asks for it.
    """
    name = search_name(query)
    known = session.scalar(select(VacancySearch.query).where(VacancySearch.name == name))
    if known is not None:
        return name if known == query else None
    if not _has_room(session):
        return None
    row = {
        "id": new_id(),
        "name": name,
        "actor_id": None,
        "query": query,
        "title": "",
        "named": False,
        "private": False,
        "idle_since": None,
        "created_at": now_of(session),
    }
    insert_ignoring(session, VacancySearch, [row])
    return name


def create_private_search(session: Session, query: str) -> VacancySearch | None:
    """Return a search under a name of 128 random bits, listed nowhere; who made it is not kept."""
    if not _has_room(session):
        return None
    name = "p-" + base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    search = VacancySearch(name=name, query=query, private=True, created_at=now_of(session))
    session.add(search)
    return search


def create_named_search(session: Session, name: str, title: str, query: str) -> VacancySearch:
    """Return a search under a name that editors gave it; its actor is made at once by the caller."""
    search = VacancySearch(name=name, query=query, title=title, named=True, created_at=now_of(session))
    session.add(search)
    return search


def make_actor(session: Session, search: VacancySearch, title: str, keys: NewKeys) -> Actor:
    """Return the actor of a search; its outbox holds what matches already (see `announce_match`)."""
    query = f"?{search.query}" if search.query else ""
    page = escape(f"{settings_of(session).base_url}/vacancies{query}")
    link = "" if search.private else f'<p><a href="{page}">{page.partition("://")[2]}</a></p>'
    actor = create_local_actor(
        session,
        kind=ActorKind.SEARCH,
        username=search.name,
        keys=keys,
        display_name=search.title or title,
        summary=link,
    )
    actor.discoverable = actor.indexable = not search.private
    search.actor_id = actor.id
    search.idle_since = now_of(session)
    session.flush()
    announce(session, "changed", SEARCHES)
    return actor


def announce_match(session: Session, search_id: int, vacancy_id: int) -> bool:
    """Let a search's actor tell its followers of a vacancy, once; return whether it did now.

    It tells of what everybody may read alone, and of nothing that is over, hidden or gone meanwhile.
    """
    search, vacancy = session.get(VacancySearch, search_id), session.get(Vacancy, vacancy_id)
    if search is None or search.actor_id is None or not _can_be_told(vacancy):
        return False
    assert vacancy is not None
    assert vacancy.post_id is not None
    told = {"search_id": search_id, "vacancy_id": vacancy_id, "announced_at": now_of(session)}
    if session.get(SearchAnnouncement, (search_id, vacancy_id)) is not None:
        return False
    session.add(SearchAnnouncement(**told))
    boost(session, get_actor(session, search.actor_id), vacancy.post_id)
    return True


def set_idle(session: Session, actor_id: int, *, idle: bool) -> None:
    """Note since when nobody follows a search."""
    search = session.scalar(select(VacancySearch).where(VacancySearch.actor_id == actor_id))
    if search is not None and (search.idle_since is not None) != idle:
        search.idle_since = now_of(session) if idle else None


def forget_idle(session: Session) -> int:
    """Forget searches that nobody has followed for 90 days, and those that nobody asked for; return how many.

    Their names can be used again: whoever makes the same search gets the same one.
    """
    now = now_of(session)
    idle = (VacancySearch.idle_since <= now - IDLE_FOR) & VacancySearch.named.is_(False)
    unasked = VacancySearch.actor_id.is_(None) & (VacancySearch.created_at <= now - NEVER_ASKED_FOR)
    found = session.scalars(select(VacancySearch).where(idle | unasked).limit(100)).all()
    for search in found:
        actor = None if search.actor_id is None else session.get(Actor, search.actor_id)
        session.delete(search)
        session.flush()
        if actor is not None:
            _forget_actor(session, actor)
    if found:
        announce(session, "changed", SEARCHES)
    return len(found)


def list_searches(session: Session) -> Sequence[VacancySearch]:
    """Return the searches that have an actor."""
    return session.scalars(select(VacancySearch).where(VacancySearch.actor_id.is_not(None))).all()


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


def _has_room(session: Session) -> bool:
    return (session.scalar(select(func.count()).select_from(VacancySearch)) or 0) < MOST_SEARCHES


def _forget_actor(session: Session, actor: Actor) -> None:
    boosts = session.scalars(select(Post.uri).where(Post.author_id == actor.id)).all()
    forget_uris(session, [actor.uri, *boosts])
    forget_author(session, actor.id)
    session.delete(actor)
    session.flush()
    announce(session, "changed", "actors")
