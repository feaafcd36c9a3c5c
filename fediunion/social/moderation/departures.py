"""What goes with an actor or a server: follows, deliveries, posts; removed some at a time by jobs."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import ColumnElement, case, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from fediunion.actors.events import ActorDeleted
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor
from fediunion.actors.service import mark_actor_deleted
from fediunion.db import Base, now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.json import JsonObject
from fediunion.outbox.models import Delivery, DeliveryState, OutboxActivity
from fediunion.social.annotations.models import AccountNote, Endorsement
from fediunion.social.follows.models import Block, Follow, MemberDomainBlock, Mute
from fediunion.social.follows.service import end_follow
from fediunion.social.lists.models import AccountList, ListedAccount
from fediunion.social.moderation.models import Decision
from fediunion.social.moderation.servers import list_hosts_under
from fediunion.social.notifications.models import SeveranceCause
from fediunion.social.notifications.severances import note_severed
from fediunion.social.posts.models import (
    Bookmark,
    ConversationEntry,
    Favourite,
    Pin,
    PollVote,
    Post,
    PostMention,
    ThreadMute,
)
from fediunion.social.posts.service.counting import recount_favourites
from fediunion.social.posts.service.interactions import remove_boost
from fediunion.social.posts.service.publishing import remove_post
from fediunion.social.profiles.models import FeaturedTag
from fediunion.social.search.models import DismissedSuggestion
from fediunion.social.tags.models import FollowedTag
from fediunion.social.timelines.models import HomeEntry, TimelineMarker
from fediunion.world import World

ERASE_ACTOR: Final = "moderation.erase_actor"
AT_ONCE: Final = 100
_STILL_SENT: Final = ("Delete", "Undo", "Reject")
_UNWATCHED: Final = {"synchronize_session": False}


def erase_soon(session: Session, event: ActorDeleted) -> None:
    """Reaction: have removed what an actor that is gone has left here."""
    enqueue(session, ERASE_ACTOR, key=f"erase:{event.actor_id}", actor_id=event.actor_id)


async def erase_actor(world: World, payload: JsonObject) -> None:
    """Job: remove posts, boosts, favourites and follows of a deleted actor, ours or remote."""
    while await world.db.write(erase_some, payload["actor_id"]):
        pass


def erase_some(session: Session, actor_id: int) -> bool:
    """Remove one portion of what a deleted actor left; return whether there may be more.

    Posts keep their ids as tombstones. The actor's row stays, empty: its id and name are used up.
    """
    actor = find_actor(session, actor_id)
    if actor is None or actor.deleted_at is None:
        return False
    posts = session.scalars(
        select(Post).where(Post.author_id == actor.id, Post.deleted_at.is_(None)).limit(AT_ONCE)
    ).all()
    for post in posts:
        if post.boost_of_id is not None:
            remove_boost(session, post)
        else:
            remove_post(session, post)
    favourites = session.scalars(select(Favourite).where(Favourite.actor_id == actor.id).limit(AT_ONCE)).all()
    for favourite in favourites:
        session.delete(favourite)
    for post_id in {favourite.post_id for favourite in favourites}:
        recount_favourites(session, post_id)
    follows = session.scalars(
        select(Follow)
        .where(or_(Follow.follower_id == actor.id, Follow.followed_id == actor.id))
        .limit(AT_ONCE)
    ).all()
    for follow in follows:
        end_follow(session, follow)
    if posts or favourites or follows:
        return True
    _erase_rest(session, actor)
    return False


def _erase_rest(session: Session, actor: Actor) -> None:
    actor.followers_count = actor.following_count = actor.posts_count = actor.open_posts_count = 0
    own: tuple[tuple[type[Base], ColumnElement[bool]], ...] = (
        (Bookmark, Bookmark.actor_id == actor.id),
        (Pin, Pin.actor_id == actor.id),
        (PollVote, PollVote.actor_id == actor.id),
        (PostMention, PostMention.actor_id == actor.id),
        (ThreadMute, ThreadMute.actor_id == actor.id),
        (ConversationEntry, ConversationEntry.owner_id == actor.id),
        (HomeEntry, HomeEntry.actor_id == actor.id),
        (Decision, Decision.target_id == actor.id),
        (AccountList, AccountList.owner_id == actor.id),
        (ListedAccount, ListedAccount.actor_id == actor.id),
        (FeaturedTag, FeaturedTag.actor_id == actor.id),
        (FollowedTag, FollowedTag.actor_id == actor.id),
        (AccountNote, or_(AccountNote.actor_id == actor.id, AccountNote.about_id == actor.id)),
        (Endorsement, or_(Endorsement.actor_id == actor.id, Endorsement.endorsed_id == actor.id)),
        (DismissedSuggestion, DismissedSuggestion.actor_id == actor.id),
        (TimelineMarker, TimelineMarker.actor_id == actor.id),
        (MemberDomainBlock, MemberDomainBlock.actor_id == actor.id),
        (Block, or_(Block.blocker_id == actor.id, Block.blocked_id == actor.id)),
        (Mute, or_(Mute.muter_id == actor.id, Mute.muted_id == actor.id)),
    )
    for table, whose in own:
        session.execute(delete(table).where(whose), execution_options=_UNWATCHED)
    _forget_what_was_sent(session, actor)


def _forget_what_was_sent(session: Session, actor: Actor) -> None:
    """Empty the bodies of an actor's activities; what still has to be sent stays, and names ids only."""
    owed = select(Delivery.id).where(
        Delivery.activity_id == OutboxActivity.id, Delivery.finished_at.is_(None)
    )
    session.execute(
        update(OutboxActivity)
        .where(
            OutboxActivity.actor_id == actor.id,
            OutboxActivity.activity_type.not_in(_STILL_SENT),
            OutboxActivity.fanned_out_at.is_not(None),
            ~owed.exists(),
        )
        .values(body=""),
        execution_options=_UNWATCHED,
    )


