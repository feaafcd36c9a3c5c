"""Announce of posts, and its Undo, as received."""

from fediunion.activitypub import vocab
from fediunion.activitypub.authority import authors_of
from fediunion.actors.queries import find_actor_by_uri
from fediunion.db.known_uris import KnownUri, bury_unknown_uri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import Irrelevant, NotAllowed, Refused
from fediunion.social.posts.inbound.finding import stored_post
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.posts.service import remote
from fediunion.social.posts.service.remote_boosts import (
    end_remote_boost,
    find_boost_of_uri,
    record_remote_boost,
)


def receive_boost(ctx: InboxContext, boost: vocab.Announce, document: vocab.PostDocument) -> None:
    """Somebody boosted a post that was fetched from its own server just now.

    Where the boost concerns nobody here the whole is refused, and the post is not kept either.
    """
    authors = authors_of(document)
    author = find_actor_by_uri(ctx.session, authors[0]) if authors else None
    if author is None or author.suspended_at is not None or author.deleted_at is not None:
        raise Refused("boosts a post of somebody unknown", reason="author-unknown")
    post = remote.record_remote_post(ctx.session, author, document, wanted=True, live=False)
    if post is None:
        raise Refused("boosts what cannot be stored", reason="not-stored")
    _record_boost(ctx, boost, post)


def receive_boost_of_known(ctx: InboxContext, boost: vocab.Announce, known: KnownUri) -> None:
    """Somebody boosted a post that we have. What the activity says about the post is not looked at (A14)."""
    _record_boost(ctx, boost, stored_post(ctx, known))


def receive_undo_boost(ctx: InboxContext, undo: vocab.Undo, boost: vocab.Announce) -> None:
    """Somebody takes a boost back; matched by its id, without one by who boosted what (A17)."""
    if boost.actor != ctx.sender.uri:
        raise NotAllowed("undoes somebody else's boost", reason="not-its-own")
    if not boost.id:
        row = find_boost_of_uri(ctx.session, ctx.sender, boost.object.id)
        if row is not None:
            end_remote_boost(ctx.session, row, signed_at=ctx.signed_at)
        return
    post = find_post_by_uri(ctx.session, boost.id)
    if post is not None:
        _remove_own_boost(ctx, post)
    bury_unknown_uri(ctx.session, boost.id, ctx.sender.id)


def receive_undo_boost_by_id(ctx: InboxContext, undo: vocab.Undo, known: KnownUri) -> None:
    """Somebody takes a boost back, naming it by its id alone."""
    _remove_own_boost(ctx, stored_post(ctx, known))


def _record_boost(ctx: InboxContext, boost: vocab.Announce, post: Post) -> None:
    if record_remote_boost(ctx.session, ctx.sender, post, boost) is None:
        raise Irrelevant("concerns nobody here")


def _remove_own_boost(ctx: InboxContext, post: Post) -> None:
    if post.author_id != ctx.sender.id:
        raise NotAllowed("undoes somebody else's boost", reason="not-its-own")
    if post.boost_of_id is None:
        raise Refused("undoes what is no boost", reason="not-a-boost")
    end_remote_boost(ctx.session, post, signed_at=ctx.signed_at)
