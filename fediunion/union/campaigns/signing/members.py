"""Members sign on the page of a call: in any of its modes, at home wherever that can be."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.errors import NotAllowed
from fediunion.social.posts.models import Poll, PollVote, Post
from fediunion.social.posts.service.polls import vote
from fediunion.social.posts.service.tallies import withdraw_vote
from fediunion.union.campaigns.models import CampaignCall, JoinAnswer, Route, Signature, SigningMode
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.signing.addresses import find_web_signature_of
from fediunion.union.campaigns.signing.joins import send_join
from fediunion.union.campaigns.signing.rows import add_signature, find_signature, remove_signature
from fediunion.union.campaigns.signing.rules import (
    SIGNED_ALREADY,
    check_mode,
    check_open,
    check_signer,
    kept_name,
)
from fediunion.union.campaigns.signing.totals import recount

_SIGN = 0
"""The option of a call's poll that signs."""


def find_own(session: Session, call: CampaignCall, member_actor: Actor) -> Signature | None:
    """Return how a member has signed a call, or None."""
    return find_signature(session, call.id, member_actor.id)


def sign(
    session: Session, call: CampaignCall, member_actor: Actor, mode: SigningMode, name: str = ""
) -> Signature:
    """Let a member sign a call of ours or of another union; return the signature.

    `name` is what is shown, the member's display name where it is empty; in the mode counted none is kept.
    At home the member's vote is cast, too, so that apps show that it has signed. By name, and where our
    union does not carry the call, another union counts: a Join goes there. What that refused is replaced.
    Raises NotAllowed ("call-closed", "blocked-signer", "signed-already"), Invalid with its field.
    """
    call = call_lock(session, call.id)
    check_open(session, call)
    check_signer(session, call, member_actor)
    check_mode(call, mode)
    kept = kept_name(mode, name, member_actor.display_name, member_actor.username)
    _check_once(session, call, member_actor)
    poll = None if call.post_id is None else session.get(Poll, call.post_id)
    at_home = call.local or (poll is not None and poll.stays_home)
    if at_home and poll is not None:
        _cast_vote(session, poll, member_actor)
    signature = find_own(session, call, member_actor) or add_signature(
        session, call, Route.MEMBER, actor=member_actor
    )
    signature.route, signature.mode, signature.name = Route.MEMBER, mode, kept
    if not call.local and (mode is not SigningMode.COUNTED or not at_home):
        send_join(session, call, member_actor, signature)
    session.flush()
    recount(session, call)
    return signature


def _check_once(session: Session, call: CampaignCall, member_actor: Actor) -> None:
    """Raise NotAllowed for who signed before, here or by the own address on the web."""
    existing = find_own(session, call, member_actor)
    if existing is not None and existing.answer == JoinAnswer.REFUSED:
        remove_signature(session, call, existing)
        existing = None
    if existing is not None or find_web_signature_of(session, call, member_actor) is not None:
        raise NotAllowed(SIGNED_ALREADY, reason="signed-already")


def _cast_vote(session: Session, poll: Poll, member_actor: Actor) -> None:
    """Vote to sign, in place of having voted to follow; the reaction to the vote stores the signature."""
    earlier = select(PollVote.id).where(
        PollVote.post_id == poll.post_id, PollVote.actor_id == member_actor.id
    )
    if session.scalar(earlier.limit(1)) is not None:
        withdraw_vote(session, session.get_one(Post, poll.post_id), member_actor.id)
        session.flush()
    vote(session, member_actor, poll.post_id, [_SIGN])
