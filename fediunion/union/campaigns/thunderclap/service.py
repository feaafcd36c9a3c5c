"""What officers do about thunderclaps: announcing one with a call, and withdrawing it."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.social.moderation.audit import record_audit
from fediunion.union.campaigns.events import CallEnded, CallOpened
from fediunion.union.campaigns.models import CallState, CampaignCall
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.service.publishing import retell
from fediunion.union.campaigns.service.rows import touch
from fediunion.union.campaigns.thunderclap.checking import check_fits
from fediunion.union.campaigns.thunderclap.models import Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.pledging import REMINDED_BEFORE, clear_pledges
from fediunion.union.campaigns.thunderclap.queries import ends_at, find_thunderclap, lock_all
from fediunion.union.campaigns.thunderclap.standing import pledges_of
from fediunion.union.campaigns.thunderclap.terms import ThunderclapTerms, check

RELEASE_JOB: Final = "campaigns.release"
REMIND_JOB: Final = "campaigns.remind"


def set_thunderclap(session: Session, call: CampaignCall, terms: ThunderclapTerms, *, by: str) -> Thunderclap:
    """Give a draft of ours its thunderclap, in the place of one that it had; return it.

    What people pledge for is never changed once the call is open. Raises NotAllowed for what is no draft of
    ours, Invalid with its field.
    """
    call = call_lock(session, call.id)
    if not call.local or call.state != CallState.DRAFT:
        raise NotAllowed(
            Sentence(
                "What people pledge to boost is not changed once the call is open. Withdraw it instead."
            ),
            reason="call-open",
        )
    check(terms)
    check_fits(session, call, terms)
    clap = find_thunderclap(session, call.id)
    if clap is None:
        clap = Thunderclap(call_id=call.id, uri=f"{call.url}#thunderclap", state=ThunderclapState.COLLECTING)
        session.add(clap)
    write_terms(clap, terms)
    touch(session, call)
    session.flush()
    record_audit(session, by=by, action="call.thunderclap", subject=call.slug)
    return clap


def remove_thunderclap(session: Session, call: CampaignCall, *, by: str) -> None:
    """Take the thunderclap out of a draft of ours. Raises NotAllowed for what is no draft."""
    call = call_lock(session, call.id)
    if not call.local or call.state != CallState.DRAFT:
        raise NotAllowed(Sentence("A call that is open keeps its moment. Withdraw it instead."))
    clap = find_thunderclap(session, call.id)
    if clap is not None:
        session.delete(clap)
        session.flush()
        record_audit(session, by=by, action="call.no_thunderclap", subject=call.slug)


def withdraw_thunderclap(session: Session, call: CampaignCall, *, by: str) -> None:
    """Let nothing be posted: all pledges are deleted here at once, and elsewhere as soon as it is told.

    Raises NotAllowed where there is nothing to withdraw any more.
    """
    clap = find_thunderclap(session, call.id)
    if clap is None or not call.local:
        raise NotAllowed(Sentence("There is no boost to withdraw."))
    call = lock_all(session, clap)
    if clap.state != ThunderclapState.COLLECTING:
        raise NotAllowed(Sentence("There is no boost to withdraw."))
    close_without_posting(session, call, clap, ThunderclapState.WITHDRAWN)
    retell(session, call)
    record_audit(session, by=by, action="call.thunderclap_withdrawn", subject=call.slug)


def close_without_posting(
    session: Session, call: CampaignCall, clap: Thunderclap, state: ThunderclapState
) -> None:
    """Decide that nothing is posted, and delete every pledge here. The caller holds the locks, and tells."""
    decide(session, call, clap, state)
    clear_pledges(session, call, clap)


def decide(session: Session, call: CampaignCall, clap: Thunderclap, state: ThunderclapState) -> None:
    """Note what became of it, and how many had pledged."""
    clap.pledges_at_release = pledges_of(session, call, clap) if call.local else call.pledges_count
    clap.state = state
    touch(session, call)
    session.flush()


def call_opened(session: Session, event: CallOpened) -> None:
    """Reaction: a call of ours is open; its thunderclap is looked at when its times come."""
    clap = find_thunderclap(session, event.call.id)
    if clap is None or not event.call.local:
        return
    for kind, at in ((REMIND_JOB, clap.release_at - REMINDED_BEFORE), (RELEASE_JOB, clap.release_at)):
        enqueue(session, kind, at=at, key=f"{kind}:{clap.id}", clap_id=clap.id)


def call_ended(session: Session, event: CallEnded) -> None:
    """Reaction: a call is over, and nothing is posted for it any more; its own Update tells that too.

    Where its moment passed while this server did not run the release says so, to everybody.
    """
    clap = find_thunderclap(session, event.call.id)
    if clap is None or clap.state != ThunderclapState.COLLECTING:
        return
    call = lock_all(session, clap)
    if clap.state == ThunderclapState.COLLECTING and not (call.local and ends_at(clap) < now_of(session)):
        close_without_posting(session, call, clap, ThunderclapState.WITHDRAWN)


def write_terms(clap: Thunderclap, terms: ThunderclapTerms) -> None:
    """Let a thunderclap say `terms`."""
    clap.message, clap.threshold = dict(terms.message), terms.threshold
    clap.release_at, clap.window_seconds = terms.release_at.replace(microsecond=0), terms.window_seconds
