"""What another union does about a co-sponsorship with ours: its offers, its answers, its taking back."""

from typing import Final

import orjson
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import emit, now_of
from fediunion.db.known_uris import find_known_uri
from fediunion.kit.errors import Irrelevant, NotAllowed, Refused
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import same_origin
from fediunion.union.affiliation.documents import what_was_offered
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.proofs import check_proof
from fediunion.union.affiliation.queries import our_union, trust_of
from fediunion.union.affiliation.service.parts import UNION_TYPE
from fediunion.union.campaigns.events import CallChanged
from fediunion.union.campaigns.models import CoSponsor, SponsorState
from fediunion.union.campaigns.queries import find_call_by_uri
from fediunion.union.campaigns.service.publishing import retell
from fediunion.union.campaigns.sponsors import parts
from fediunion.union.campaigns.sponsors.documents import CoSponsorshipDocument
from fediunion.union.campaigns.sponsors.events import SponsorshipChanged, SponsorshipOffered
from fediunion.union.campaigns.sponsors.queries import count_offers_from, find_by_offer, find_sponsorship

MOST_WAITING: Final = 20
"""So many offers of one union may wait here: each is a mail to every officer."""


def record_offer(
    session: Session, sender: Actor, offer_uri: str, document: JsonObject, relation: CoSponsorshipDocument
) -> None:
    """Keep what another union offers ours, for an officer to answer. Twice the same changes nothing.

    `document` is the Offer as it came. The call is asked for where it has not arrived. Raises Refused with
    its reason: "not-for-us", "not-a-union", "foreign-id", "call-closed", "replayed", "ended", "in-force",
    "too-many-offers", "no-proof", "proof-of-another"; NotAllowed ("no-trust"); and BadSignature for a proof
    that does not hold.
    """
    _check_parties(session, sender, relation)
    if find_known_uri(session, offer_uri) is not None:
        present = find_by_offer(session, offer_uri)
        if present is None:
            raise Refused("offers what was offered before, and is over", reason="replayed")
        if present.state in parts.OVER:
            raise Refused("offers what has ended", reason="ended")
        return
    call = find_call_by_uri(session, relation.call_uri)
    if not parts.is_open(call):
        raise Refused("is about a call that is open no more", reason="call-closed")
    check_proof(session, document, sender.uri)
    row = find_sponsorship(session, relation.call_uri, relation.union_uri)
    others = row is not None and row.lead_uri != sender.uri and row.state not in parts.OVER
    if row is not None and (row.state == SponsorState.ACCEPTED or others):
        raise Refused("offers what is in force", reason="in-force")
    news = row is None or row.state != SponsorState.OFFERED
    if news and count_offers_from(session, sender.uri) >= MOST_WAITING:
        raise Refused("offers more than anybody could answer", reason="too-many-offers")
    if row is None:
        ours = our_union(session)
        row = CoSponsor(
            call_uri=relation.call_uri,
            lead_uri=sender.uri,
            union_uri=ours.uri,
            host=ours.host,
            state=SponsorState.ENDED,
            created_at=now_of(session),
        )
    row.lead_uri, row.uri, row.call_id = sender.uri, relation.id, None if call is None else call.id
    parts.keep_offer(session, row, document)
    if news:
        emit(session, SponsorshipOffered(row))
    if call is None:
        parts.carry_soon(session, row)


def record_acceptance(session: Session, sender: Actor, row: CoSponsor, document: JsonObject) -> None:
    """Let the union that we asked carry our call, as it accepts. Twice the same changes nothing.

    Raises Refused: "not-a-party", "ended", "call-closed", "other-offer" where what is accepted is not what
    we offered, "no-proof", "proof-of-another"; NotAllowed ("no-trust"); and BadSignature.
    """
    if sender.uri != row.union_uri:
        raise Refused("accepts what was offered to another", reason="not-a-party")
    if row.state in parts.OVER:
        raise Refused("accepts what has ended", reason="ended")
    if row.state == SponsorState.ACCEPTED:
        return
    call = parts.call_of(session, row)
    if call is None or not parts.is_open(call):
        raise Refused("is about a call that is open no more", reason="call-closed")
    _check_trusted(session, sender)
    if document.get("object") != what_was_offered(orjson.loads(row.offer)):
        raise Refused("accepts something else than we offered", reason="other-offer")
    check_proof(session, document, sender.uri)
    parts.keep_answer(session, row, document)
    retell(session, call)
    emit(session, CallChanged(call))
    emit(session, SponsorshipChanged(row, by_peer=True))


def record_rejection(session: Session, sender: Actor, row: CoSponsor) -> None:
    """Note that a union will not carry our call, now or any more. Raises Refused."""
    if sender.uri != row.union_uri:
        raise Refused("refuses what was offered to another", reason="not-a-party")
    if row.state not in parts.OVER:
        over = SponsorState.DECLINED if row.state == SponsorState.OFFERED else SponsorState.ENDED
        parts.finish(session, row, over, by_peer=True)


def record_withdrawal(session: Session, sender: Actor, row: CoSponsor, *, of: str) -> None:
    """End a co-sponsorship, as the other union takes back its Offer or Accept, whose id is `of`.

    Raises Refused: "not-a-party", "not-its-own".
    """
    if sender.uri not in (row.lead_uri, row.union_uri):
        raise Refused("is about a co-sponsorship of others", reason="not-a-party")
    own_act = row.offer_uri if sender.uri == row.lead_uri else row.answer_uri
    if own_act != of:
        raise Refused("takes back what is not its own, or not in force", reason="not-its-own")
    if row.state not in parts.OVER:
        parts.finish(session, row, SponsorState.ENDED, by_peer=True)


def find_known(session: Session, row_id: int | None) -> CoSponsor:
    """Return the co-sponsorship of a known id, locked. Raises Irrelevant where it is there no more."""
    row = session.get(CoSponsor, row_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise Irrelevant("is about a co-sponsorship that is not known here")
    return row


def check_present(row: CoSponsor, offer_uri: str) -> None:
    """Raise Refused ("replayed") where the offer is an earlier one, in whose place came another."""
    if row.offer_uri != offer_uri:
        raise Refused("answers an offer that is over", reason="replayed")


def _check_parties(session: Session, sender: Actor, relation: CoSponsorshipDocument) -> None:
    if relation.union_uri != our_union(session).uri:
        raise Refused("offers it to another union", reason="not-for-us")
    if sender.wire_type != UNION_TYPE:
        raise Refused("is no union", reason="not-a-union")
    for uri in (relation.id, relation.call_uri):
        if not uri or not same_origin(uri, sender.uri):
            raise Refused("offers what is not its own to offer", reason="foreign-id")
    _check_trusted(session, sender)


def _check_trusted(session: Session, sender: Actor) -> None:
    if Trust.CALLS not in trust_of(session, sender.host):
        raise NotAllowed("is no union with whom we share calls", reason="no-trust")
