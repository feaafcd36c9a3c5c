"""Background work of posts: threads, backfill, polls, quotes, and forgetting what is old."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, not_, select
from sqlalchemy.orm import Session, aliased

from fediunion.activitypub.authority import is_ours
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor, get_actor
from fediunion.db import announce, now_of, settings_of
from fediunion.jobs.models import ScheduledRun
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import AddressRefused, FediUnionError, Gone, NotFound, Unavailable, Unreachable
from fediunion.kit.ids import first_id_at
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import same_origin
from fediunion.members.events import MemberReachChanged, MemberSuspended
from fediunion.social.follows.events import Blocked, Followed
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.posts.backfilling import fetch_latest
from fediunion.social.posts.fetching import ask, fetch_post, found_no_room, put_off
from fediunion.social.posts.kinds import BACKFILL, FETCH_ANCESTORS, FETCH_REPLIES
from fediunion.social.posts.models import Bookmark, Favourite, Pin, PollVote, Post, QuoteApproval
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service import polls, publishing, quotes, tallies
from fediunion.social.posts.service.remote_removal import erase_posts
from fediunion.social.posts.threads import fetch_ancestors, fetch_replies
from fediunion.world import CHANGED, World

BACKFILLED_POSTS: Final = 20
_OUTAGE: Final = timedelta(hours=1)
_ALIVE: Final = "posts.alive"
_REPLIES_AGAIN: Final = timedelta(minutes=15)
_FORGOTTEN_AT_ONCE: Final = 500
_MOST_ROUNDS: Final = 5
_NEXT_ROUND: Final = timedelta(minutes=5)


async def fetch_missing_ancestors(world: World, payload: JsonObject) -> None:
    """Job: fetch what a stored post replies to. What is gone or refused stays a gap.

    A long way up is gone in a few rounds, minutes apart (row F31).
    """
    post = await world.db.read(find_post, payload["post_id"])
    if post is None or post.deleted_at is not None or post.in_reply_to_id is not None:
        return
    with _nothing_to_have():
        reached = await fetch_ancestors(world, post)
        rounds = int(payload.get("round", 1))
        if reached is not None and rounds < _MOST_ROUNDS:
            at = world.clock.now() + _NEXT_ROUND
            await world.db.write(_go_on, reached.id, rounds + 1, at)


def _go_on(session: Session, post_id: int, rounds: int, at: datetime) -> None:
    enqueue(session, FETCH_ANCESTORS, at=at, key=f"ancestors:{post_id}", post_id=post_id, round=rounds)


@contextmanager
def _nothing_to_have() -> Iterator[None]:
    """Take for an answer that something cannot be had; what may pass is raised, and tried again later."""
    try:
        yield
    except AddressRefused:
        return
    except (Unreachable, Unavailable) as error:
        if found_no_room(error):
            raise put_off(error) from error
        raise
    except FediUnionError:
        return


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


async def fetch_missing_replies(world: World, payload: JsonObject) -> None:
    """Job: fetch the replies that a post's own server lists."""
    post = await world.db.read(find_post, payload["post_id"])
    if post is not None and post.deleted_at is None:
        with _nothing_to_have():
            await fetch_replies(world, post)


def forget_answers(session: Session, _event: Blocked | MemberSuspended | MemberReachChanged) -> None:
    """Reaction: nobody gets an answer that was kept for everybody before fewer may read it."""
    announce(session, CHANGED, "posts")


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
        with _nothing_to_have():
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


async def end_poll(world: World, payload: JsonObject) -> None:
    """Job: end a poll whose time has come."""
    await world.db.write(polls.end_poll, payload["post_id"])


async def tell_tally(world: World, payload: JsonObject) -> None:
    """Job: send the tally of a poll of ours; many votes of a minute are told once."""
    await world.db.write(tallies.tell_tally, payload["post_id"])


async def tell_edit(world: World, payload: JsonObject) -> None:
    """Job: send a post of ours as it is now."""
    await world.db.write(_tell_edit, payload["post_id"])


def _tell_edit(session: Session, post_id: int) -> None:
    post = find_post(session, post_id)
    if post is not None and post.local and post.deleted_at is None:
        publishing.tell_edit(session, get_actor(session, post.author_id), post)


async def check_quote(world: World, payload: JsonObject) -> None:
    """Job: look whether the quoted author agreed; only then is the quoted post shown (FEP-044f, row A31)."""
    post = await world.db.read(find_post, payload["post_id"])
    if post is None or post.deleted_at is not None or not post.quote_uri:
        return
    with _nothing_to_have():
        quoted = await fetch_post(world, post.quote_uri)
        stands = await _consent_stands(world, post, quoted)
        await world.db.write(_settle_quote, post.id, post.quote_uri, quoted.id, stands)


async def _consent_stands(world: World, post: Post, quoted: Post) -> bool:
    if quoted.author_id == post.author_id:
        return True
    if quoted.local:
        return await world.db.read(_we_agreed, quoted.id, post.uri)
    authorization = post.quote_authorization_uri
    if authorization is None or is_ours(authorization, world.settings.authority):
        return False
    author = await world.db.read(get_actor, quoted.author_id)
    if not same_origin(authorization, author.uri):
        return False
    try:
        document = await ask(world, authorization)
    except (Gone, NotFound):
        return False
    return (
        document.get("type") == "QuoteAuthorization"
        and document.get("attributedTo") == author.uri
        and document.get("interactingObject") == post.uri
        and document.get("interactionTarget") == quoted.uri
    )


def _we_agreed(session: Session, quoted_id: int, quoting_uri: str) -> bool:
    statement = select(QuoteApproval.id).where(
        QuoteApproval.post_id == quoted_id,
        QuoteApproval.kind == quotes.QUOTE,
        QuoteApproval.quoting_uri == quoting_uri,
        QuoteApproval.revoked_at.is_(None),
    )
    return session.scalar(statement) is not None


def _settle_quote(session: Session, post_id: int, quote_uri: str, quoted_id: int, stands: bool) -> None:
    post = find_post(session, post_id)
    if post is None or post.deleted_at is not None or post.quote_uri != quote_uri:
        return
    post.quote_of_id = quoted_id
    if stands and post.quote_state == quotes.PENDING:
        quotes.confirm_quote(session, post, post.quote_authorization_uri)


async def forget_old_posts(world: World, _payload: JsonObject) -> None:
    """Job, daily: forget remote posts past their retention that nobody here has touched."""
    while await world.db.write(_forget_some) == _FORGOTTEN_AT_ONCE:
        pass


def _forget_some(session: Session) -> int:
    oldest = now_of(session) - timedelta(days=settings_of(session).privacy.remote_post_days)
    kept_reply, boost, quoting = aliased(Post), aliased(Post), aliased(Post)
    kept = [exists().where(table.post_id == Post.id) for table in (Favourite, Bookmark, Pin, PollVote)]
    old = session.scalars(
        select(Post)
        .where(
            ~Post.local,
            Post.received_at < oldest,
            # Ids follow the times of publishing: without a bound, all that is too young would be read too.
            Post.id < first_id_at(oldest),
            *(not_(condition) for condition in kept),
            not_(exists().where(kept_reply.in_reply_to_id == Post.id, kept_reply.local)),
            not_(exists().where(boost.boost_of_id == Post.id, boost.local)),
            not_(exists().where(quoting.quote_of_id == Post.id, quoting.local)),
        )
        .order_by(Post.id)
        .limit(_FORGOTTEN_AT_ONCE)
    ).all()
    erase_posts(session, old)
    return len(old)
