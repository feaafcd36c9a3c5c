"""Who follows whom: reads."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final, cast

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from fediunion.actors.models import Actor
from fediunion.actors.queries import known_to
from fediunion.actors.viewer import Viewer
from fediunion.db import now_of
from fediunion.db.pages import paged
from fediunion.db.prepared import select_column
from fediunion.kit.pages import Page
from fediunion.kit.urls import parse_remote_url
from fediunion.outbox.publish import Inbox
from fediunion.social.follows.models import Block, Follow, FollowState, MemberDomainBlock, Mute


def find_follow(session: Session, follower_id: int, followed_id: int) -> Follow | None:
    """Return the follow between two actors, asked for or accepted."""
    return session.scalar(
        select(Follow).where(Follow.follower_id == follower_id, Follow.followed_id == followed_id)
    )


def lock_pair(session: Session, one_id: int, other_id: int) -> None:
    """Let nobody else change what is between two actors until this unit of work ends (row A22).

    SQLite has one writer anyway; on PostgreSQL both rows are locked, always in the same order.
    """
    pair = select(Actor.id).where(Actor.id.in_((one_id, other_id))).order_by(Actor.id)
    session.execute(pair.with_for_update(key_share=True))


def is_following(session: Session, follower_id: int, followed_id: int) -> bool:
    """Return whether an accepted follow exists."""
    follow = find_follow(session, follower_id, followed_id)
    return follow is not None and follow.state == FollowState.ACCEPTED


def follows_through_reader(session: Session, followed_id: int) -> Sequence[Follow]:
    """Return the members' follows of a remote actor that only the reader follows on the wire."""
    statement = select(Follow).where(Follow.followed_id == followed_id, Follow.through_reader)
    return session.scalars(statement).all()


def find_block(session: Session, blocker_id: int, blocked_id: int) -> Block | None:
    """Return the block of one actor by another."""
    return session.scalar(select(Block).where(Block.blocker_id == blocker_id, Block.blocked_id == blocked_id))


def is_blocked_between(session: Session, one_id: int, other_id: int) -> bool:
    """Return whether either blocks the other."""
    return (
        session.scalar(
            select(Block.id).where(
                or_(
                    and_(Block.blocker_id == one_id, Block.blocked_id == other_id),
                    and_(Block.blocker_id == other_id, Block.blocked_id == one_id),
                )
            )
        )
        is not None
    )


def blocked_hosts_of(session: Session, viewer_id: int) -> set[str]:
    """Return the servers that a member blocks for itself."""
    return set(session.scalars(select(MemberDomainBlock.host).where(MemberDomainBlock.actor_id == viewer_id)))


def count_follows_with(session: Session, actor_id: int, host: str) -> tuple[int, int]:
    """Return how many accounts of a server `actor_id` follows, and by how many of it it is followed."""
    name = host.strip().lower()
    following = (
        select(func.count())
        .select_from(Follow)
        .join(Actor, Actor.id == Follow.followed_id)
        .where(Follow.follower_id == actor_id, Actor.host == name)
    )
    followers = (
        select(func.count())
        .select_from(Follow)
        .join(Actor, Actor.id == Follow.follower_id)
        .where(Follow.followed_id == actor_id, Actor.host == name)
    )
    return session.scalar(following) or 0, session.scalar(followers) or 0


def local_follower_ids(session: Session, followed_id: int) -> Sequence[int]:
    """Return the members of this instance who follow `followed_id`, through the reader too."""
    return select_column(session, _LOCAL_FOLLOWERS, {"followed": followed_id})


def followed_here(session: Session, uris: Collection[str]) -> set[str]:
    """Return those of the actors with these ids whom anybody of this instance follows, institutions too."""
    followed, follower = aliased(Actor), aliased(Actor)
    accepted = and_(Follow.followed_id == followed.id, Follow.state == FollowState.ACCEPTED)
    by_somebody = exists().where(accepted, Follow.follower_id == follower.id, follower.local)
    return set(session.scalars(select(followed.uri).where(followed.uri.in_(uris), by_somebody)))


_FOLLOW, _ACTOR = cast("Table", Follow.__table__), cast("Table", Actor.__table__)
_LOCAL_FOLLOWERS: Final = (
    select(_FOLLOW.c.follower_id)
    .join(_ACTOR, _ACTOR.c.id == _FOLLOW.c.follower_id)
    .where(
        _FOLLOW.c.followed_id == bindparam("followed"),
        _FOLLOW.c.state == FollowState.ACCEPTED,
        _ACTOR.c.local.is_(True),
    )
)


def follower_inboxes(session: Session, author: Actor, _argument: str) -> Iterable[Inbox]:
    """Return the inboxes of the remote followers of `author`, as they are now: the audience `followers`."""
    return _inboxes_of_followers(session, Follow.followed_id == author.id)


def used_inboxes(session: Session, followed_id: int, host: str) -> set[str]:
    """Return the inboxes on `host` at which followers of `followed_id` are reached, in one spelling."""
    followers = _inboxes_of_followers(session, Follow.followed_id == followed_id, Actor.host == host)
    return {parse_remote_url(url).text for each in followers for url in (each.url, each.shared_url) if url}


