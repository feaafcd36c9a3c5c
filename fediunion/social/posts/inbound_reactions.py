"""Like, EmojiReact, Dislike, pins and quotes, as received."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.activitypub import vocab
from fediunion.activitypub.audience import Audience
from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import Viewer
from fediunion.db import emit, now_of
from fediunion.db.known_uris import KnownUri, bury_uri, insert_ignoring
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import NotAllowed, Refused
from fediunion.kit.ids import new_id
from fediunion.kit.urls import same_origin
from fediunion.social.follows.queries import refuses
from fediunion.social.posts.events import PostFavourited
from fediunion.social.posts.models import Favourite, Pin, Post
from fediunion.social.posts.queries import find_post, find_post_by_uri
from fediunion.social.posts.service import quotes
from fediunion.social.posts.service.interactions import recount_favourites
from fediunion.social.posts.visibility import may_see

MAX_EMOJI_CHARACTERS = 100
MAX_REMOTE_PINS = 50


def receive_like(ctx: InboxContext, like: vocab.Like, known: KnownUri) -> None:
    """Somebody likes a post. With an emoji it is a reaction, which counts as a like too."""
    picture = like.emojis[0].icon_url if like.emojis else None
    _record_favourite(ctx, like.id, known, like.content or "", picture)


def receive_reaction(ctx: InboxContext, reaction: vocab.EmojiReact, known: KnownUri) -> None:
    """Somebody reacts to a post with an emoji."""
    picture = reaction.emojis[0].icon_url if reaction.emojis else None
    _record_favourite(ctx, reaction.id, known, reaction.content or "", picture)


def receive_dislike(ctx: InboxContext, dislike: vocab.Dislike, known: KnownUri) -> None:
    """Somebody dislikes a post. Understood, and shown to nobody."""
    _visible_post(ctx, known)


def receive_undo_like(ctx: InboxContext, undo: vocab.Undo, like: vocab.Like) -> None:
    """Somebody likes a post no longer; matched by the Like's id, else by who liked what (A17)."""
    _undo(ctx, like.id, like.actor, like.object.id)


def receive_undo_reaction(ctx: InboxContext, undo: vocab.Undo, reaction: vocab.EmojiReact) -> None:
    """Somebody takes an emoji back."""
    _undo(ctx, reaction.id, reaction.actor, reaction.object.id)


def receive_undo_like_by_id(ctx: InboxContext, undo: vocab.Undo, known: KnownUri) -> None:
    """Somebody takes a like or reaction back, naming it by its id alone."""
    row = ctx.session.get(Favourite, known.row_id)
    if row is None:
        return
    if row.actor_id != ctx.sender.id:
        raise NotAllowed("undoes somebody else's like", reason="not-its-own")
    _remove(ctx.session, row)


def _record_favourite(ctx: InboxContext, uri: str, known: KnownUri, emoji: str, picture: str | None) -> None:
    post = _visible_post(ctx, known)
    author = get_actor(ctx.session, post.author_id)
    if author.local and refuses(ctx.session, author, ctx.sender):
        raise NotAllowed("is not welcome to the author", reason="refused-by-author")
    row_id = new_id()
    row = {
        "id": row_id,
        "actor_id": ctx.sender.id,
        "post_id": post.id,
        "uri": uri,
        "emoji": emoji[:MAX_EMOJI_CHARACTERS],
        "emoji_url": picture,
        "created_at": ctx.now,
    }
    insert_ignoring(ctx.session, Favourite, [row])
    if ctx.session.get(Favourite, row_id) is None:
        return
    insert_ignoring(
        ctx.session,
        KnownUri,
        [{"uri": uri, "kind": "favourite", "row_id": row_id, "seen_at": now_of(ctx.session)}],
    )
    recount_favourites(ctx.session, post.id)
    if author.local:
        emit(ctx.session, PostFavourited(post, ctx.sender.id))


def _undo(ctx: InboxContext, uri: str, actor_uri: str, post_uri: str) -> None:
    if actor_uri != ctx.sender.uri:
        raise NotAllowed("undoes somebody else's like", reason="not-its-own")
    row = ctx.session.scalar(
        select(Favourite).where(Favourite.uri == uri, Favourite.actor_id == ctx.sender.id)
    )
    post = find_post_by_uri(ctx.session, post_uri) if row is None else None
    if post is not None:
        row = ctx.session.scalar(
            select(Favourite).where(
                Favourite.post_id == post.id, Favourite.actor_id == ctx.sender.id, Favourite.emoji == ""
            )
        )
    if row is not None:
        _remove(ctx.session, row)
    bury_uri(ctx.session, uri)


