"""Threads that have more elsewhere: who wants it, and fetching what is above a post and below it."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.json import JsonObject
from fediunion.social.posts.jobs.asking import nothing_to_have
from fediunion.social.posts.kinds import FETCH_ANCESTORS, FETCH_REPLIES
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.threads import fetch_ancestors, fetch_replies
from fediunion.world import World

_REPLIES_AGAIN: Final = timedelta(minutes=15)
_MOST_ROUNDS: Final = 5
_NEXT_ROUND: Final = timedelta(minutes=5)


def may_want_thread(post: Post, now: datetime) -> bool:
    """Return whether a thread may have more elsewhere, and was not asked for in a quarter of an hour."""
    if post.local or post.boost_of_id is not None or post.deleted_at is not None:
        return False
    return post.replies_fetched_at is None or now - post.replies_fetched_at >= _REPLIES_AGAIN


def want_thread(session: Session, post: Post) -> None:
    """Ask, at most once in a quarter of an hour, for what a remote post's thread has elsewhere."""
    now = now_of(session)
    if not may_want_thread(post, now):
        return
    post.replies_fetched_at = now
    enqueue(session, FETCH_REPLIES, key=f"replies:{post.id}", post_id=post.id)
    if post.in_reply_to_uri is not None and post.in_reply_to_id is None:
        enqueue(session, FETCH_ANCESTORS, key=f"ancestors:{post.in_reply_to_uri}", post_id=post.id)


async def fetch_missing_ancestors(world: World, payload: JsonObject) -> None:
    """Job: fetch what a stored post replies to. What is gone or refused stays a gap.

    A long way up is gone in a few rounds, minutes apart (row F31).
    """
    post = await world.db.read(find_post, payload["post_id"])
    if post is None or post.deleted_at is not None or post.in_reply_to_id is not None:
        return
    with nothing_to_have():
        reached = await fetch_ancestors(world, post)
        rounds = int(payload.get("round", 1))
        if reached is not None and rounds < _MOST_ROUNDS:
            at = world.clock.now() + _NEXT_ROUND
            await world.db.write(_go_on, reached.id, rounds + 1, at)


def _go_on(session: Session, post_id: int, rounds: int, at: datetime) -> None:
    enqueue(session, FETCH_ANCESTORS, at=at, key=f"ancestors:{post_id}", post_id=post_id, round=rounds)


async def fetch_missing_replies(world: World, payload: JsonObject) -> None:
    """Job: fetch the replies that a post's own server lists."""
    post = await world.db.read(find_post, payload["post_id"])
    if post is not None and post.deleted_at is None:
        with nothing_to_have():
            await fetch_replies(world, post)
