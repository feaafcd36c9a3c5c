"""Asking to quote, the answers, and taking a consent back, as received (FEP-044f).

Asking to reply, to like or to boost is the same (GoToSocial).
"""

from fediunion.activitypub import vocab
from fediunion.db.known_uris import KnownUri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import NotAllowed, Refused
from fediunion.kit.urls import same_origin
from fediunion.social.posts.inbound.finding import visible_post
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_post, find_post_by_uri
from fediunion.social.posts.service import quotes

_Request = vocab.QuoteRequest | vocab.ReplyRequest | vocab.LikeRequest | vocab.AnnounceRequest


def receive_request(ctx: InboxContext, request: _Request, known: KnownUri) -> None:
    """Somebody asks to quote a post of ours, to reply to it, to like or to boost it.

    Answered by its policy, unless the author blocks them.
    """
    post = visible_post(ctx, known)
    quoting = request.instrument
    if not post.local or quoting is None:
        raise Refused("asks for what is not ours to give", reason="not-ours")
    if isinstance(quoting, vocab.Activity):
        authors: tuple[str, ...] = (quoting.actor,)
    else:
        authors = quoting.attributed_to if isinstance(quoting, vocab.PostDocument) else ()
    stored = find_post_by_uri(ctx.session, quoting.id)
    anothers = (authors and ctx.sender.uri not in authors) or (
        stored is not None and stored.author_id != ctx.sender.id
    )
    if anothers or not same_origin(quoting.id, ctx.sender.uri):
        raise NotAllowed("asks in another's name", reason="not-its-own")
    kind = request.type_name.removesuffix("Request").lower()
    quotes.answer_request(ctx.session, ctx.document, post, quoting.id, ctx.sender, kind)


def receive_quote_answer(ctx: InboxContext, accept: vocab.Accept, request: vocab.QuoteRequest) -> None:
    """The author whom we asked agrees to be quoted; `result` names the consent."""
    _agree(ctx, accept, find_post_by_uri(ctx.session, request.id.partition("#")[0]))


def receive_quote_answer_by_id(ctx: InboxContext, accept: vocab.Accept, known: KnownUri) -> None:
    """As receive_quote_answer, naming our request by its id alone."""
    _agree(ctx, accept, find_post(ctx.session, known.row_id or 0))


def receive_quote_refusal(ctx: InboxContext, reject: vocab.Reject, request: vocab.QuoteRequest) -> None:
    """The author whom we asked does not agree to be quoted."""
    quoting = find_post_by_uri(ctx.session, request.id.partition("#")[0])
    quotes.refuse_quote(ctx.session, _asked_for(ctx, quoting))


def receive_quote_refusal_by_id(ctx: InboxContext, reject: vocab.Reject, known: KnownUri) -> None:
    """As receive_quote_refusal, naming our request by its id alone."""
    quotes.refuse_quote(ctx.session, _asked_for(ctx, find_post(ctx.session, known.row_id or 0)))


def receive_quote_revocation(ctx: InboxContext, delete: vocab.Delete, known: KnownUri) -> None:
    """An author takes back the consent to a quote that we hold."""
    quoting = find_post(ctx.session, known.row_id or 0)
    quoted = find_post(ctx.session, quoting.quote_of_id or 0) if quoting is not None else None
    if quoting is None or quoted is None or quoted.author_id != ctx.sender.id:
        raise NotAllowed("revokes a consent that is not its own", reason="not-its-own")
    quotes.refuse_quote(ctx.session, quoting)


def _agree(ctx: InboxContext, accept: vocab.Accept, quoting: Post | None) -> None:
    """Believe a consent only at the author's own server, so that nobody lays claim to another's (row A31)."""
    quoting = _asked_for(ctx, quoting)
    if not accept.result or not same_origin(accept.result, ctx.sender.uri):
        raise Refused("agrees without a consent", reason="no-authorization")
    quotes.confirm_quote(ctx.session, quoting, accept.result)


def _asked_for(ctx: InboxContext, quoting: Post | None) -> Post:
    quoted = find_post(ctx.session, quoting.quote_of_id or 0) if quoting is not None else None
    if quoting is None or not quoting.local or quoted is None or quoted.author_id != ctx.sender.id:
        raise NotAllowed("answers a request that we never made", reason="never-asked")
    return quoting