async def sever_actor(world: World, payload: JsonObject) -> None:
    """Job: end the follows of a suspended remote actor, both ways."""
    while await world.db.write(_sever_actor_some, payload["actor_id"]):
        pass


def _sever_actor_some(session: Session, actor_id: int) -> bool:
    actor = find_actor(session, actor_id)
    if actor is None or actor.suspended_at is None:
        return False
    follows = session.scalars(
        select(Follow)
        .where(or_(Follow.follower_id == actor.id, Follow.followed_id == actor.id))
        .limit(AT_ONCE)
    ).all()
    handle = f"{actor.username}@{actor.handle_host}"
    _sever(session, SeveranceCause.ACCOUNT_SUSPENSION, handle, follows)
    return len(follows) == AT_ONCE


async def sever_hosts(world: World, payload: JsonObject) -> None:
    """Job: end the follows with blocked servers both ways, and give up what waits to be delivered there."""
    hosts = await world.db.read(list_hosts_under, payload["host"])
    await world.db.write(_give_up_deliveries, hosts)
    while await world.db.write(_sever_some, hosts):
        pass


def _sever_some(session: Session, hosts: Collection[str]) -> bool:
    """End some follows, without a word: nothing is sent to a server that is blocked."""
    follower, followed = aliased(Actor), aliased(Actor)
    rows = session.execute(
        select(Follow, case((follower.host.in_(hosts), follower.host), else_=followed.host))
        .join(follower, follower.id == Follow.follower_id)
        .join(followed, followed.id == Follow.followed_id)
        .where(or_(follower.host.in_(hosts), followed.host.in_(hosts)))
        .limit(AT_ONCE)
    ).all()
    by_host: dict[str, list[Follow]] = defaultdict(list)
    for follow, host in rows:
        by_host[host].append(follow)
    for host, follows in by_host.items():
        _sever(session, SeveranceCause.DOMAIN_BLOCK, host, follows)
    return len(rows) == AT_ONCE


def _sever(session: Session, cause: SeveranceCause, whose: str, follows: Sequence[Follow]) -> None:
    """End follows with an account or a server, and tell whose they were."""
    note_severed(session, cause, whose, follows)
    for follow in follows:
        end_follow(session, follow)


def _give_up_deliveries(session: Session, hosts: Collection[str]) -> None:
    """Make unfinished deliveries dead letters: not sent, but there to be retried if the block ends."""
    session.execute(
        update(Delivery)
        .where(Delivery.host.in_(hosts), Delivery.finished_at.is_(None))
        .values(state=DeliveryState.DEAD, finished_at=now_of(session), last_error="blocked"),
        execution_options=_UNWATCHED,
    )


async def purge_host(world: World, payload: JsonObject) -> None:
    """Job: remove all actors of a blocked server with everything that they left (row C13)."""
    hosts = await world.db.read(list_hosts_under, payload["host"])
    await world.db.write(_give_up_deliveries, hosts)
    while await world.db.write(_purge_some, hosts):
        pass


def _purge_some(session: Session, hosts: Collection[str]) -> bool:
    """Mark some actors deleted: each is erased by a job of its own, and its id stays a tombstone.

    What arrives meanwhile, from a delivery that was in flight, finds the tombstone and stays away.
    """
    actors = session.scalars(
        select(Actor)
        .where(Actor.host.in_(hosts), Actor.local.is_(False), Actor.deleted_at.is_(None))
        .limit(AT_ONCE)
    ).all()
    for actor in actors:
        mark_actor_deleted(session, actor)
    return len(actors) == AT_ONCE
