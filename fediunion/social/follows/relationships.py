"""How accounts stand to a viewer: reads."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.social.follows.models import Block, Follow, FollowState, Mute
from fediunion.social.follows.queries import blocked_hosts_of


@dataclass(frozen=True)
class Relationship:
    """How an actor stands to a viewer, in the words of the Mastodon API's Relationship."""

    actor_id: int
    following: bool = False
    shows_boosts: bool = False
    notifies: bool = False
    languages: tuple[str, ...] = ()
    followed_by: bool = False
    blocking: bool = False
    blocked_by: bool = False
    muting: bool = False
    muting_notifications: bool = False
    requested: bool = False
    requested_by: bool = False
    domain_blocking: bool = False


def relationships_of(session: Session, viewer_id: int, actor_ids: Iterable[int]) -> list[Relationship]:
    """Return how each of `actor_ids` stands to the viewer, in the order given, in four queries."""
    ids = list(dict.fromkeys(actor_ids))
    mine = {
        f.followed_id: f
        for f in session.scalars(
            select(Follow).where(Follow.follower_id == viewer_id, Follow.followed_id.in_(ids))
        )
    }
    theirs = {
        f.follower_id: f
        for f in session.scalars(
            select(Follow).where(Follow.followed_id == viewer_id, Follow.follower_id.in_(ids))
        )
    }
    blocker, blocked = aliased(Block), aliased(Block)
    blocking = set(
        session.scalars(
            select(blocker.blocked_id).where(blocker.blocker_id == viewer_id, blocker.blocked_id.in_(ids))
        )
    )
    blocked_by = set(
        session.scalars(
            select(blocked.blocker_id).where(blocked.blocked_id == viewer_id, blocked.blocker_id.in_(ids))
        )
    )
    now = now_of(session)
    mutes = {
        m.muted_id: m
        for m in session.scalars(select(Mute).where(Mute.muter_id == viewer_id, Mute.muted_id.in_(ids)))
        if m.expires_at is None or m.expires_at > now
    }
    hosts = blocked_hosts_of(session, viewer_id)
    on_blocked_hosts = (
        set(session.scalars(select(Actor.id).where(Actor.id.in_(ids), Actor.host.in_(hosts))))
        if hosts
        else set()
    )
    return [
        replace(
            _relationship(actor_id, mine.get(actor_id), theirs.get(actor_id), mutes.get(actor_id)),
            blocking=actor_id in blocking,
            blocked_by=actor_id in blocked_by,
            domain_blocking=actor_id in on_blocked_hosts,
        )
        for actor_id in ids
    ]


def _relationship(
    actor_id: int, mine: Follow | None, theirs: Follow | None, mute: Mute | None
) -> Relationship:
    following = mine is not None and mine.state == FollowState.ACCEPTED
    return Relationship(
        actor_id=actor_id,
        following=following,
        shows_boosts=following and mine is not None and mine.shows_boosts,
        notifies=mine is not None and mine.notifies,
        languages=tuple(mine.languages) if mine is not None else (),
        requested=mine is not None and not following,
        followed_by=theirs is not None and theirs.state == FollowState.ACCEPTED,
        requested_by=theirs is not None and theirs.state == FollowState.REQUESTED,
        muting=mute is not None,
        muting_notifications=mute is not None and mute.mutes_notifications,
    )
