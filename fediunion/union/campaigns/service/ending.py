"""How calls end: by the clock, and with the outcome that each of them must have."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import emit, now_of
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import is_storable
from fediunion.social.moderation.audit import record_audit
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.tallies import move_end
from fediunion.union.campaigns.days import past_day
from fediunion.union.campaigns.documents import LONGEST_OUTCOME
from fediunion.union.campaigns.events import CallEnded
from fediunion.union.campaigns.models import CallState, CampaignCall, OutcomeStatus
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.service.publishing import retell
from fediunion.union.campaigns.service.rows import touch

_AT_ONCE: Final = 100


def close_call(
    session: Session, call: CampaignCall, status: OutcomeStatus, text: str, on_day: str = "", *, by: str
) -> None:
    """Close a call of ours with its outcome, of which everybody is told who may hold it or asked to hear.

    `on_day` is ISO 8601, "" is today. One that closed by the clock is given its outcome by this.
    Raises NotAllowed for a draft, for what is not ours, and for one that has its outcome; Invalid.
    """
    call = call_lock(session, call.id)
    if not call.local or call.state == CallState.DRAFT:
        raise NotAllowed(Sentence("Only a call that was published can be closed."))
    if call.outcome_status:
        raise NotAllowed(Sentence("This call has its outcome already."))
    write_outcome(session, call, status, text, on_day)
    if call.state == CallState.OPEN:
        _close(session, call)
    touch(session, call)
    session.flush()
    record_audit(session, by=by, action=f"call.{status.value}", subject=call.slug)
    _announce_end(session, call)
    retell(session, call)


def withdraw_call(session: Session, call: CampaignCall, text: str, *, by: str) -> None:
    """Withdraw a call of ours: a draft is removed, another closed as withdrawn. Raises NotAllowed."""
    call = call_lock(session, call.id)
    if call.local and call.state == CallState.DRAFT:
        record_audit(session, by=by, action="call.withdrawn", subject=call.slug)
        session.delete(call)
        session.flush()
        return
    close_call(session, call, OutcomeStatus.WITHDRAWN, text, by=by)


def end_without_post(session: Session, call: CampaignCall) -> None:
    """Withdraw an open call of ours whose post somebody deleted: nobody can sign it any more."""
    call = call_lock(session, call.id)
    if call.state != CallState.OPEN:
        return
    call.state, call.ended_at = CallState.CLOSED, min(now_of(session), call.closes_at)
    call.outcome_status, call.outcome_on = OutcomeStatus.WITHDRAWN, now_of(session).date().isoformat()
    touch(session, call)
    session.flush()
    _announce_end(session, call)


def close_due(session: Session, call_id: int | None = None) -> int:
    """Close what is past its closing instant, one portion or just one call; return how many.

    Ours then wait for their outcome; of others' nobody is told: they tell it themselves.
    """
    now = now_of(session)
    due = select(CampaignCall.id).where(CampaignCall.state == CallState.OPEN, CampaignCall.closes_at <= now)
    if call_id is not None:
        due = due.where(CampaignCall.id == call_id)
    found = session.scalars(due.order_by(CampaignCall.closes_at).limit(_AT_ONCE)).all()
    for each in found:
        call = call_lock(session, each)
        if call.state == CallState.OPEN and call.closes_at <= now:
            _close(session, call)
            touch(session, call)
            session.flush()
            _announce_end(session, call)
            retell(session, call, only_to_holders=True)
    return len(found)


def write_outcome(
    session: Session, call: CampaignCall, status: OutcomeStatus, text: str, on_day: str
) -> None:
    """Note how a call ended. Raises Invalid, with its field."""
    words = text.strip()
    if not words:
        raise Invalid(Sentence("Say what came of the call."), field="text", reason="blank")
    if len(words) > LONGEST_OUTCOME or not is_storable(words):
        raise Invalid(
            Sentence("This has at most %(most)s characters.", most=LONGEST_OUTCOME),
            field="text",
            reason="too-long",
        )
    call.outcome_status, call.outcome_text = status, words
    call.outcome_on = past_day(session, on_day)


def _announce_end(session: Session, call: CampaignCall) -> None:
    """Tell what reacts to the end, before the post says it: a thunderclap may end with the call."""
    emit(session, CallEnded(call))
    session.flush()


def _close(session: Session, call: CampaignCall) -> None:
    # What is closed late, because nothing ran here meanwhile, ended when it was to.
    call.state, call.ended_at = CallState.CLOSED, min(now_of(session), call.closes_at)
    post = find_post(session, call.post_id or 0)
    if call.local and post is not None:
        move_end(session, post, call.ended_at)
