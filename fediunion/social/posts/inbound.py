"""Create, Update, Delete and Announce of posts, as received."""

from fediunion.activitypub import vocab
from fediunion.actors.queries import find_actor_by_uri
from fediunion.db.known_uris import KnownUri, bury_uri, find_known_uri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import NotAllowed, Refused
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_post, find_post_by_uri
from fediunion.social.posts.service import polls, remote
from fediunion.social.posts.service.interactions import remove_boost


def receive_post(ctx: InboxContext, create: vocab.Create, document: vocab.PostDocument) -> None:
    """Somebody published a post; or voted in a poll of ours, which is a Note that only names an option."""
    if vocab.is_poll_vote(document):
        parent = find_post_by_uri(ctx.session, document.in_reply_to or "")
        if parent is not None and parent.local and parent.wire_type == "Question":
            polls.receive_vote(ctx.session, ctx.sender, parent, document.name or "", document.id)
            return
        if not document.content:
            raise Refused("votes in a poll that is not ours", reason="no-such-poll")
    if remote.record_remote_post(ctx.session, ctx.sender, document) is None:
        raise Refused("concerns nobody here", reason="concerns-nobody")


def receive_edit(ctx: InboxContext, change: vocab.Update, document: vocab.PostDocument) -> None:
    """Somebody edited a post, or its counts changed. An unknown post is stored as if it were new."""
    post = find_post_by_uri(ctx.session, document.id)
    if post is None:
        if remote.record_remote_post(ctx.session, ctx.sender, document, live=False) is None:
            raise Refused("concerns nobody here", reason="concerns-nobody")
        return
    remote.record_remote_edit(ctx.session, ctx.sender, post, document)


def receive_delete(ctx: InboxContext, delete: vocab.Delete, known: KnownUri) -> None:
    """Somebody deleted a post of theirs."""
    remote.forget_remote_post(ctx.session, ctx.sender, _post(ctx, known))


def receive_boost(ctx: InboxContext, boost: vocab.Announce, document: vocab.PostDocument) -> None:
    """Somebody boosted a post that was fetched from its own server just now."""
    author = find_actor_by_uri(ctx.session, document.author or "")
    if author is None:
        raise Refused("boosts a post of somebody unknown", reason="author-unknown")
    known = find_known_uri(ctx.session, document.id)
    post = find_post(ctx.session, known.row_id or 0) if known is not None and known.kind == "post" else None
    if post is None:
        post = remote.record_remote_post(ctx.session, author, document, wanted=True, live=False)
    if post is None:
        raise Refused("boosts what cannot be stored", reason="not-stored")
    _record_boost(ctx, boost, post)


def receive_boost_of_known(ctx: InboxContext, boost: vocab.Announce, known: KnownUri) -> None:
    """Somebody boosted a post that we have. What the activity says about the post is not looked at (A14)."""
    _record_boost(ctx, boost, _post(ctx, known))


def receive_undo_boost(ctx: InboxContext, undo: vocab.Undo, boost: vocab.Announce) -> None:
    """Somebody takes a boost back; matched by its id, else by who boosted what (A17)."""
    if boost.actor != ctx.sender.uri:
        raise NotAllowed("undoes somebody else's boost", reason="not-its-own")
    post = find_post_by_uri(ctx.session, boost.id)
    if post is not None:
        _remove_own_boost(ctx, post)
    bury_uri(ctx.session, boost.id)


def receive_undo_boost_by_id(ctx: InboxContext, undo: vocab.Undo, known: KnownUri) -> None:
    """Somebody takes a boost back, naming it by its id alone."""
    _remove_own_boost(ctx, _post(ctx, known))


def _record_boost(ctx: InboxContext, boost: vocab.Announce, post: Post) -> None:
    stored = remote.record_remote_boost(ctx.session, ctx.sender, post, boost.id, boost.to, boost.cc)
    if stored is None:
        raise Refused("concerns nobody here", reason="concerns-nobody")


def _remove_own_boost(ctx: InboxContext, post: Post) -> None:
    if post.author_id != ctx.sender.id:
        raise NotAllowed("undoes somebody else's boost", reason="not-its-own")
    if post.boost_of_id is None:
        raise Refused("undoes what is no boost", reason="not-a-boost")
    if post.deleted_at is None:
        remove_boost(ctx.session, post)


def _post(ctx: InboxContext, known: KnownUri) -> Post:
    post = find_post(ctx.session, known.row_id or 0)
    if post is None:
        raise Refused("is about a post that we do not have", reason="unknown-post")
    return post
