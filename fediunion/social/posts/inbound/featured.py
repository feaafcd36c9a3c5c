"""Add to, and Remove from, the posts that somebody shows first, as received."""

from sqlalchemy import delete, select

from fediunion.activitypub import vocab
from fediunion.activitypub.audience import Audience
from fediunion.activitypub.authority import authors_of
from fediunion.db import insert_ignoring
from fediunion.db.known_uris import KnownUri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import Irrelevant, NotAllowed
from fediunion.kit.ids import new_id
from fediunion.social.follows.queries import local_follower_ids
from fediunion.social.posts.models import Pin, Post
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service import remote

MAX_REMOTE_PINS = 50


def receive_pin(ctx: InboxContext, add: vocab.Add, known: KnownUri) -> None:
    """Somebody shows one of their own public posts first (row A27)."""
    _check_target(ctx, add.target)
    _pin(ctx, find_post(ctx.session, known.row_id or 0))


def receive_pin_of_new(ctx: InboxContext, add: vocab.Add, document: vocab.PostDocument) -> None:
    """Somebody shows one of their own posts first that was fetched from its own server just now."""
    _check_target(ctx, add.target)
    if ctx.sender.uri not in authors_of(document):
        raise NotAllowed("features what is not its own", reason="not-its-own")
    if not local_follower_ids(ctx.session, ctx.sender.id):
        raise Irrelevant("concerns nobody here")
    _pin(ctx, remote.record_remote_post(ctx.session, ctx.sender, document, wanted=True, live=False))


def receive_unpin(ctx: InboxContext, remove: vocab.Remove, known: KnownUri) -> None:
    """Somebody shows a post first no longer."""
    _check_target(ctx, remove.target)
    ctx.session.execute(delete(Pin).where(Pin.actor_id == ctx.sender.id, Pin.post_id == known.row_id))


def _check_target(ctx: InboxContext, target: str | None) -> None:
    if target is None or target != ctx.sender.featured_url:
        raise NotAllowed("changes a collection that is not its own", reason="not-its-own")


def _pin(ctx: InboxContext, post: Post | None) -> None:
    if post is None or post.author_id != ctx.sender.id:
        raise NotAllowed("features what is not its own", reason="not-its-own")
    if not Audience(post.audience).is_public or post.boost_of_id is not None or post.deleted_at is not None:
        raise NotAllowed("features what is not public", reason="not-public")
    pinned = ctx.session.scalars(select(Pin.id).where(Pin.actor_id == ctx.sender.id)).all()
    if len(pinned) < MAX_REMOTE_PINS:
        row = {"id": new_id(), "actor_id": ctx.sender.id, "post_id": post.id, "created_at": ctx.now}
        insert_ignoring(ctx.session, Pin, [row])
