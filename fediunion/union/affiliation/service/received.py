"""What another union does about a relation with ours: its offers, its answers, and what it states later."""

import orjson
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import emit
from fediunion.db.known_uris import find_known_uri
from fediunion.kit.errors import Irrelevant, Refused
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import same_origin
from fediunion.union.affiliation.documents import RelationshipDocument, side_of, what_was_offered
from fediunion.union.affiliation.events import AffiliationOffered
from fediunion.union.affiliation.models import Affiliation, AffiliationStatus, Side
from fediunion.union.affiliation.proofs import check_proof
from fediunion.union.affiliation.queries import find_by_offer, find_relation, our_union
from fediunion.union.affiliation.service import parts
from fediunion.union.affiliation.service.floods import check_room, check_size


def record_offer(
    session: Session, sender: Actor, offer_uri: str, document: JsonObject, relation: RelationshipDocument
) -> None:
    """Keep what another union offers ours, for an officer to answer. Twice the same changes nothing.

    `document` is the Offer as it came. Where both offered the same at once, the child's offer stands.
    Raises Refused with its reason: "not-a-party", "not-for-us", "not-a-union", "foreign-id", "replayed",
    "ended", "no-label", "too-large", "too-many-offers", "circle", "in-force", "offered-by-us", "no-proof",
    "proof-of-another"; and BadSignature for a proof that does not hold.
    """
    side = _check_offer(session, sender, relation)
    if find_known_uri(session, offer_uri) is not None:
        present = find_by_offer(session, offer_uri)
        if present is None:
            raise Refused("offers what was offered before, and is over", reason="replayed")
        if present.status == AffiliationStatus.ENDED:
            raise Refused("offers what has ended", reason="ended")
        return
    child, parent, kind = relation.child_uri, relation.parent_uri, relation.kind
    label = relation.label if kind in parts.LABELLED else ""
    present = find_relation(session, child, parent, kind, label)
    news = present is None or present.status != AffiliationStatus.OFFERED or present.offered_by != side
    check_size(document)
    if news:
        check_room(session, sender)
    check_proof(session, document, sender.uri)
    if parts.find_mirrored(session, child, parent, kind):
        raise Refused("offers what is in force, or waits, the other way round", reason="in-force")
    if parts.closes_circle(session, kind, child, parent):
        raise Refused("would make a circle", reason="circle")
    row = parts.row_for(session, child, parent, kind, label, side.other)
    if row.status in parts.IN_FORCE:
        raise Refused("offers what is in force", reason="in-force")
    if row.status == AffiliationStatus.OFFERED and row.offered_by == row.our_side == Side.CHILD:
        raise Refused("offers what we have offered, which waits for an answer", reason="offered-by-us")
    parts.keep_offer(session, row, document, by=side, uri=relation.id, since=relation.since)
    if news:
        emit(session, AffiliationOffered(row))


def record_acceptance(session: Session, sender: Actor, row: Affiliation, document: JsonObject) -> None:
    """Begin a relation that we offered, as the other union accepts it. Twice the same changes nothing.

    Raises Refused: "not-a-party", "never-offered", "ended", "other-offer" where what is accepted is not
    what we offered, "too-large", "circle", "no-proof", "proof-of-another"; and BadSignature.
    """
    if row.offered_by == _peer_side(row, sender):
        raise Refused("accepts what it offered itself", reason="never-offered")
    if row.status == AffiliationStatus.ENDED:
        raise Refused("accepts what has ended", reason="ended")
    if row.status != AffiliationStatus.OFFERED:
        return
    if document.get("object") != what_was_offered(orjson.loads(row.offer)):
        raise Refused("accepts something else than we offered", reason="other-offer")
    check_size(document)
    check_proof(session, document, sender.uri)
    if parts.closes_circle(session, row.kind, row.child_uri, row.parent_uri):
        raise Refused("would make a circle", reason="circle")
    parts.begin(session, row, document, by_peer=True)


def record_rejection(session: Session, sender: Actor, row: Affiliation) -> None:
    """End what we offered, as the other union refuses it. Raises Refused."""
    if row.offered_by == _peer_side(row, sender):
        raise Refused("refuses what it offered itself", reason="never-offered")
    if row.status != AffiliationStatus.ENDED:
        parts.finish(session, row, by_peer=True)


def record_withdrawal(session: Session, sender: Actor, row: Affiliation, *, of: str) -> None:
    """End a relation, as the other union takes back its Offer or Accept, whose id is `of`. Raises Refused."""
    side = _peer_side(row, sender)
    own_act = row.offer_uri if row.offered_by == side else row.answer_uri
    if own_act != of:
        raise Refused("takes back what is not its own, or not in force", reason="not-its-own")
    if row.status != AffiliationStatus.ENDED:
        parts.finish(session, row, by_peer=True)


def record_statement(session: Session, sender: Actor, relation: RelationshipDocument) -> None:
    """Note that the other union suspends a relation in force, or does so no longer.

    Raises Refused: "not-a-party", "not-for-us", "not-in-force", "no-status".
    """
    side = _check_parties(session, sender, relation)
    label = relation.label if relation.kind in parts.LABELLED else ""
    row = find_relation(session, relation.child_uri, relation.parent_uri, relation.kind, label)
    if row is None or row.status not in parts.IN_FORCE:
        raise Refused("is about a relation that is not in force", reason="not-in-force")
    if relation.stated not in parts.IN_FORCE:
        raise Refused("says neither that it is active nor that it is suspended", reason="no-status")
    suspends = relation.stated is AffiliationStatus.SUSPENDED
    if parts.suspended_by(row, side) != suspends:
        parts.note_suspension(row, side, suspends=suspends)
        parts.settle(session, row, parts.standing_of(row), by_peer=True)


def find_ours(session: Session, row_id: int | None) -> Affiliation:
    """Return the relation of a known id. Raises Irrelevant where it is there no more."""
    row = session.get(Affiliation, row_id)
    if row is None or row.our_side is None:
        raise Irrelevant("is about a relation that is not known here")
    return row


def check_present(row: Affiliation, offer_uri: str) -> None:
    """Raise Refused ("replayed") where the offer is an earlier one, in whose place came another."""
    if row.offer_uri != offer_uri:
        raise Refused("answers an offer that is over", reason="replayed")


def _check_offer(session: Session, sender: Actor, relation: RelationshipDocument) -> Side:
    side = _check_parties(session, sender, relation)
    if sender.wire_type != parts.UNION_TYPE:
        raise Refused("is no union", reason="not-a-union")
    if not relation.id or not same_origin(relation.id, sender.uri):
        raise Refused("offers a relation that is not its own to describe", reason="foreign-id")
    if relation.kind in parts.LABELLED and not relation.label:
        raise Refused("names no sector or region", reason="no-label")
    return side


def _check_parties(session: Session, sender: Actor, relation: RelationshipDocument) -> Side:
    side = side_of(relation, sender.uri)
    if side is None:
        raise Refused("is about a relation of others", reason="not-a-party")
    if side_of(relation, our_union(session).uri) is not side.other:
        raise Refused("is about a relation that is none with us", reason="not-for-us")
    return side


def _peer_side(row: Affiliation, sender: Actor) -> Side:
    if sender.uri != parts.peer_uri_of(row):
        raise Refused("is about a relation of others", reason="not-a-party")
    return Side(str(row.our_side)).other
