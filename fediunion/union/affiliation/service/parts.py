"""What offering, answering and ending a relation have in common."""

from datetime import datetime
from typing import Final

import orjson
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor_by_uri
from fediunion.db import emit, now_of
from fediunion.db.known_uris import remember_uri
from fediunion.kit.clock import parse_instant
from fediunion.kit.errors import NotAllowed
from fediunion.kit.ids import new_slug
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import authority_of
from fediunion.outbox.publish import Recipients, publish
from fediunion.union.affiliation.events import AffiliationChanged
from fediunion.union.affiliation.graph import is_above
from fediunion.union.affiliation.models import Affiliation, AffiliationKind, AffiliationStatus, Side
from fediunion.union.affiliation.queries import find_relation, lasting_edges, our_union
from fediunion.union.affiliation.service.trust import renew_trust

OFFER: Final = "affiliation_offer"
"""What `known_uri` calls the ids of offers, ours and theirs."""

ANSWER: Final = "affiliation_answer"
"""What `known_uri` calls the ids of Accepts."""

UNION_TYPE: Final = "Organization"
LABELLED: Final = (AffiliationKind.SECTOR, AffiliationKind.REGION)
IN_FORCE: Final = (AffiliationStatus.ACTIVE, AffiliationStatus.SUSPENDED)


def closes_circle(session: Session, kind: str, child_uri: str, parent_uri: str) -> bool:
    """Return whether the child is above the parent, by all that we know of affiliations in force."""
    return kind == AffiliationKind.AFFILIATE and is_above(child_uri, parent_uri, lasting_edges(session))


def find_mirrored(session: Session, child_uri: str, parent_uri: str, kind: AffiliationKind) -> bool:
    """Return whether two equal unions have, or wait for, the same relation with the other one named first."""
    if kind is not AffiliationKind.BILATERAL:
        return False
    row = find_relation(session, parent_uri, child_uri, kind, "")
    return row is not None and row.status != AffiliationStatus.ENDED


def row_for(
    session: Session, child_uri: str, parent_uri: str, kind: AffiliationKind, label: str, our_side: Side
) -> Affiliation:
    """Return the row of a relation of ours, in whatever state; a new one, to be offered, if there is none."""
    row = find_relation(session, child_uri, parent_uri, kind, label)
    if row is None:
        row = Affiliation(
            child_uri=child_uri,
            child_host=authority_of(child_uri),
            parent_uri=parent_uri,
            parent_host=authority_of(parent_uri),
            kind=kind,
            label=label,
            our_side=our_side,
            slug=new_slug(),
            created_at=now_of(session),
        )
    return row


def keep_offer(
    session: Session, row: Affiliation, offer: JsonObject, *, by: Side, uri: str, since: datetime | None
) -> None:
    """Write down that a relation is offered, with the proof, in place of what was before."""
    row.uri, row.since, row.until = uri, since, None
    row.offered_by, row.status = by, AffiliationStatus.OFFERED
    row.offer, row.offer_uri = orjson.dumps(offer).decode(), str(offer["id"])
    row.answer = row.answer_uri = None
    row.child_suspends = row.parent_suspends = False
    row.updated_at = now_of(session)
    session.add(row)
    remember_uri(session, row.offer_uri, OFFER, row.id)


def begin(session: Session, row: Affiliation, answer: JsonObject, *, by_peer: bool) -> None:
    """Put a relation in force, with the Accept and its proof."""
    now = now_of(session)
    row.answer, row.answer_uri = orjson.dumps(answer).decode(), str(answer["id"])
    remember_uri(session, row.answer_uri, ANSWER, row.id)
    row.since = row.since or min(parse_instant(str(answer.get("published"))) or now, now)
    settle(session, row, AffiliationStatus.ACTIVE, by_peer=by_peer)


def finish(session: Session, row: Affiliation, *, by_peer: bool) -> None:
    """End a relation, or an offer of one."""
    row.until = now_of(session)
    settle(session, row, AffiliationStatus.ENDED, by_peer=by_peer)


def settle(session: Session, row: Affiliation, status: AffiliationStatus, *, by_peer: bool) -> None:
    """Let a relation stand in `status` from now on, with all that follows for what may be shared."""
    was, row.status, row.updated_at = row.status, status, now_of(session)
    if AffiliationStatus.ACTIVE in (was, status):
        session.flush()
        renew_trust(session)
    emit(session, AffiliationChanged(row, by_peer=by_peer))


def suspended_by(row: Affiliation, side: Side) -> bool:
    """Return whether one of the two unions suspends a relation."""
    return row.child_suspends if side is Side.CHILD else row.parent_suspends


def note_suspension(row: Affiliation, side: Side, *, suspends: bool) -> None:
    """Note that one of the two unions suspends a relation in force, or does so no longer."""
    if side is Side.CHILD:
        row.child_suspends = suspends
    else:
        row.parent_suspends = suspends


def standing_of(row: Affiliation) -> AffiliationStatus:
    """Return how a relation in force stands, by what its two unions say."""
    suspended = row.child_suspends or row.parent_suspends
    return AffiliationStatus.SUSPENDED if suspended else AffiliationStatus.ACTIVE


def peer_uri_of(row: Affiliation) -> str:
    """Return the id of the other union of a relation of ours."""
    return row.parent_uri if row.our_side == Side.CHILD else row.child_uri


def parties(session: Session, row: Affiliation) -> tuple[Actor, Actor]:
    """Return our union and the other one of a relation of ours. Raises NotAllowed where that is gone."""
    peer = find_actor_by_uri(session, peer_uri_of(row))
    if row.our_side is None or peer is None or peer.deleted_at is not None:
        raise NotAllowed(Sentence("The other union is not there any more."), reason="no-peer")
    return our_union(session), peer


def send(session: Session, union: Actor, peer: Actor, act: JsonObject) -> None:
    """Send an act of our union to the other one."""
    publish(session, union, act, Recipients(actor_ids=(peer.id,)))
