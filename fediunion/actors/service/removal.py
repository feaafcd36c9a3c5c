"""Actors that are gone, and keys that no longer count."""

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from fediunion.actors.events import ActorDeleted
from fediunion.actors.keys import RETIRED_KEY_VERIFIES
from fediunion.actors.models import Actor, ActorKey
from fediunion.db import announce, emit, now_of
from fediunion.db.known_uris import bury_uri
from fediunion.world import CHANGED


def mark_actor_deleted(session: Session, actor: Actor) -> None:
    """Empty an actor, ours or remote, and leave a tombstone under its id; a second time changes nothing.

    Its name stays taken. Keys of ours stay, sealed, to sign the Delete with; keys of a remote actor go.
    Announces ActorDeleted, on which the features remove what the actor left.
    """
    if actor.deleted_at is not None:
        return
    actor.deleted_at = now_of(session)
    actor.display_name = actor.summary = actor.summary_source = ""
    actor.fields, actor.emojis, actor.also_known_as, actor.attribution_domains = [], [], [], []
    actor.icon_url = actor.header_url = None
    actor.icon_description = actor.header_description = ""
    actor.discoverable = actor.indexable = False
    if not actor.local:
        session.execute(delete(ActorKey).where(ActorKey.actor_id == actor.id))
    bury_uri(session, actor.uri)
    announce(session, CHANGED, "actors")
    announce(session, CHANGED, "keys")
    emit(session, ActorDeleted(actor.id, actor.uri, actor.local))


def mark_remote_gone(session: Session, uri: str) -> None:
    """Mark the remote actor with that id as deleted, where we know one: its own address answered 410."""
    actor = session.scalar(select(Actor).where(Actor.uri == uri, Actor.local.is_(False)))
    if actor is not None:
        mark_actor_deleted(session, actor)


def retire_keys(session: Session, actor: Actor, *, at_once: bool = False) -> None:
    """Let the keys of an actor of ours sign nothing more; they verify for 7 days, or `at_once` no longer."""
    now = now_of(session)
    # A leaked key keeps its row, so that its id is never given to another key.
    retired_at = now - RETIRED_KEY_VERIFIES if at_once else now
    good = or_(ActorKey.retired_at.is_(None), ActorKey.retired_at > retired_at)
    session.execute(update(ActorKey).where(ActorKey.actor_id == actor.id, good).values(retired_at=retired_at))
    announce(session, CHANGED, "keys")
