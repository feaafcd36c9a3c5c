"""Reads: actors by id, address and handle, their keys, and how many there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from fediunion.actors.keys import RETIRED_KEY_VERIFIES
from fediunion.actors.models import Actor, ActorKey, ActorKind, DomainAction, DomainRule, Instance, Reach
from fediunion.actors.names import INSTANCE_NAME, READER_NAME
from fediunion.actors.viewer import Viewer
from fediunion.db import now_of, settings_of
from fediunion.kit.errors import NotFound
from fediunion.kit.text import ascii_host
from fediunion.kit.urls import is_public_suffix, owner_domain


def known_to(viewer: Viewer, actor: type[Actor] = Actor) -> ColumnElement[bool]:
    """Return the condition on Actor, or an alias of it, that holds for whom `viewer` may know of.

    A hidden member exists for members only; whoever is deleted, or waits to be let in, for
    nobody, and the actor that reads for hidden members is no account.
    """
    there = actor.deleted_at.is_(None) & ~actor.pending & (actor.kind != ActorKind.READER)
    return there if viewer.is_member else there & or_(~actor.local, actor.reach != Reach.HIDDEN)


def is_listed(actor: type[Actor] = Actor) -> ColumnElement[bool]:
    """Return the condition on Actor, or an alias of it, that lists of accounts may have it.

    A bot that does not want to be discovered, such as a private search, is for who knows its handle; members
    of ours stand in lists whatever they are.
    """
    return or_(actor.wire_type != "Service", actor.discoverable, actor.kind == ActorKind.MEMBER)


def is_silenced(session: Session, actor: type[Actor] = Actor) -> ColumnElement[bool]:
    """Return the condition on Actor, or an alias of it, that it is silenced, or its server or one above."""
    hosts = session.scalars(select(DomainRule.host).where(DomainRule.action == DomainAction.SILENCE)).all()
    return or_(actor.silenced_at.is_not(None), *(_is_below(actor.host, host) for host in hosts))


def has_owner(host: ColumnElement[str] | InstrumentedAttribute[Any], authority: str) -> ColumnElement[bool]:
    """Return the condition that a column of `host[:port]` names a server of whoever owns that of `authority`.

    A hundred names below one domain cost nothing: they count as one server (row F36).
    """
    domain = owner_domain(authority)
    return host == authority if is_public_suffix(domain) else _is_below(host, domain)


def _is_below(host: ColumnElement[str] | InstrumentedAttribute[Any], domain: str) -> ColumnElement[bool]:
    return or_(
        host == domain,
        host.endswith(f".{domain}", autoescape=True),
        host.startswith(f"{domain}:", autoescape=True),
        host.contains(f".{domain}:", autoescape=True),
    )


def find_actor(session: Session, actor_id: int) -> Actor | None:
    """Return the actor of that number, also a deleted one, or None."""
    return session.get(Actor, actor_id)


def get_actor(session: Session, actor_id: int) -> Actor:
    """Return the actor of that number, also a deleted one. Raises NotFound where there is none."""
    actor = session.get(Actor, actor_id)
    if actor is None:
        raise NotFound("There is no such account.")
    return actor


def find_actor_by_uri(session: Session, uri: str) -> Actor | None:
    """Return the actor whose id is `uri`, also a deleted one, or None."""
    return session.scalar(select(Actor).where(Actor.uri == uri))


def find_actors_by_uri(session: Session, uris: Iterable[str]) -> dict[str, Actor]:
    """Return the actors among `uris` by uri; unknown ones are absent."""
    wanted = list(dict.fromkeys(uris))
    if not wanted:
        return {}
    return {actor.uri: actor for actor in session.scalars(select(Actor).where(Actor.uri.in_(wanted)))}


def find_local_actor(session: Session, name: str) -> Actor | None:
    """Return the actor of ours with that name in any case, hidden and deleted ones too, or None."""
    return session.scalar(
        select(Actor).where(
            Actor.username_key == name.lower(),
            Actor.handle_host == settings_of(session).handle_domain,
            Actor.local.is_(True),
        )
    )


def find_visible_local_actor(session: Session, name: str) -> Actor | None:
    """Return the actor of ours with that exact name as the outside may know it, or None.

    A hidden member is left out by the database itself, so that asking for one takes the same path and
    the same time as asking for nobody (row I4). Deleted ones are returned: they were public once.
    """
    return session.scalar(
        select(Actor).where(
            Actor.username_key == name,
            Actor.handle_host == settings_of(session).handle_domain,
            Actor.local.is_(True),
            Actor.reach != Reach.HIDDEN,
            ~Actor.pending,
        )
    )


def find_actor_by_handle(
    session: Session, username: str, host: str | None, *conditions: ColumnElement[bool]
) -> Actor | None:
    """Return the living actor of `username@host` in any spelling; one of ours without `host` or with ours.

    `conditions` are part of the query: who may not be known takes the same time as nobody (row I4).
    """
    settings = settings_of(session)
    own = host is None or host.lower() in settings.authority
    handle_host = settings.handle_domain if own else ascii_host(host or "")
    return session.scalar(
        select(Actor).where(
            Actor.username_key == username.lower(),
            Actor.handle_host == handle_host,
            Actor.deleted_at.is_(None),
            *conditions,
        )
    )


def instance_actor(session: Session) -> Actor:
    """Return the actor that signs for the server itself; raise NotFound before the first start."""
    return _own(session, INSTANCE_NAME)


def reader_actor(session: Session) -> Actor:
    """Return the actor that follows for hidden members; raise NotFound before the first start."""
    return _own(session, READER_NAME)


def keys_of(session: Session, actor_id: int) -> list[ActorKey]:
    """Return the keys that still verify for an actor, those in use first, the newest first."""
    fresh = now_of(session) - RETIRED_KEY_VERIFIES
    rows = session.scalars(
        select(ActorKey)
        .where(ActorKey.actor_id == actor_id, or_(ActorKey.retired_at.is_(None), ActorKey.retired_at > fresh))
        .order_by(ActorKey.retired_at.is_not(None), ActorKey.id.desc())
    )
    return list(rows)


def has_taken_deliveries(session: Session, host: str) -> bool:
    """Return whether a server ever accepted something that we sent."""
    taken = select(Instance.id).where(Instance.host == host, Instance.last_success_at.is_not(None))
    return session.scalar(taken) is not None


def find_key(session: Session, key_uri: str) -> tuple[ActorKey, Actor] | None:
    """Return the key of that id with its living actor, while it still verifies; else None."""
    fresh = now_of(session) - RETIRED_KEY_VERIFIES
    found = session.execute(
        select(ActorKey, Actor)
        .join(Actor, Actor.id == ActorKey.actor_id)
        .where(
            ActorKey.key_uri == key_uri,
            or_(ActorKey.retired_at.is_(None), ActorKey.retired_at > fresh),
            or_(Actor.deleted_at.is_(None), Actor.local.is_(True)),
        )
    ).first()
    return None if found is None else (found[0], found[1])


def find_instance(session: Session, host: str) -> Instance | None:
    """Return what we know of the server `host[:port]`, or None."""
    return session.scalar(select(Instance).where(Instance.host == host))


@dataclass(frozen=True)
class LocalUsage:
    """How much the instance is used; exact numbers, not for publishing as they are."""

    members: int
    active_month: int
    active_half_year: int
    posts: int


def local_usage(session: Session) -> LocalUsage:
    """Return how many members there are, how many posted lately, and how many posts anybody may read."""
    now = now_of(session)

    def since(days: int) -> datetime:
        return now - timedelta(days=days)

    member = (Actor.kind == ActorKind.MEMBER) & Actor.local & Actor.deleted_at.is_(None) & ~Actor.pending
    counted = session.execute(
        select(
            func.count().filter(member),
            func.count().filter(member & (Actor.last_posted_at > since(30))),
            func.count().filter(member & (Actor.last_posted_at > since(180))),
            func.coalesce(func.sum(Actor.open_posts_count), 0),
        ).where(Actor.local.is_(True))
    ).one()
    return LocalUsage(*(int(number) for number in counted))


def _own(session: Session, name: str) -> Actor:
    actor = find_local_actor(session, name)
    if actor is None:
        raise NotFound(f"The instance has no actor named {name} yet")
    return actor
