"""Like, EmojiReact, Dislike, and their Undo, as received."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from fediunion.activitypub import vocab
from fediunion.actors.queries import get_actor
from fediunion.db import emit
from fediunion.db.known_uris import (
    KnownUri,
    bury_unknown_uri,
    bury_uri,
    find_known_uri,
    remember_uri,
    undo_uri,
)
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import NotAllowed, Refused
from fediunion.social.follows.refusals import refuses
from fediunion.social.posts.events import PostFavourited
from fediunion.social.posts.inbound.finding import visible_post
from fediunion.social.posts.models import Favourite
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.posts.service.counting import lock_post, recount_favourites

MAX_EMOJI_CHARACTERS: Final = 100
UNDO_OVERTAKES: Final = timedelta(hours=1)
"""An Undo of an unknown Like is about one that is still on its way, where ours came within this time."""


def receive_like(ctx: InboxContext, like: vocab.Like, known: KnownUri) -> None:
    """Somebody likes a post. With an emoji it is a reaction, which counts as a like too."""
    _record(ctx, like, known)


def receive_reaction(ctx: InboxContext, reaction: vocab.EmojiReact, known: KnownUri) -> None:
    """Somebody reacts to a post with an emoji."""
    _record(ctx, reaction, known)


def receive_dislike(ctx: InboxContext, dislike: vocab.Dislike, known: KnownUri) -> None:
    """Somebody dislikes a post. Understood, and shown to nobody."""
    visible_post(ctx, known)


def receive_undo_like(ctx: InboxContext, undo: vocab.Undo, like: vocab.Like) -> None:
    """Somebody likes a post no longer; matched by the Like's id, else by who liked what (A17)."""
    _undo(ctx, like)


def receive_undo_reaction(ctx: InboxContext, undo: vocab.Undo, reaction: vocab.EmojiReact) -> None:
    """Somebody takes an emoji back."""
    _undo(ctx, reaction)


def receive_undo_like_by_id(ctx: InboxContext, undo: vocab.Undo, known: KnownUri) -> None:
    """Somebody takes a like or reaction back, naming it by its id alone."""
    row = ctx.session.get(Favourite, known.row_id)
    if row is None:
        return
    if row.actor_id != ctx.sender.id:
        raise NotAllowed("undoes somebody else's like", reason="not-its-own")
    _remove(ctx, row)


def _record(ctx: InboxContext, like: vocab.Like | vocab.EmojiReact, known: KnownUri) -> None:
    """Store a like or a reaction: one of each kind for an actor; the latest id stands for it."""
    post = visible_post(ctx, known)
    author = get_actor(ctx.session, post.author_id)
    if author.local and refuses(ctx.session, author, ctx.sender):
        raise NotAllowed("is not welcome to the author", reason="refused-by-author")
    emoji = (like.content or "")[:MAX_EMOJI_CHARACTERS]
    lock_post(ctx.session, post.id)
    row = _find(ctx, post.id, emoji)
    if row is not None and row.uri == like.id:
        return
    if find_known_uri(ctx.session, like.id) is not None:
        raise Refused("its id names something else", reason="id-in-use")
    if row is not None:
        if row.uri:
            bury_uri(ctx.session, row.uri, ctx.sender.id)
        row.uri, row.created_at = like.id, ctx.now
        remember_uri(ctx.session, like.id, "favourite", row.id)
        return
    row = Favourite(
        actor_id=ctx.sender.id,
        post_id=post.id,
        uri=like.id,
        emoji=emoji,
        created_at=ctx.now,
    )
    ctx.session.add(row)
    remember_uri(ctx.session, like.id, "favourite", row.id)
    recount_favourites(ctx.session, post.id)
    if author.local:
        emit(ctx.session, PostFavourited(post, ctx.sender.id))


def _undo(ctx: InboxContext, like: vocab.Like | vocab.EmojiReact) -> None:
    if like.actor != ctx.sender.uri:
        raise NotAllowed("undoes somebody else's like", reason="not-its-own")
    row = ctx.session.scalar(
        select(Favourite).where(Favourite.uri == like.id, Favourite.actor_id == ctx.sender.id)
    )
    post = find_post_by_uri(ctx.session, like.object.id) if row is None else None
    if post is not None:
        # Some servers undo a Like under another id than they sent it under.
        found = _find(ctx, post.id, (like.content or "")[:MAX_EMOJI_CHARACTERS])
        if found is not None and (not like.id or ctx.now - found.created_at > UNDO_OVERTAKES):
            row = found
    if row is not None:
        _remove(ctx, row)
    if like.id:
        bury_unknown_uri(ctx.session, like.id, ctx.sender.id)


def _find(ctx: InboxContext, post_id: int, emoji: str) -> Favourite | None:
    return ctx.session.scalar(
        select(Favourite).where(
            Favourite.post_id == post_id, Favourite.actor_id == ctx.sender.id, Favourite.emoji == emoji
        )
    )


def _remove(ctx: InboxContext, row: Favourite) -> None:
    if row.uri:
        undo_uri(ctx.session, row.uri, row.actor_id, ctx.signed_at)
    ctx.session.delete(row)
    recount_favourites(ctx.session, row.post_id)