def _inboxes_of_followers(session: Session, *conditions: ColumnElement[bool]) -> list[Inbox]:
    rows = session.execute(
        select(Actor.inbox_url, Actor.shared_inbox_url)
        .join(Follow, Follow.follower_id == Actor.id)
        .where(
            *conditions,
            Follow.state == FollowState.ACCEPTED,
            ~Actor.local,
            Actor.suspended_at.is_(None),
            Actor.deleted_at.is_(None),
        )
    )
    return [Inbox(url, shared) for url, shared in rows]


def follows_of(session: Session, actor_id: int) -> Sequence[Follow]:
    """Return all follows that an actor takes part in, on either side."""
    statement = select(Follow).where(or_(Follow.follower_id == actor_id, Follow.followed_id == actor_id))
    return session.scalars(statement).all()


def followers_on_host(session: Session, followed_id: int, host: str) -> list[str]:
    """Return the ids (URIs) of the followers of `followed_id` on `host`: FEP-8fcf's partial collection."""
    return list(
        session.scalars(
            select(Actor.uri)
            .join(Follow, Follow.follower_id == Actor.id)
            .where(
                Follow.followed_id == followed_id,
                Follow.state == FollowState.ACCEPTED,
                Actor.host == host,
                Actor.deleted_at.is_(None),
            )
            .order_by(Actor.uri)
        )
    )


def list_followers(
    session: Session, actor_id: int, page: Page, viewer: Viewer
) -> Sequence[tuple[int, Actor]]:
    """Return (follow id, follower) of accepted followers, newest first, of whom `viewer` may know of."""
    whose = (Follow.followed_id == actor_id) & known_to(viewer)
    return _accounts(session, whose, Follow.follower_id, FollowState.ACCEPTED, page)


def list_following(
    session: Session, actor_id: int, page: Page, viewer: Viewer
) -> Sequence[tuple[int, Actor]]:
    """Return (follow id, followed) of accepted follows, newest first, of whom `viewer` may know of."""
    whose = (Follow.follower_id == actor_id) & known_to(viewer)
    return _accounts(session, whose, Follow.followed_id, FollowState.ACCEPTED, page)


def list_requests(session: Session, actor_id: int, page: Page) -> Sequence[tuple[int, Actor]]:
    """Return (follow id, who asks) of follows that wait for `actor_id`'s answer, newest first."""
    return _accounts(session, Follow.followed_id == actor_id, Follow.follower_id, FollowState.REQUESTED, page)


def list_blocked(session: Session, actor_id: int, page: Page) -> Sequence[tuple[int, Actor]]:
    """Return (block id, actor) of whom `actor_id` blocks, newest first."""
    statement = (
        select(Block.id, Actor).join(Actor, Actor.id == Block.blocked_id).where(Block.blocker_id == actor_id)
    )
    return _rows(session, paged(statement, Block.id, page), page)


def count_requests(session: Session, actor_id: int) -> int:
    """Return how many follows wait for an answer."""
    statement = select(func.count()).where(
        Follow.followed_id == actor_id, Follow.state == FollowState.REQUESTED
    )
    return session.scalar(statement) or 0


def list_refused_hosts(session: Session, actor_id: int, page: Page) -> list[tuple[int, str]]:
    """Return (row id, host) of the servers that a member blocks, newest first."""
    statement = select(MemberDomainBlock.id, MemberDomainBlock.host).where(
        MemberDomainBlock.actor_id == actor_id
    )
    rows = session.execute(paged(statement, MemberDomainBlock.id, page))
    return page.newest_first([(row_id, host) for row_id, host in rows])


def list_muted(session: Session, actor_id: int, page: Page) -> Sequence[tuple[int, Actor]]:
    """Return (mute id, actor) of whom `actor_id` mutes now, newest first."""
    lasts = or_(Mute.expires_at.is_(None), Mute.expires_at > now_of(session))
    muted = select(Mute.id, Actor).join(Actor, Actor.id == Mute.muted_id)
    return _rows(session, paged(muted.where(Mute.muter_id == actor_id, lasts), Mute.id, page), page)


def ends_of_mutes(session: Session, mute_ids: Iterable[int]) -> dict[int, datetime | None]:
    """Return by id when mutes end; None for those that do not."""
    found = select(Mute.id, Mute.expires_at).where(Mute.id.in_(mute_ids))
    return dict(session.execute(found).all())


def _accounts(
    session: Session,
    whose: ColumnElement[bool],
    other: InstrumentedAttribute[int],
    state: FollowState,
    page: Page,
) -> Sequence[tuple[int, Actor]]:
    statement = (
        select(Follow.id, Actor)
        .join(Actor, Actor.id == other)
        .where(whose, Follow.state == state, Actor.deleted_at.is_(None))
    )
    return _rows(session, paged(statement, Follow.id, page), page)


def _rows(session: Session, statement: Select[int, Actor], page: Page) -> list[tuple[int, Actor]]:
    return page.newest_first([(row_id, actor) for row_id, actor in session.execute(statement)])
