"""Follow, Accept, Reject, Undo and Block, as received."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub import vocab
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor_by_uri, get_actor
from fediunion.db.known_uris import KnownUri, bury_unknown_uri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import NotAllowed, Refused
from fediunion.social.follows import restrictions, service
from fediunion.social.follows.models import Block, Follow
from fediunion.social.follows.queries import find_block, find_follow

Row = TypeVar("Row", Follow, Block)

UNDO_OVERTAKES: Final = timedelta(hours=1)
"""An Undo of an unknown Block is about one that is still on its way, where ours came within this time."""

CLOCKS_DIFFER: Final = timedelta(seconds=30)
"""The machines of one server do not sign by quite the same time."""


def receive_follow(ctx: InboxContext, follow: vocab.Follow, known: KnownUri) -> None:
    """Somebody asks to follow one of ours."""
    followed = _our_actor(ctx, known)
    service.receive_request(ctx.session, ctx.sender, followed, follow.id, signed_at=ctx.signed_at)


def receive_accept(ctx: InboxContext, accept: vocab.Accept, follow: vocab.Follow) -> None:
    """Whom we asked agrees. Matched by the Follow's id, else by who follows whom."""
    service.confirm_follow(ctx.session, _our_request(ctx, follow))


def receive_accept_by_id(ctx: InboxContext, accept: vocab.Accept, known: KnownUri) -> None:
    """Whom we asked agrees, naming the Follow by its id alone."""
    service.confirm_follow(ctx.session, _our_request_of(ctx, known))


def receive_reject(ctx: InboxContext, reject: vocab.Reject, follow: vocab.Follow) -> None:
    """Whom we asked says no, or removes one of us from the followers."""
    service.stop_following(ctx.session, _our_request(ctx, follow))


def receive_reject_by_id(ctx: InboxContext, reject: vocab.Reject, known: KnownUri) -> None:
    """As receive_reject, naming the Follow by its id alone."""
    service.stop_following(ctx.session, _our_request_of(ctx, known))


def receive_undo_follow(ctx: InboxContext, undo: vocab.Undo, follow: vocab.Follow) -> None:
    """A follower leaves. Matched on (id, actor), else (actor, object), nothing else of the copy (A17).

    Some servers (Lemmy, Misskey, Pixelfed) undo under another id than they followed under. Under another id a
    follow stays only where the Undo was signed before it, and is about an earlier one (row L20): who is taken
    for a follower by mistake goes on reading, who is not asks again.
    """
    named = ctx.session.scalar(select(Follow).where(Follow.uri == follow.id)) if follow.id else None
    _check_own(ctx, follow.actor, None if named is None else named.follower_id)
    found = named or _between(ctx, follow, find_follow)
    latest = None if ctx.signed_at is None else ctx.signed_at + CLOCKS_DIFFER
    if found is not None and (named is not None or not service.was_signed_before(latest, found)):
        service.end_follow(ctx.session, found, signed_at=ctx.signed_at)
    if follow.id:
        bury_unknown_uri(ctx.session, follow.id, ctx.sender.id)


def receive_undo_follow_by_id(ctx: InboxContext, undo: vocab.Undo, known: KnownUri) -> None:
    """A follower leaves, naming the Follow by its id alone."""
    follow = ctx.session.get(Follow, known.row_id)
    if follow is None:
        return
    _check_own(ctx, ctx.sender.uri, follow.follower_id)
    service.end_follow(ctx.session, follow, signed_at=ctx.signed_at)


def receive_block(ctx: InboxContext, block: vocab.Block, known: KnownUri) -> None:
    """Somebody blocks one of ours: both stop following each other, and nobody is told."""
    blocked = _our_actor(ctx, known)
    restrictions.record_block(ctx.session, ctx.sender, blocked, block.id)


def receive_undo_block(ctx: InboxContext, undo: vocab.Undo, block: vocab.Block) -> None:
    """Somebody no longer blocks one of ours.

    A block that is fresh, and has another id than what is undone, is left: that is rather an earlier one that
    is still on its way (row L20).
    """
    named = ctx.session.scalar(select(Block).where(Block.uri == block.id)) if block.id else None
    _check_own(ctx, block.actor, None if named is None else named.blocker_id)
    found = named or _between(ctx, block, find_block)
    is_fresh = found is not None and ctx.now - found.created_at <= UNDO_OVERTAKES
    if found is not None and (named is not None or not block.id or not is_fresh):
        restrictions.end_block(ctx.session, found, signed_at=ctx.signed_at)
    if block.id:
        bury_unknown_uri(ctx.session, block.id, ctx.sender.id)


def receive_undo_block_by_id(ctx: InboxContext, undo: vocab.Undo, known: KnownUri) -> None:
    """Somebody no longer blocks one of ours, naming the Block by its id alone."""
    found = ctx.session.get(Block, known.row_id)
    if found is None:
        return
    _check_own(ctx, ctx.sender.uri, found.blocker_id)
    restrictions.end_block(ctx.session, found, signed_at=ctx.signed_at)


def _check_own(ctx: InboxContext, actor_uri: str, actor_id: int | None) -> None:
    """Raise NotAllowed unless the sender did what is undone; `actor_id` is None where no row has it."""
    if actor_uri != ctx.sender.uri or actor_id not in (None, ctx.sender.id):
        raise NotAllowed("undoes what somebody else did", reason="not-its-own")


def _between(
    ctx: InboxContext, activity: vocab.Follow | vocab.Block, find: Callable[[Session, int, int], Row | None]
) -> Row | None:
    """Return what `find` has between the sender and whom an activity is about (A17)."""
    about = find_actor_by_uri(ctx.session, activity.object.id)
    return None if about is None else find(ctx.session, ctx.sender.id, about.id)


def _our_actor(ctx: InboxContext, known: KnownUri) -> Actor:
    actor = get_actor(ctx.session, known.row_id or 0)
    if not actor.local or actor.deleted_at is not None or actor.suspended_at is not None:
        raise Refused("is about nobody here", reason="nobody-here")
    return actor


def _our_request(ctx: InboxContext, follow: vocab.Follow) -> Follow:
    follower = find_actor_by_uri(ctx.session, follow.actor)
    found: Follow | None = None
    if follower is not None and follower.local:
        found = find_follow(ctx.session, follower.id, ctx.sender.id)
    if found is None:
        raise NotAllowed("answers a follow that we never asked for", reason="never-asked")
    return found


def _our_request_of(ctx: InboxContext, known: KnownUri) -> Follow:
    found = ctx.session.get(Follow, known.row_id)
    if found is None or found.followed_id != ctx.sender.id:
        raise NotAllowed("answers a follow that we never asked for", reason="never-asked")
    return found
