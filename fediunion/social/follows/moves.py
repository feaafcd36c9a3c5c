"""Accounts that move: followers go along, once both sides say so."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub import vocab
from fediunion.activitypub.vocab import activity_document
from fediunion.actors.domains import is_blocked
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor_by_uri, get_actor
from fediunion.db import announce, now_of
from fediunion.db.known_uris import KnownUri
from fediunion.inbox.rules import InboxContext
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import FediUnionError, Invalid, NotAllowed
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.outbox.publish import Recipients, publish
from fediunion.social.follows import service
from fediunion.social.follows.documents import new_activity_uri
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.follows.queries import find_block
from fediunion.world import CHANGED, World

MOVE_JOB: Final = "follows.move"
_COOLDOWN = timedelta(days=30)
_FOLLOWERS_AT_ONCE = 100
_PACE = timedelta(minutes=1)


def receive_move(ctx: InboxContext, move: vocab.Move, _known: KnownUri) -> None:
    """Somebody moved. Believed where the new account names the old one as its own (rows A25, A26)."""
    mover = ctx.sender
    if move.object.id != mover.uri:
        raise NotAllowed("moves somebody else", reason="not-its-own")
    target = find_actor_by_uri(ctx.session, move.target) if move.target else None
    if target is None or target.id == mover.id:
        raise NotAllowed("moves to nowhere", reason="no-target")
    if target.moved_to_uri is not None:
        raise NotAllowed("moves to what has moved itself", reason="moved-on")
    if mover.uri not in target.also_known_as:
        raise NotAllowed("the new account does not name the old one", reason="not-an-alias")
    if target.suspended_at or target.deleted_at or is_blocked(ctx.session, target.host):
        raise NotAllowed("the new account is not welcome here", reason="blocked")
    if mover.moved_at is not None and ctx.now - mover.moved_at < _COOLDOWN:
        raise NotAllowed("moved already within 30 days", reason="moved-lately")
    mover.moved_to_uri, mover.moved_at = target.uri, ctx.now
    enqueue(ctx.session, MOVE_JOB, key=f"move:{mover.id}", mover_id=mover.id, target_id=target.id)


async def move_followers(world: World, payload: JsonObject) -> None:
    """Job: let our followers of a moved account follow the new one, some at a time (row A26)."""
    await world.db.write(_move_some, payload["mover_id"], payload["target_id"])


def _move_some(session: Session, mover_id: int, target_id: int) -> None:
    mover, target = get_actor(session, mover_id), get_actor(session, target_id)
    follows = session.scalars(
        select(Follow)
        .join(Actor, Actor.id == Follow.follower_id)
        .where(Follow.followed_id == mover_id, Follow.state == FollowState.ACCEPTED, Actor.local)
        .limit(_FOLLOWERS_AT_ONCE)
    ).all()
    for follow in follows:
        follower = get_actor(session, follow.follower_id)
        shows_boosts, notifies = follow.shows_boosts, follow.notifies
        service.unfollow(session, follower, mover)
        if follower.id == target.id or find_block(session, follower.id, target.id) is not None:
            continue
        try:
            service.request_follow(session, follower, target, shows_boosts=shows_boosts, notifies=notifies)
        except FediUnionError:
            # A hidden member cannot follow what approves by hand; the old follow is gone either way.
            continue
    if len(follows) == _FOLLOWERS_AT_ONCE:
        at = now_of(session) + _PACE
        enqueue(session, MOVE_JOB, at=at, mover_id=mover_id, target_id=target_id)


def move_away(session: Session, mover: Actor, target: Actor) -> None:
    """Tell our member's followers that the account is now `target`, which must name the old one.

    Raises Invalid where it does not, or where the member moved within 30 days.
    """
    if target.id == mover.id or mover.uri not in target.also_known_as:
        raise Invalid(Sentence("The new account has to name this one as an alias first."), field="target")
    now = now_of(session)
    if mover.moved_at is not None and now - mover.moved_at < _COOLDOWN:
        raise Invalid(Sentence("An account can move once in 30 days."), field="target")
    mover.moved_to_uri, mover.moved_at, mover.updated_at = target.uri, now, now
    announce(session, CHANGED, "actors")
    document = activity_document(
        "Move",
        new_activity_uri(mover),
        mover.uri,
        mover.uri,
        to=[f"{mover.uri}/followers"],
        target=target.uri,
    )
    publish(session, mover, document, Recipients(expand=("followers",)), shared=True)
    enqueue(session, MOVE_JOB, key=f"move:{mover.id}", mover_id=mover.id, target_id=target.id)


def add_alias(session: Session, actor: Actor, alias_uri: str) -> None:
    """Let our `actor` name another account as its own, so that the other can move here."""
    if alias_uri not in actor.also_known_as:
        actor.also_known_as = [*actor.also_known_as, alias_uri]
        actor.updated_at = now_of(session)
        announce(session, CHANGED, "actors")


def remove_alias(session: Session, actor: Actor, alias_uri: str) -> None:
    """Name another account as our actor's own no longer; for one that is not named nothing changes."""
    if alias_uri in actor.also_known_as:
        actor.also_known_as = [uri for uri in actor.also_known_as if uri != alias_uri]
        actor.updated_at = now_of(session)
        announce(session, CHANGED, "actors")
