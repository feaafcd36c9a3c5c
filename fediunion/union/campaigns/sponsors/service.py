"""What officers of our union do: offering a co-sponsorship, answering an offer, ending one.

Each takes `by`, who does it, for the log of privileged acts.
"""

import orjson
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import emit, now_of, settings_of
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.ids import new_slug
from fediunion.kit.sentences import Sentence
from fediunion.social.moderation.audit import record_audit
from fediunion.union.affiliation.documents import (
    accept_document,
    fits_relation,
    reject_document,
    undo_document,
)
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.proofs import proved
from fediunion.union.affiliation.queries import our_union, trust_of
from fediunion.union.affiliation.service.parts import UNION_TYPE
from fediunion.union.campaigns.models import CallState, CampaignCall, CoSponsor, SponsorState
from fediunion.union.campaigns.sponsors import parts
from fediunion.union.campaigns.sponsors.carrying import carry
from fediunion.union.campaigns.sponsors.documents import offer_document
from fediunion.union.campaigns.sponsors.events import SponsorshipChanged
from fediunion.union.campaigns.sponsors.queries import find_sponsorship


def offer_co_sponsorship(session: Session, call: CampaignCall, union: Actor, *, by: str) -> CoSponsor:
    """Ask the union `union` to carry an open call of ours; return the co-sponsorship, as offered.

    What waits for their answer, or is in force, stays as it is. Raises NotAllowed for a call that is not
    ours or not open, Invalid for who is no union, or none with whom we share calls.
    """
    if not call.local or call.state != CallState.OPEN or call.uri is None:
        raise NotAllowed(Sentence("Only an open call of yours can be offered."), reason="call-closed")
    is_union = union.wire_type == UNION_TYPE and union.deleted_at is None and fits_relation(union.uri)
    if union.local or not is_union:
        raise Invalid(Sentence("That is no union on another server."), field="union", reason="not-a-union")
    if Trust.CALLS not in trust_of(session, union.host):
        raise Invalid(
            Sentence("Your union does not share calls with that one."), field="union", reason="no-trust"
        )
    ours, now = our_union(session), now_of(session)
    row = find_sponsorship(session, call.uri, union.uri)
    if row is None:
        row = CoSponsor(
            call_uri=call.uri,
            lead_uri=ours.uri,
            union_uri=union.uri,
            host=union.host,
            state=SponsorState.ENDED,
            created_at=now,
        )
    if row.state not in parts.OVER:
        return row
    row.call_id, row.lead_uri = call.id, ours.uri
    row.uri = f"{settings_of(session).base_url}/campaigns/{call.slug}/co-sponsors/{new_slug()}"
    offer = proved(session, ours, offer_document(row, call.title, now))
    parts.keep_offer(session, row, offer)
    parts.send(session, ours, union, offer)
    _note(session, by, "offer", row, union.uri)
    return row


def accept_co_sponsorship(session: Session, row: CoSponsor, *, by: str) -> None:
    """Agree to carry another union's call: it is passed on here, and our members sign it at home.

    A call that never arrived is asked for by a job. Raises NotAllowed where nothing waits for us, and for
    a call that is open no more.
    """
    session.refresh(row, with_for_update=True)
    ours, lead = parts.parties(session, row)
    _check_waits_for_us(row, ours)
    if not parts.is_open(parts.call_of(session, row)):
        raise NotAllowed(Sentence("This call is open no more."), reason="call-closed")
    now = now_of(session)
    answer = accept_document(orjson.loads(row.offer), ours.uri, lead.uri, now)
    answer = proved(session, ours, answer)
    parts.keep_answer(session, row, answer)
    parts.send(session, ours, lead, answer)
    _note(session, by, "accept", row, lead.uri)
    emit(session, SponsorshipChanged(row, by_peer=False))
    if not carry(session, row):
        parts.carry_soon(session, row)


def decline_co_sponsorship(session: Session, row: CoSponsor, *, by: str) -> None:
    """Refuse to carry another union's call. Raises NotAllowed where nothing waits for us."""
    session.refresh(row, with_for_update=True)
    ours, lead = parts.parties(session, row)
    _check_waits_for_us(row, ours)
    parts.finish(session, row, SponsorState.DECLINED, by_peer=False)
    refusal = reject_document(row.offer_uri, ours.uri, lead.uri, now_of(session))
    parts.send(session, ours, lead, proved(session, ours, refusal))
    _note(session, by, "decline", row, lead.uri)


def end_co_sponsorship(session: Session, row: CoSponsor, *, by: str) -> None:
    """End a co-sponsorship, or take back an offer of ours, by an Undo of our own act. Raises NotAllowed."""
    session.refresh(row, with_for_update=True)
    ours, peer = parts.parties(session, row)
    leads = row.lead_uri == ours.uri
    if row.state in parts.OVER or (row.state == SponsorState.OFFERED and not leads):
        raise NotAllowed(Sentence("There is nothing of ours to end."), reason="not-in-force")
    act_uri = row.offer_uri if leads else str(row.answer_uri)
    parts.finish(session, row, SponsorState.ENDED, by_peer=False)
    undo = undo_document(act_uri, ours.uri, peer.uri, now_of(session))
    parts.send(session, ours, peer, proved(session, ours, undo))
    _note(session, by, "end", row, peer.uri)


def _check_waits_for_us(row: CoSponsor, ours: Actor) -> None:
    if row.state != SponsorState.OFFERED or row.union_uri != ours.uri:
        raise NotAllowed(Sentence("No offer of theirs waits for an answer."), reason="no-offer")


def _note(session: Session, by: str, act: str, row: CoSponsor, peer_uri: str) -> None:
    record_audit(session, by=by, action=f"call.sponsor.{act}", subject=peer_uri, reason=row.call_uri)
