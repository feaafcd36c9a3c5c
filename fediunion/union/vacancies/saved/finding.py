"""The actors of searches, made when somebody asks for one: by WebFinger, or for the actor itself."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.keys import NewKeys, make_keys, private_key_of
from fediunion.actors.models import ActorKey
from fediunion.db import settings_of
from fediunion.union.vacancies.models import VacancySearch
from fediunion.union.vacancies.saved.service import MATCHES_AT_FIRST, announce_match, find_search, make_actor
from fediunion.union.vacancies.saved.wording import summary_of, title_of
from fediunion.union.vacancies.search.asking import read_query
from fediunion.union.vacancies.search.index import search_vacancies
from fediunion.union.vacancies.search.query import VacancyQuery
from fediunion.world import World

_PREFIXES: Final = ("s-", "p-")


async def make_search_actor(world: World, name: str) -> bool:
    """Return whether there is an actor of that name now that was not there: it belongs to a search.

    Its outbox holds what matches already; nobody follows it yet, so nobody is told.
    """
    search = await world.db.read(find_search, name) if name.startswith(_PREFIXES) else None
    if search is None or search.actor_id is not None:
        return False
    await open_search(world, search)
    return True


async def open_search(world: World, search: VacancySearch) -> None:
    """Make the actor of a search, once, and let it tell of what matches now."""
    query = query_in(search.query)
    found = await search_vacancies(world, replace(query, limit=MATCHES_AT_FIRST))
    await world.db.write(_make, search.id, query, found.ids, await search_keys(world))


async def create_search(
    world: World, query: VacancyQuery, write: Callable[[Session], VacancySearch]
) -> VacancySearch:
    """Return a search that `write` stores, with its actor, in one unit of work. Raises what that raises."""
    found = await search_vacancies(world, replace(query, limit=MATCHES_AT_FIRST))
    keys = await search_keys(world)

    def work(session: Session) -> VacancySearch:
        search = write(session)
        session.flush()
        _make(session, search.id, query, found.ids, keys)
        return search

    return await world.db.write(work)


def query_in(text: str) -> VacancyQuery:
    """Return the search that a canonical text is."""
    return read_query(parse_qsl(text, keep_blank_values=True))


class SearchKeys:
    """The keys that all searches of an instance sign with: none is a person, and making keys is slow."""

    def __init__(self, world: World) -> None:
        self.lock = asyncio.Lock()
        self.keys: NewKeys | None = None


async def search_keys(world: World) -> NewKeys:
    """Return the keys of searches: those of an earlier search, else new ones."""
    kept = world.part(SearchKeys)
    async with kept.lock:
        keys = kept.keys
        if keys is None:
            keys = await world.db.read(_earlier_keys, world)
        if keys is None:
            keys = await asyncio.to_thread(make_keys, world.settings)
        kept.keys = keys
        return keys


def _make(
    session: Session, search_id: int, query: VacancyQuery, vacancies: Sequence[int], keys: NewKeys
) -> None:
    search, settings = session.get(VacancySearch, search_id, with_for_update=True), settings_of(session)
    if search is None or search.actor_id is not None:
        return
    make_actor(session, search, title_of(search, query, settings), summary_of(search, query, settings), keys)
    for vacancy_id in reversed(vacancies):
        announce_match(session, search_id, vacancy_id)


def _earlier_keys(session: Session, world: World) -> NewKeys | None:
    newest = select(VacancySearch.actor_id).where(VacancySearch.actor_id.is_not(None)).limit(1)
    of_it = (ActorKey.actor_id.in_(newest.scalar_subquery()), ActorKey.retired_at.is_(None))
    pairs = {
        row.algorithm: private_key_of(row, world.settings)
        for row in session.scalars(select(ActorKey).where(*of_it))
    }
    if not {"rsa", "ed25519"} <= pairs.keys():
        return None
    return NewKeys(pairs["rsa"], pairs["ed25519"], world.settings.secrets.master_key)
