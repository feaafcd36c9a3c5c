"""What carrying another union's call makes here: it is passed on, and our members sign it at home."""

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import find_local_actor
from fediunion.db import emit
from fediunion.kit.errors import Invalid, NotFound
from fediunion.social.posts.service.interactions.boosts import boost, unboost
from fediunion.social.posts.service.tallies import keep_votes_home
from fediunion.union.affiliation.queries import our_union
from fediunion.union.campaigns.counts.service import note_change
from fediunion.union.campaigns.events import CallChanged, CallOpened
from fediunion.union.campaigns.institution import CAMPAIGNS_NAME
from fediunion.union.campaigns.models import CallState, CampaignCall, CoSponsor, CountKind, SponsorState
from fediunion.union.campaigns.queries import find_call_by_uri
from fediunion.union.campaigns.sponsors.queries import find_own


def call_arrived(session: Session, event: CallOpened) -> None:
    """Reaction: a call is here; where our union was asked to carry it, that is about this row from now on."""
    if not event.call.local:
        row = find_own(session, event.call)
        if row is not None:
            carry(session, row)


def carry(session: Session, row: CoSponsor) -> bool:
    """Let our union carry the call of a co-sponsorship, where that is agreed and the call is here and open.

    Return whether the call is here. It may run any number of times. What is for the network alone is not
    passed on: whom it is for has it.
    """
    call = find_call_by_uri(session, row.call_uri)
    if call is None or call.post_id is None:
        return False
    row.call_id = call.id
    session.flush()
    if row.state != SponsorState.ACCEPTED or call.state != CallState.OPEN:
        return True
    keep_votes_home(session, call.post_id)
    announcer = next(_announcers(session))
    with suppress(NotFound, Invalid):
        boost(session, announcer, call.post_id)
    for kind in (CountKind.SIGNATURES, CountKind.PLEDGES):
        note_change(session, call, kind)
    emit(session, CallChanged(call))
    return True


def stop_carrying(session: Session, call: CampaignCall) -> None:
    """Take back what `carry` made: whoever votes from now on votes at the union that leads."""
    if call.post_id is None:
        return
    keep_votes_home(session, call.post_id, home=False)
    for announcer in _announcers(session):
        unboost(session, announcer, call.post_id)


def _announcers(session: Session) -> Iterator[Actor]:
    """Yield the actors that pass calls on: the one of our campaigns where there is one, and our union."""
    campaigns = find_local_actor(session, CAMPAIGNS_NAME)
    if campaigns is not None and campaigns.deleted_at is None:
        yield campaigns
    yield our_union(session)
