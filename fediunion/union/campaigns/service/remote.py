"""Calls that other unions put: stored, changed as they say, forgotten."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.db import announce, emit, now_of
from fediunion.kit.ids import new_slug
from fediunion.social.posts.models import Poll, Post
from fediunion.union.campaigns.asks.boost_pledge import BoostPledgeAsk
from fediunion.union.campaigns.documents import CallDocument
from fediunion.union.campaigns.events import CallChanged, CallEnded, CallOpened
from fediunion.union.campaigns.models import CallState, CampaignCall
from fediunion.union.campaigns.queries import call_lock, find_call_by_uri
from fediunion.union.campaigns.service.publishing import schedule_closing
from fediunion.union.campaigns.service.rows import CAMPAIGNS, terms_of, touch, write_terms
from fediunion.world import CHANGED


def record_remote_call(session: Session, actor: Actor, post: Post, document: CallDocument) -> None:
    """Store what a post of elsewhere says of a call, or what it says now.

    The caller decided that the actor's union may share calls with us. Whoever else edits a call was refused
    with the post. What is for followers alone is no call of the network: it stays a post.
    """
    audience = _audience(post)
    known = find_call_by_uri(session, post.uri)
    if known is None:
        if audience is not None:
            _record_new(session, actor, post, document, audience)
        return
    call = call_lock(session, known.id)
    if call.local or call.actor_id != actor.id:
        return
    if audience is None:
        forget_calls(session, [call.id])
        return
    was_closed, outcome = call.state == CallState.CLOSED, call.outcome_status
    call.post_id, call.audience = post.id, audience
    _say(session, call, document)
    take_tally(session, call)
    emit(session, CallChanged(call))
    if call.state == CallState.CLOSED and (not was_closed or call.outcome_status != outcome):
        emit(session, CallEnded(call))


def take_tally(session: Session, call: CampaignCall) -> None:
    """Take over how many signed a call of elsewhere, as the tally of its Question says.

    The order of its options is fixed: to sign, to pledge too where that is asked, to follow.
    """
    poll = session.get(Poll, call.post_id or 0)
    if poll is None:
        return
    votes = [int(option["votes"] or 0) for option in poll.options]
    pledges = votes[1] if terms_of(call).ask(BoostPledgeAsk) is not None and len(votes) > 2 else 0
    call.signatures_count, call.pledges_count = votes[0] + pledges, pledges
    call.followers_count = votes[-1]
    announce(session, CHANGED, CAMPAIGNS)


def narrow_call(session: Session, post: Post) -> None:
    """Show a call to no more than those who may read its post now."""
    call = find_call_by_uri(session, post.uri)
    audience = _audience(post)
    if call is None or call.local:
        return
    if audience is None:
        forget_calls(session, [call.id])
    else:
        call.audience = audience
        touch(session, call)


def forget_calls(session: Session, call_ids: Collection[int]) -> None:
    """Forget calls of elsewhere, with all that members did about them here: they are gone."""
    if call_ids:
        session.flush()
        session.execute(
            delete(CampaignCall).where(CampaignCall.id.in_(call_ids), CampaignCall.local.is_(False))
        )
        announce(session, CHANGED, CAMPAIGNS)


def forget_calls_of(session: Session, hosts: Collection[str]) -> None:
    """Forget the calls of servers that may share none with us any more; their posts stay posts."""
    theirs = (
        select(CampaignCall.id)
        .join(Actor, Actor.id == CampaignCall.actor_id)
        .where(Actor.host.in_(hosts), CampaignCall.local.is_(False))
    )
    forget_calls(session, session.scalars(theirs).all())


def _record_new(
    session: Session, actor: Actor, post: Post, document: CallDocument, audience: Audience
) -> None:
    now = now_of(session)
    call = CampaignCall(
        slug=new_slug(),
        state=CallState.OPEN,
        local=False,
        actor_id=actor.id,
        post_id=post.id,
        uri=post.uri,
        url=post.url or post.uri,
        audience=audience,
        created_at=now,
    )
    _say(session, call, document)
    session.add(call)
    session.flush()
    take_tally(session, call)
    emit(session, CallOpened(call) if call.state == CallState.OPEN else CallEnded(call))


def _say(session: Session, call: CampaignCall, document: CallDocument) -> None:
    now = now_of(session)
    write_terms(call, document.terms)
    call.opens_at, call.closes_at = document.opens_at, document.closes_at
    over = document.ended or document.closes_at <= now
    call.state = CallState.CLOSED if over else CallState.OPEN
    call.ended_at = (call.ended_at or min(now, document.closes_at)) if over else None
    call.outcome_status, call.outcome_text = document.outcome_status, document.outcome_text
    call.outcome_on = document.outcome_on
    touch(session, call)
    if not over:
        schedule_closing(session, call)


def _audience(post: Post) -> Audience | None:
    audience = Audience(post.audience)
    if audience.is_public:
        return Audience.PUBLIC
    return audience if audience is Audience.NETWORK else None
