"""Follow, Accept, Reject, Undo and Block, as received."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from fediunion.activitypub import vocab
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor_by_uri, get_actor
from fediunion.db.known_uris import KnownUri, bury_unknown_uri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import NotAllowed, Refused
from fediunion.social.follows import restrictions, service
from fediunion.social.follows.models import Block, Follow
from fediunion.social.follows.queries import find_block, find_follow

UNDO_OVERTAKES: Final = timedelta(hours=1)
"""An Undo of an unknown activity is about one that is still on its way, where ours came within this time."""


def receive_follow(ctx: InboxContext, follow: vocab.Follow, known: KnownUri) -> None:
    """Somebody asks to follow one of ours."""
    followed = _our_actor(ctx, known)
    service.receive_request(ctx.session, ctx.sender, followed, follow.id)


def receive_accept(ctx: InboxContext, accept: vocab.Accept, follow: vocab.Follow) -> None:
    """Whom we asked agrees. Matched by the Follow's id, else by who follows whom (trap 25)."""
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

    Some servers (Lemmy) undo under another id than they followed under. But where the follow that we have
    is fresh, the unknown one is rather an earlier one that is still on its way (row L20).
    """
    if follow.actor != ctx.sender.uri:
        raise NotAllowed("undoes somebody else's follow", reason="not-its-own")
    found = ctx.session.scalar(select(Follow).where(Follow.uri == follow.id)) if follow.id else None
    if found is not None and found.follower_id != ctx.sender.id:
        raise NotAllowed("undoes somebody else's follow", reason="not-its-own")
    followed = find_actor_by_uri(ctx.session, follow.object.id) if found is None else None
    if followed is not None:
        found = find_follow(ctx.session, ctx.sender.id, followed.id)
        if found is not None and follow.id and ctx.now - found.created_at <= UNDO_OVERTAKES:
            found = None
    if found is not None:
        service.end_follow(ctx.session, found)
    if follow.id:
        bury_unknown_uri(ctx.session, follow.id, ctx.sender.id)


def receive_undo_follow_by_id(ctx: InboxContext, undo: vocab.Undo, known: KnownUri) -> None:
    """A follower leaves, naming the Follow by its id alone."""
    follow = ctx.session.get(Follow, known.row_id)
    if follow is None:
        return
    if follow.follower_id != ctx.sender.id:
        raise NotAllowed("undoes somebody else's follow", reason="not-its-own")
    service.end_follow(ctx.session, follow)


def receive_block(ctx: InboxContext, block: vocab.Block, known: KnownUri) -> None:
    """Somebody blocks one of ours: both stop following each other, and nobody is told."""
    blocked = _our_actor(ctx, known)
    restrictions.record_block(ctx.session, ctx.sender, blocked, block.id)


def receive_undo_block(ctx: InboxContext, undo: vocab.Undo, block: vocab.Block) -> None:
    """Somebody no longer blocks one of ours."""
    if block.actor != ctx.sender.uri:
        raise NotAllowed("undoes somebody else's block", reason="not-its-own")
    found = ctx.session.scalar(select(Block).where(Block.uri == block.id)) if block.id else None
    if found is not None and found.blocker_id != ctx.sender.id:
        raise NotAllowed("undoes somebody else's block", reason="not-its-own")
    blocked = find_actor_by_uri(ctx.session, block.object.id) if found is None else None
    if blocked is not None:
        found = find_block(ctx.session, ctx.sender.id, blocked.id)
        if found is not None and block.id and ctx.now - found.created_at <= UNDO_OVERTAKES:
            found = None
    if found is not None:
        restrictions.end_block(ctx.session, found)
    if block.id:
        bury_unknown_uri(ctx.session, block.id, ctx.sender.id)


def receive_undo_block_by_id(ctx: InboxContext, undo: vocab.Undo, known: KnownUri) -> None:
    """Somebody no longer blocks one of ours, naming the Block by its id alone."""
    found = ctx.session.get(Block, known.row_id)
    if found is None:
        return
    if found.blocker_id != ctx.sender.id:
        raise NotAllowed("undoes somebody else's block", reason="not-its-own")
    restrictions.end_block(ctx.session, found)


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
