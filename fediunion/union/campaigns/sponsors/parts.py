"""What offering, answering and ending a co-sponsorship have in common."""

from typing import Final

import orjson
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor_by_uri
from fediunion.db import emit, now_of
from fediunion.db.known_uris import remember_uri
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import NotAllowed
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.outbox.publish import Recipients, publish
from fediunion.union.affiliation.queries import our_union
from fediunion.union.campaigns.counts.received import count_again
from fediunion.union.campaigns.counts.service import forget_counts
from fediunion.union.campaigns.events import CallChanged
from fediunion.union.campaigns.models import CallState, CampaignCall, CoSponsor, CountKind, SponsorState
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.service.publishing import retell
from fediunion.union.campaigns.sponsors.carrying import stop_carrying
from fediunion.union.campaigns.sponsors.events import SponsorshipChanged

OFFER: Final = "cosponsor_offer"
"""What `known_uri` calls the ids of offers, ours and theirs."""

ANSWER: Final = "cosponsor_answer"
"""What `known_uri` calls the ids of Accepts."""

CARRY_JOB: Final = "campaigns.carry"
OVER: Final = (SponsorState.DECLINED, SponsorState.ENDED)


def keep_offer(session: Session, row: CoSponsor, offer: JsonObject) -> None:
    """Write down that a co-sponsorship is offered, with the proof, in place of what was before."""
    row.state, row.updated_at = SponsorState.OFFERED, now_of(session)
    row.offer, row.offer_uri = orjson.dumps(offer).decode(), str(offer["id"])
    row.answer = row.answer_uri = None
    session.add(row)
    session.flush()
    remember_uri(session, row.offer_uri, OFFER, row.id)


def keep_answer(session: Session, row: CoSponsor, answer: JsonObject) -> None:
    """Write down that a co-sponsorship is agreed, with the Accept and its proof."""
    row.state, row.updated_at = SponsorState.ACCEPTED, now_of(session)
    row.answer, row.answer_uri = orjson.dumps(answer).decode(), str(answer["id"])
    session.flush()
    remember_uri(session, row.answer_uri, ANSWER, row.id)


def finish(session: Session, row: CoSponsor, state: SponsorState, *, by_peer: bool) -> None:
    """End a co-sponsorship, or an offer of one, with all that it made: that union's sums count no more."""
    session.refresh(row, with_for_update=True)
    was, row.state, row.updated_at = row.state, state, now_of(session)
    call = call_of(session, row)
    session.flush()
    if was == SponsorState.ACCEPTED and call is not None:
        call = call_lock(session, call.id)
        forget_counts(session, call, row.host)
        if call.local:
            for kind in (CountKind.SIGNATURES, CountKind.PLEDGES):
                count_again(session, call, kind)
            retell(session, call)
        else:
            stop_carrying(session, call)
        emit(session, CallChanged(call))
    emit(session, SponsorshipChanged(row, by_peer=by_peer))


def call_of(session: Session, row: CoSponsor) -> CampaignCall | None:
    """Return the call that a co-sponsorship is about, or None where it is not here."""
    return None if row.call_id is None else session.get(CampaignCall, row.call_id)


def is_open(call: CampaignCall | None) -> bool:
    """Return whether a call is open, as far as we know: of one that is not here its leader knows."""
    return call is None or call.state == CallState.OPEN


def carry_soon(session: Session, row: CoSponsor) -> None:
    """Have the call of a co-sponsorship asked for where it is not here, and carried where that is agreed."""
    enqueue(session, CARRY_JOB, key=f"{CARRY_JOB}:{row.id}", sponsorship_id=row.id)


def parties(session: Session, row: CoSponsor) -> tuple[Actor, Actor]:
    """Return our union and the other one. Raises NotAllowed where that is gone."""
    ours = our_union(session)
    peer = find_actor_by_uri(session, peer_uri_of(row, ours))
    if peer is None or peer.deleted_at is not None:
        raise NotAllowed(Sentence("The other union is not there any more."), reason="no-peer")
    return ours, peer


def peer_uri_of(row: CoSponsor, ours: Actor) -> str:
    """Return the id of the union that is not ours."""
    return row.union_uri if row.lead_uri == ours.uri else row.lead_uri


def send(session: Session, union: Actor, peer: Actor, act: JsonObject) -> None:
    """Send an act of our union to the other one."""
    publish(session, union, act, Recipients(actor_ids=(peer.id,)))
