"""Thunderclaps of calls elsewhere: taken note of, changed and ended as the call says, or by our own clock."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from fediunion.db import emit, now_of
from fediunion.social.posts.events import PostEdited, PostStored
from fediunion.union.campaigns.documents import CallDocument
from fediunion.union.campaigns.events import PledgesChanged
from fediunion.union.campaigns.models import CallState, CampaignCall, SponsorState
from fediunion.union.campaigns.queries import find_call_by_post
from fediunion.union.campaigns.sponsors.events import SponsorshipChanged
from fediunion.union.campaigns.thunderclap.documents import Amplification, read_amplification
from fediunion.union.campaigns.thunderclap.models import NOTHING_POSTED, Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.pledging import clear_pledges
from fediunion.union.campaigns.thunderclap.queries import (
    ends_at,
    find_thunderclap,
    find_thunderclap_by_uri,
    lock_all,
    overdue_elsewhere,
    terms_of,
)
from fediunion.union.campaigns.thunderclap.service import close_without_posting, write_terms
from fediunion.union.campaigns.thunderclap.telling import tell_members_missed

WAITED_FOR: Final = timedelta(hours=1)
"""So long after its window a thunderclap of elsewhere may still be heard of; then no pledge is kept."""


def call_told(session: Session, event: PostStored | PostEdited) -> None:
    """Reaction: a call of elsewhere is new here, or says something else; maybe its thunderclap too."""
    if event.post.local or not isinstance(event.document, CallDocument):
        return
    call = find_call_by_post(session, event.post.id)
    if call is None or call.local or call.uri is None:
        return
    told = read_amplification(event.document.call.get("amplify"), call.uri)
    clap = find_thunderclap(session, call.id)
    if clap is not None:
        _change(session, clap, told)
    elif told is not None and find_thunderclap_by_uri(session, told.uri) is None:
        _record(session, call, told)


def sponsorship_changed(session: Session, event: SponsorshipChanged) -> None:
    """Reaction: our union carries another's call no more; what members pledged for it here is void."""
    row = event.sponsorship
    call = None if row.call_id is None else session.get(CampaignCall, row.call_id)
    if call is None or call.local or row.state in (SponsorState.OFFERED, SponsorState.ACCEPTED):
        return
    clap = find_thunderclap(session, call.id)
    if clap is None:
        return
    call = lock_all(session, clap)
    if clap.state == ThunderclapState.COLLECTING:
        _void_pledges(session, call, clap)


def overdue(session: Session) -> Sequence[int]:
    """Return the thunderclaps of elsewhere that `expire` may have to end."""
    return overdue_elsewhere(session, now_of(session) - WAITED_FOR)


def expire(session: Session, thunderclap_id: int) -> None:
    """Delete the pledges for a thunderclap of elsewhere of which nothing was heard for an hour after it."""
    clap = session.get(Thunderclap, thunderclap_id)
    if clap is None:
        return
    call = lock_all(session, clap)
    if call.local or clap.state != ThunderclapState.COLLECTING or not _is_overdue(session, clap):
        return
    tell_members_missed(session, call, clap)
    close_without_posting(session, call, clap, ThunderclapState.MISSED)


def _is_overdue(session: Session, clap: Thunderclap) -> bool:
    return ends_at(clap) + WAITED_FOR <= now_of(session)


def _record(session: Session, call: CampaignCall, told: Amplification) -> None:
    clap = Thunderclap(call_id=call.id, uri=told.uri, state=told.state)
    write_terms(clap, told.terms)
    if told.state == ThunderclapState.COLLECTING and (
        call.state == CallState.CLOSED or _is_overdue(session, clap)
    ):
        clap.state = ThunderclapState.MISSED
    if clap.state != ThunderclapState.COLLECTING:
        clap.finished_at = now_of(session)
    session.add(clap)
    session.flush()


def _change(session: Session, clap: Thunderclap, told: Amplification | None) -> None:
    """Take over what is told; who pledged for something else is no pledger any more.

    That it was released is told by the message itself.
    """
    call = lock_all(session, clap)
    state = ThunderclapState.WITHDRAWN if told is None or told.uri != clap.uri else told.state
    if clap.state in NOTHING_POSTED and state in NOTHING_POSTED:
        clap.state = state
    if clap.state != ThunderclapState.COLLECTING:
        return
    if state in NOTHING_POSTED:
        if state == ThunderclapState.MISSED:
            tell_members_missed(session, call, clap)
        close_without_posting(session, call, clap, state)
    elif told is not None and told.terms != terms_of(clap):
        _void_pledges(session, call, clap)
        write_terms(clap, told.terms)


def _void_pledges(session: Session, call: CampaignCall, clap: Thunderclap) -> None:
    """Let nobody have pledged, and tell our members so; from now on one can pledge anew."""
    tell_members_missed(session, call, clap)
    clear_pledges(session, call, clap)
    clap.finished_at = None
    session.flush()
    emit(session, PledgesChanged(call))
