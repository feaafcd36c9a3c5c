"""Searches that editors give a name: made, renamed, ended; and private ones, that nobody can find."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.names import check_member_name
from fediunion.actors.queries import find_local_actor, get_actor
from fediunion.actors.service import mark_actor_deleted
from fediunion.db import announce, now_of, settings_of
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.html import plain_name
from fediunion.kit.sentences import Sentence
from fediunion.members.attempts import Allowance, TooManyAttempts, count_attempts
from fediunion.social.moderation.audit import record_audit
from fediunion.social.profiles.service import ProfileChanges, update_profile
from fediunion.social.profiles.telling import tell_of_deletion
from fediunion.union.vacancies.models import VacancySearch
from fediunion.union.vacancies.saved.finding import create_search
from fediunion.union.vacancies.saved.remembering import make_room
from fediunion.union.vacancies.saved.service import SEARCHES, find_search
from fediunion.union.vacancies.saved.wording import LONGEST_TITLE
from fediunion.union.vacancies.search.query import OPEN, VacancyQuery, canonical
from fediunion.world import CHANGED, World

PRIVATE_IN_A_DAY: Final = 10
_SECRET_BYTES: Final = 16


@dataclass(frozen=True)
class NewSearch:
    """What a named search is to be."""

    name: str
    title: str
    query: VacancyQuery


async def create_named_search(world: World, wanted: NewSearch, *, by: str) -> VacancySearch:
    """Return a search with a name of its own, that stays until somebody ends it, made `by` a handle.

    Raises Invalid, with its field, for a name that it cannot have, no title, and a search for what is over.
    """
    check_open(wanted.query)

    def write(session: Session) -> VacancySearch:
        title = _title(wanted.title)
        name = check_member_name(wanted.name, settings_of(session), by_operator=True)
        if find_search(session, name) is not None or find_local_actor(session, name) is not None:
            raise Invalid(Sentence("The name %(name)s is taken.", name=name), field="username")
        _check_room(session)
        search = VacancySearch(
            name=name,
            query=canonical(wanted.query),
            title=title,
            named=True,
            created_at=now_of(session),
        )
        session.add(search)
        record_audit(session, by=by, action="search.create", subject=_uri(session, name))
        return search

    return await create_search(world, wanted.query, write)


async def create_private_search(world: World, query: VacancyQuery, member_id: int) -> VacancySearch:
    """Return a search under a name of 128 random bits, listed nowhere; that the member made it is not kept.

    Raises Invalid for one too many in a day, and for a search for what is over.
    """
    check_open(query)

    def write(session: Session) -> VacancySearch:
        try:
            allowance = Allowance("vacancies:private-search", str(member_id), PRIVATE_IN_A_DAY, 86_400)
            count_attempts(session, [allowance])
        except TooManyAttempts as error:
            sentence = Sentence("You can make %(most)s private searches a day.", most=PRIVATE_IN_A_DAY)
            raise Invalid(sentence) from error
        _check_room(session)
        name = f"p-{base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode().rstrip('=').lower()}"
        search = VacancySearch(name=name, query=canonical(query), private=True, created_at=now_of(session))
        session.add(search)
        return search

    return await create_search(world, query, write)


def check_open(query: VacancyQuery) -> None:
    """Raise Invalid for a search that nobody can follow: nothing new is found among what is over."""
    if query.state != OPEN:
        raise Invalid(Sentence("Only a search for open vacancies can be followed."), field="query")


def list_named(session: Session) -> Sequence[tuple[VacancySearch, Actor]]:
    """Return the named searches with their actors, by name."""
    rows = session.execute(
        select(VacancySearch, Actor)
        .join(Actor, Actor.id == VacancySearch.actor_id)
        .where(VacancySearch.named.is_(True))
        .order_by(VacancySearch.name)
    )
    return [(search, actor) for search, actor in rows]


def get_named(session: Session, name: str) -> tuple[VacancySearch, Actor]:
    """Return a named search and its actor; raise NotFound for any other."""
    wanted = name.strip().removeprefix("@").partition("@")[0].lower()
    found = session.scalar(
        select(VacancySearch).where(VacancySearch.name == wanted, VacancySearch.named.is_(True))
    )
    if found is None or found.actor_id is None:
        raise NotFound(Sentence("There is no such search."))
    return found, get_actor(session, found.actor_id)


def rename_search(session: Session, name: str, title: str, *, by: str) -> None:
    """Call a named search otherwise; who follows it is told. Raises NotFound, Invalid for no title."""
    search, actor = get_named(session, name)
    search.title = _title(title)
    if actor.display_name != search.title:
        update_profile(session, actor, ProfileChanges(display_name=search.title))
        record_audit(session, by=by, action="search.rename", subject=actor.uri)


def end_search(session: Session, name: str, *, by: str) -> None:
    """End a named search: its account is deleted everywhere, its name stays taken. Raises NotFound."""
    search, actor = get_named(session, name)
    session.delete(search)
    session.flush()
    tell_of_deletion(session, actor)
    mark_actor_deleted(session, actor)
    announce(session, CHANGED, SEARCHES)
    record_audit(session, by=by, action="search.end", subject=actor.uri)


def _title(text: str) -> str:
    title = plain_name(text, LONGEST_TITLE)
    if not title:
        raise Invalid(Sentence("A title is needed."), field="title")
    return title


def _check_room(session: Session) -> None:
    if not make_room(session):
        raise Invalid(Sentence("There are as many searches as there may be."))


def _uri(session: Session, name: str) -> str:
    return f"{settings_of(session).base_url}/actors/{name}"
