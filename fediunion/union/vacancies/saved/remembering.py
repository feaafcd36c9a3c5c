"""Which searches an instance remembers: those that were shown, within bounds, until nobody asks for them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import announce, insert_ignoring, now_of
from fediunion.db.known_uris import forget_uris
from fediunion.kit.ids import new_id
from fediunion.members.attempts import Allowance, TooManyAttempts, count_attempts
from fediunion.outbox.service import forget_author
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.counting import count_boosts
from fediunion.union.vacancies.models import VacancySearch
from fediunion.union.vacancies.saved.service import SEARCHES, find_search
from fediunion.union.vacancies.search.query import search_name
from fediunion.world import CHANGED, World

MOST_SEARCHES: Final = 10_000
"""An instance remembers and runs no more searches than these: for a new one the least wanted goes."""

IDLE_FOR: Final = timedelta(days=90)
NEVER_ASKED_FOR: Final = timedelta(days=7)
"""A search that was shown, and whose actor nobody asked for within this time, is forgotten."""

NEW_IN_AN_HOUR: Final = 120
"""So many searches that nobody made before are remembered for one who looks, or one address, in an hour."""

_SHOWN_AGAIN: Final = timedelta(days=1)
_HAD_ITS_DAY: Final = timedelta(days=1)
_AT_ONCE: Final = 100
_KEPT_NAMES: Final = 4096
_KEPT_SECONDS: Final = 3600.0


async def name_to_follow(world: World, query: str, who: str) -> str | None:
    """Return the name under which a canonical search can be followed, which is remembered from then on.

    What this process showed within the last hour costs nothing. None where there is no room for one more,
    and where `who`, a member or an address, made more new ones within an hour than is allowed: crawlers see
    the list without a name.
    """
    kept = world.cache(SEARCHES, _KEPT_NAMES, _KEPT_SECONDS)

    async def found() -> str | None:
        known = await world.db.read(_find_shown, query)
        if known is not None:
            return known or None
        try:
            return await world.db.write(_remember_for, query, who)
        except TooManyAttempts:
            return None

    name: str | None = await kept.load(query, found)
    return name


def remember_search(session: Session, query: str) -> str | None:
    """Return the name under which a canonical search can be followed; None where there is no room for one.

    There is no actor yet: it is made when somebody asks for it. One that was shown before is as if shown now.
    """
    name = search_name(query)
    known = find_search(session, name)
    if known is not None:
        if known.query != query:
            return None
        if known.actor_id is None:
            known.created_at = now_of(session)
        return name
    if not make_room(session):
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


def make_room(session: Session, most: int = MOST_SEARCHES) -> bool:
    """Return whether there is room for one more search among `most`, after the least wanted ones went.

    Those whose actor nobody asked for go first, the oldest first; then those whose actor nobody has
    followed for a day. Named and private ones stay.
    """
    count = session.scalar(select(func.count()).select_from(VacancySearch)) or 0
    if count < most:
        return True
    unasked = select(VacancySearch).where(VacancySearch.actor_id.is_(None))
    found = session.scalars(unasked.order_by(VacancySearch.created_at).limit(_AT_ONCE)).all()
    if not found:
        unfollowed = select(VacancySearch).where(
            VacancySearch.idle_since <= now_of(session) - _HAD_ITS_DAY,
            VacancySearch.named.is_(False),
            VacancySearch.private.is_(False),
        )
        found = session.scalars(unfollowed.order_by(VacancySearch.idle_since).limit(_AT_ONCE)).all()
    _forget(session, found)
    return bool(found)


def forget_idle(session: Session) -> int:
    """Forget searches that nobody has followed for 90 days, and those that nobody asked for; return how many.

    Their names can be used again: whoever makes the same search gets the same one.
    """
    now = now_of(session)
    idle = (VacancySearch.idle_since <= now - IDLE_FOR) & VacancySearch.named.is_(False)
    unasked = VacancySearch.actor_id.is_(None) & (VacancySearch.created_at <= now - NEVER_ASKED_FOR)
    found = session.scalars(select(VacancySearch).where(idle | unasked).limit(_AT_ONCE)).all()
    _forget(session, found)
    return len(found)


def _find_shown(session: Session, query: str) -> str | None:
    """Return the name of a search that need not be written now, "" for one that cannot have its name."""
    known = find_search(session, search_name(query))
    if known is None:
        return None
    if known.query != query:
        return ""
    is_fresh = known.actor_id is not None or known.created_at > now_of(session) - _SHOWN_AGAIN
    return known.name if is_fresh else None


def _remember_for(session: Session, query: str, who: str) -> str | None:
    if find_search(session, search_name(query)) is None:
        count_attempts(session, [Allowance("vacancies:new-search", who, NEW_IN_AN_HOUR, 3600)])
    return remember_search(session, query)


def _forget(session: Session, searches: Iterable[VacancySearch]) -> None:
    for search in searches:
        actor = None if search.actor_id is None else session.get(Actor, search.actor_id)
        session.delete(search)
        session.flush()
        if actor is not None:
            _forget_actor(session, actor)
        announce(session, CHANGED, SEARCHES)


def _forget_actor(session: Session, actor: Actor) -> None:
    boosts = session.execute(
        select(Post.uri, Post.boost_of_id).where(Post.author_id == actor.id, Post.deleted_at.is_(None))
    ).all()
    for _, post_id in boosts:
        if post_id is not None:
            count_boosts(session, post_id, -1)
    forget_uris(session, [actor.uri, *(uri for uri, _ in boosts)])
    forget_author(session, actor.id)
    session.delete(actor)
    session.flush()
    announce(session, CHANGED, "actors")
