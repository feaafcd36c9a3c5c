"""Fetching what the followed published before we knew of them, or while we were away."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor
from fediunion.db import now_of
from fediunion.jobs.models import ScheduledRun
from fediunion.jobs.queue import enqueue
from fediunion.kit.json import JsonObject
from fediunion.social.follows.events import Followed
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.posts.backfilling import fetch_latest
from fediunion.social.posts.jobs.asking import nothing_to_have
from fediunion.social.posts.kinds import BACKFILL
from fediunion.social.posts.models import Post
from fediunion.world import World

BACKFILLED_POSTS: Final = 20
_OUTAGE: Final = timedelta(hours=1)
_ALIVE: Final = "posts.alive"


def backfill_new_follow(session: Session, event: Followed) -> None:
    """Reaction: at the first follow of a remote actor from here, fetch its latest public posts."""
    followed = find_actor(session, event.followed_id)
    if followed is None or followed.local:
        return
    stored = select(Post.id).where(Post.author_id == followed.id).limit(BACKFILLED_POSTS + 1)
    if len(session.scalars(stored).all()) < BACKFILLED_POSTS:
        enqueue(session, BACKFILL, key=f"backfill:{followed.id}", actor_id=followed.id)


async def backfill(world: World, payload: JsonObject) -> None:
    """Job: fetch the latest public posts of an actor from its outbox."""
    actor = await world.db.read(find_actor, payload["actor_id"])
    if actor is not None and actor.deleted_at is None and actor.suspended_at is None:
        with nothing_to_have():
            await fetch_latest(world, actor, at_most=BACKFILLED_POSTS)


async def notice_outage(world: World, _payload: JsonObject) -> None:
    """Job, every ten minutes: after our own outage, see what the followed published meanwhile."""
    await world.db.write(_notice_outage)


def _notice_outage(session: Session) -> None:
    now = now_of(session)
    alive = session.get(ScheduledRun, _ALIVE)
    if alive is None:
        session.add(ScheduledRun(job=_ALIVE, last_at=now))
        return
    away, alive.last_at = now - alive.last_at, now
    if away < _OUTAGE:
        return
    follower, followed = aliased(Actor), aliased(Actor)
    missed = session.scalars(
        select(followed.id)
        .join(Follow, Follow.followed_id == followed.id)
        .join(follower, follower.id == Follow.follower_id)
        .where(~followed.local, follower.local, Follow.state == FollowState.ACCEPTED)
        .distinct()
    ).all()
    for place, actor_id in enumerate(missed):
        # One after the other: a server that comes back does not storm those that it missed.
        at = now + timedelta(seconds=place)
        enqueue(session, BACKFILL, at=at, key=f"backfill:{actor_id}", actor_id=actor_id)
