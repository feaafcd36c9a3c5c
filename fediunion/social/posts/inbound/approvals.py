"""The answer to a reply, a like or a boost of ours by the author of what it is about, as received."""

from fediunion.activitypub import vocab
from fediunion.db.known_uris import KnownUri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import NotAllowed, Refused
from fediunion.kit.urls import same_origin
from fediunion.social.posts.inbound.finding import stored_post
from fediunion.social.posts.models import Favourite, Post
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service import approvals


def receive_approval(ctx: InboxContext, accept: vocab.Accept, known: KnownUri) -> None:
    """The author accepts our reply or boost; `result` names the consent, else the Accept is it.

    It is believed at the author's own server alone, as a consent to a quote is (row A31).
    """
    ours = _answered(ctx, known)
    consent = accept.result or accept.id
    if not same_origin(consent, ctx.sender.uri):
        raise Refused("agrees without a consent of its own", reason="no-authorization")
    approvals.keep_approval(ctx.session, ours, ctx.sender, consent)


def receive_refusal(ctx: InboxContext, reject: vocab.Reject, known: KnownUri) -> None:
    """The author does not accept our reply or boost."""
    approvals.keep_refusal(ctx.session, _answered(ctx, known))


def receive_approval_of_like(ctx: InboxContext, accept: vocab.Accept, known: KnownUri) -> None:
    """The author accepts our like, which nobody else was told of."""
    _liked(ctx, known)


def receive_refusal_of_like(ctx: InboxContext, reject: vocab.Reject, known: KnownUri) -> None:
    """The author does not accept our like: it is taken back."""
    approvals.withdraw_favourite(ctx.session, _liked(ctx, known))


def _answered(ctx: InboxContext, known: KnownUri) -> Post:
    ours = stored_post(ctx, known)
    about = find_post(ctx.session, ours.boost_of_id or ours.in_reply_to_id or 0)
    if not ours.local or about is None or about.author_id != ctx.sender.id:
        raise NotAllowed("answers what was not said to it", reason="not-its-own")
    if ours.deleted_at is not None:
        raise Refused("is about a post that is gone", reason="unknown-post")
    return ours


def _liked(ctx: InboxContext, known: KnownUri) -> Favourite:
    row = ctx.session.get(Favourite, known.row_id)
    post = find_post(ctx.session, row.post_id) if row is not None else None
    if row is None or post is None or post.author_id != ctx.sender.id:
        raise NotAllowed("answers what was not said to it", reason="not-its-own")
    return row
