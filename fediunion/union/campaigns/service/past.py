"""Calls that were over when they were taken in."""

from sqlalchemy.orm import Session

from fediunion.db import emit, now_of
from fediunion.kit.errors import NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.social.moderation.audit import record_audit
from fediunion.union.campaigns.events import CallEnded
from fediunion.union.campaigns.models import CallState, CampaignCall, OutcomeStatus
from fediunion.union.campaigns.service.ending import write_outcome
from fediunion.union.campaigns.service.rows import touch


def record_closed(
    session: Session,
    call: CampaignCall,
    status: OutcomeStatus | None = None,
    text: str = "",
    on_day: str = "",
    *,
    by: str,
) -> None:
    """Let a draft be a call that closed before we knew of it: shown as closed, and sent to nobody.

    Without an outcome it waits for one. Raises NotAllowed for what is no draft, Invalid as `write_outcome`.
    """
    if not call.local or call.state != CallState.DRAFT:
        raise NotAllowed(Sentence("Only a draft can be published."))
    if status is not None:
        write_outcome(session, call, status, text, on_day)
    call.state, call.ended_at = CallState.CLOSED, min(now_of(session), call.closes_at)
    touch(session, call)
    session.flush()
    record_audit(session, by=by, action="call.past", subject=call.slug)
    emit(session, CallEnded(call))