def _remove(session: Session, row: Favourite) -> None:
    if row.uri:
        bury_uri(session, row.uri)
    session.delete(row)
    recount_favourites(session, row.post_id)


def receive_pin(ctx: InboxContext, add: vocab.Add, known: KnownUri) -> None:
    """Somebody shows one of their own public posts first (row A27)."""
    post = _own_featured(ctx, add.target, known)
    if not Audience(post.audience).is_public:
        raise NotAllowed("features what is not public", reason="not-public")
    pinned = ctx.session.scalars(select(Pin.id).where(Pin.actor_id == ctx.sender.id)).all()
    if len(pinned) < MAX_REMOTE_PINS:
        row = {"id": new_id(), "actor_id": ctx.sender.id, "post_id": post.id, "created_at": ctx.now}
        insert_ignoring(ctx.session, Pin, [row])


def receive_unpin(ctx: InboxContext, remove: vocab.Remove, known: KnownUri) -> None:
    """Somebody shows a post first no longer."""
    post = _own_featured(ctx, remove.target, known)
    ctx.session.execute(delete(Pin).where(Pin.actor_id == ctx.sender.id, Pin.post_id == post.id))


def _own_featured(ctx: InboxContext, target: str | None, known: KnownUri) -> Post:
    post = find_post(ctx.session, known.row_id or 0)
    if target is None or target != ctx.sender.featured_url:
        raise NotAllowed("changes a collection that is not its own", reason="not-its-own")
    if post is None or post.author_id != ctx.sender.id:
        raise NotAllowed("features what is not its own", reason="not-its-own")
    return post


def receive_quote_request(ctx: InboxContext, request: vocab.QuoteRequest, known: KnownUri) -> None:
    """Somebody asks to quote a post of ours (FEP-044f): answered by its policy."""
    post = _visible_post(ctx, known)
    quoting = request.instrument
    if not post.local or quoting is None:
        raise Refused("asks for a quote that is not ours to give", reason="not-ours")
    if not same_origin(quoting.id, ctx.sender.uri) or _author_of(quoting) not in (None, ctx.sender.uri):
        raise NotAllowed("asks in another's name", reason="not-its-own")
    quotes.answer_request(ctx.session, ctx.document, post, quoting.id, ctx.sender)


def _author_of(document: vocab.Object) -> str | None:
    return document.author if isinstance(document, vocab.PostDocument) else None


def receive_quote_answer(ctx: InboxContext, accept: vocab.Accept, request: vocab.QuoteRequest) -> None:
    """The author whom we asked agrees to be quoted; `result` names the consent."""
    quoting = _our_quote(ctx, request)
    if not accept.result:
        raise Refused("agrees without a consent", reason="no-authorization")
    quotes.confirm_quote(ctx.session, quoting, accept.result)


def receive_quote_refusal(ctx: InboxContext, reject: vocab.Reject, request: vocab.QuoteRequest) -> None:
    """The author whom we asked does not agree to be quoted."""
    quotes.refuse_quote(ctx.session, _our_quote(ctx, request))


def receive_quote_revocation(ctx: InboxContext, delete: vocab.Delete, known: KnownUri) -> None:
    """An author takes back the consent to a quote that we hold."""
    quoting = find_post(ctx.session, known.row_id or 0)
    quoted = find_post(ctx.session, quoting.quote_of_id or 0) if quoting is not None else None
    if quoting is None or quoted is None or quoted.author_id != ctx.sender.id:
        raise NotAllowed("revokes a consent that is not its own", reason="not-its-own")
    quotes.refuse_quote(ctx.session, quoting)


def _our_quote(ctx: InboxContext, request: vocab.QuoteRequest) -> Post:
    quoting = find_post_by_uri(ctx.session, request.id.partition("#")[0])
    quoted = find_post(ctx.session, quoting.quote_of_id or 0) if quoting is not None else None
    if quoting is None or not quoting.local or quoted is None or quoted.author_id != ctx.sender.id:
        raise NotAllowed("answers a request that we never made", reason="never-asked")
    return quoting


def _visible_post(ctx: InboxContext, known: KnownUri) -> Post:
    """Return the post. Raises Refused alike for one that is not there and one that may not be known (A30)."""
    post = find_post(ctx.session, known.row_id or 0)
    if post is None or not may_see(ctx.session, post, Viewer(ctx.sender.id, ctx.sender.host)):
        raise Refused("is about a post that is not there", reason="unknown-post")
    return post
