"""Join, Leave, Undo of a Join, and the answers to ours, as received."""

from fediunion.activitypub import vocab
from fediunion.activitypub.values import uri
from fediunion.actors.queries import find_actor
from fediunion.actors.viewer import Viewer
from fediunion.db.known_uris import KnownUri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import Irrelevant, NotAllowed, Refused
from fediunion.kit.html import html_to_text
from fediunion.social.posts.visibility import find_visible_post
from fediunion.union.affiliation.service.parts import UNION_TYPE
from fediunion.union.campaigns.models import CampaignCall, JoinAnswer, Signature
from fediunion.union.campaigns.queries import call_lock, find_call_by_post
from fediunion.union.campaigns.resolutions.service import withdraw_join
from fediunion.union.campaigns.signing.documents import join_terms
from fediunion.union.campaigns.signing.joins import take_join, take_resolution
from fediunion.union.campaigns.signing.rows import find_signature
from fediunion.union.campaigns.signing.withdrawing import withdraw


def receive_join(ctx: InboxContext, join: vocab.Join, known: KnownUri) -> None:
    """Somebody of another union signs a call of ours; an organisation supports it as a whole."""
    call = _our_call(ctx, known)
    if not join.id:
        raise Refused("joins without an id", reason="bad-join")
    if ctx.sender.wire_type == UNION_TYPE:
        words, page = html_to_text(join.content or ""), uri(ctx.document.get("url")) or ""
        refused = take_resolution(ctx.session, call, ctx.sender, join.id, text=words, url=page)
    else:
        refused = take_join(ctx.session, call, ctx.sender, join.id, join_terms(ctx.document))
    if refused is not None:
        ctx.remarks.append(refused)


def receive_leave(ctx: InboxContext, leave: vocab.Leave, known: KnownUri) -> None:
    """Somebody takes back a signature, by whatever way it came from that account."""
    call = _our_call(ctx, known)
    signature = find_signature(ctx.session, call.id, ctx.sender.id)
    if signature is not None:
        withdraw(ctx.session, signature)
    elif not withdraw_join(ctx.session, call, ctx.sender):
        raise Irrelevant("leaves a call that it did not sign")


def receive_undo_join(ctx: InboxContext, undo: vocab.Undo, known: KnownUri) -> None:
    """Somebody takes back a Join."""
    signature = ctx.session.get(Signature, known.row_id)
    if signature is None:
        return
    if signature.actor_id != ctx.sender.id:
        raise NotAllowed("undoes what somebody else did", reason="not-its-own")
    withdraw(ctx.session, signature)


def receive_accept(ctx: InboxContext, accept: vocab.Accept, known: KnownUri) -> None:
    """The union that leads a call counts our member."""
    _note_answer(ctx, known, JoinAnswer.ACCEPTED)


def receive_reject(ctx: InboxContext, reject: vocab.Reject, known: KnownUri) -> None:
    """The union that leads a call does not count our member, or does so no longer."""
    _note_answer(ctx, known, JoinAnswer.REFUSED)


def _note_answer(ctx: InboxContext, known: KnownUri, answer: JoinAnswer) -> None:
    signature = ctx.session.get(Signature, known.row_id)
    if signature is None:
        return
    call = call_lock(ctx.session, signature.call_id)
    signer = find_actor(ctx.session, signature.actor_id or 0)
    if call.local or call.actor_id != ctx.sender.id or signer is None or not signer.local:
        raise NotAllowed("answers a Join that we never sent there", reason="never-asked")
    signature.answer = answer


def _our_call(ctx: InboxContext, known: KnownUri) -> CampaignCall:
    """Return the call of ours that a post puts, as the sender may see it."""
    viewer = Viewer(ctx.sender.id, ctx.sender.host)
    post = find_visible_post(ctx.session, known.row_id or 0, viewer)
    call = None if post is None else find_call_by_post(ctx.session, post.id)
    if call is None or not call.local:
        raise NotAllowed("is about no call of ours", reason="no-call")
    return call
