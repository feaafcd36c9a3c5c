"""What officers of our union do: offering a relation, answering an offer, suspending and ending it.

Each takes `by`, who does it, for the log of privileged acts.
"""

from datetime import datetime

import orjson
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.social.moderation.audit import record_audit
from fediunion.union.affiliation import documents
from fediunion.union.affiliation.documents import MOST_LABEL_CHARACTERS
from fediunion.union.affiliation.models import Affiliation, AffiliationKind, AffiliationStatus, Side
from fediunion.union.affiliation.proofs import proved
from fediunion.union.affiliation.queries import our_union
from fediunion.union.affiliation.service import parts


def offer_affiliation(
    session: Session,
    peer: Actor,
    kind: AffiliationKind,
    our_side: Side,
    *,
    by: str,
    label: str = "",
    since: datetime | None = None,
) -> Affiliation:
    """Offer the union `peer` a relation in which we are `our_side`; return it, as offered.

    What waits for their answer stays as it is: its delivery is tried for days. Raises Invalid for who is no
    union, a label that is missing or too long, and a circle; NotAllowed for what is in force, or offered by
    the peer, already.
    """
    union = our_union(session)
    label = _checked_label(kind, label)
    is_union = peer.wire_type == parts.UNION_TYPE and peer.deleted_at is None
    if peer.local or not is_union or not documents.fits_relation(peer.uri):
        raise Invalid(Sentence("That is no union on another server."), field="host", reason="not-a-union")
    child, parent = (union, peer) if our_side is Side.CHILD else (peer, union)
    if parts.find_mirrored(session, child.uri, parent.uri, kind):
        raise NotAllowed(Sentence("This relation exists already."), reason="in-force")
    row = parts.row_for(session, child.uri, parent.uri, kind, label, our_side)
    if row.status in parts.IN_FORCE:
        raise NotAllowed(Sentence("This relation exists already."), reason="in-force")
    if row.status == AffiliationStatus.OFFERED:
        if row.offered_by != our_side:
            raise NotAllowed(
                Sentence("The other union has offered this already: it waits for your answer."),
                reason="offered",
            )
        return row
    _check_no_circle(session, kind, child.uri, parent.uri)
    row.since = since
    offer = proved(session, union, documents.offer_document(row, union.uri, peer.uri, now_of(session)))
    uri = documents.own_uri(union.uri, str(row.slug))
    parts.keep_offer(session, row, offer, by=our_side, uri=uri, since=since)
    parts.send(session, union, peer, offer)
    _note(session, by, "offer", row)
    return row


def accept_offer(session: Session, row: Affiliation, *, by: str) -> None:
    """Accept what a peer offers. Raises NotAllowed where nothing waits for us, Invalid for a circle."""
    union, peer = parts.parties(session, row)
    _check_waits_for_us(row)
    _check_no_circle(session, row.kind, row.child_uri, row.parent_uri)
    offer = orjson.loads(row.offer)
    answer = proved(session, union, documents.accept_document(offer, union.uri, peer.uri, now_of(session)))
    parts.begin(session, row, answer, by_peer=False)
    parts.send(session, union, peer, answer)
    _note(session, by, "accept", row)


def reject_offer(session: Session, row: Affiliation, *, by: str) -> None:
    """Refuse what a peer offers. Raises NotAllowed where nothing waits for us."""
    union, peer = parts.parties(session, row)
    _check_waits_for_us(row)
    parts.finish(session, row, by_peer=False)
    refusal = documents.reject_document(row.offer_uri, union.uri, peer.uri, now_of(session))
    parts.send(session, union, peer, proved(session, union, refusal))
    _note(session, by, "reject", row)


def suspend_affiliation(session: Session, row: Affiliation, *, by: str) -> None:
    """Suspend a relation that is in force: nothing is shared for it. Raises NotAllowed for any other."""
    _state(session, row, suspends=True)
    _note(session, by, "suspend", row)


def resume_affiliation(session: Session, row: Affiliation, *, by: str) -> None:
    """Take our suspension back; it stays suspended while the peer suspends it. Raises NotAllowed."""
    _state(session, row, suspends=False)
    _note(session, by, "resume", row)


def end_affiliation(session: Session, row: Affiliation, *, by: str) -> None:
    """End a relation, or take back an offer of ours, by an Undo of our own act. Raises NotAllowed."""
    union, peer = parts.parties(session, row)
    ours = row.offered_by == row.our_side
    if row.status == AffiliationStatus.ENDED or (row.status == AffiliationStatus.OFFERED and not ours):
        raise NotAllowed(Sentence("There is nothing of ours to end."), reason="not-in-force")
    parts.finish(session, row, by_peer=False)
    act_uri = row.offer_uri if ours else str(row.answer_uri)
    undo = documents.undo_document(act_uri, union.uri, peer.uri, now_of(session))
    parts.send(session, union, peer, proved(session, union, undo))
    _note(session, by, "end", row)


def _note(session: Session, by: str, act: str, row: Affiliation) -> None:
    what = f"{row.kind}:{row.label}" if row.label else str(row.kind)
    record_audit(session, by=by, action=f"affiliation.{act}", subject=parts.peer_uri_of(row), reason=what)


def _state(session: Session, row: Affiliation, *, suspends: bool) -> None:
    union, peer = parts.parties(session, row)
    if row.status not in parts.IN_FORCE:
        raise NotAllowed(Sentence("This relation is not in force."), reason="not-in-force")
    side = Side(str(row.our_side))
    if parts.suspended_by(row, side) == suspends:
        raise NotAllowed(Sentence("We have said so already."), reason="unchanged")
    parts.note_suspension(row, side, suspends=suspends)
    parts.settle(session, row, parts.standing_of(row), by_peer=False)
    stated = AffiliationStatus.SUSPENDED if suspends else AffiliationStatus.ACTIVE
    update = documents.update_document(row, stated, union.uri, peer.uri, now_of(session))
    parts.send(session, union, peer, proved(session, union, update))


def _check_waits_for_us(row: Affiliation) -> None:
    if row.status != AffiliationStatus.OFFERED or row.offered_by == row.our_side:
        raise NotAllowed(Sentence("No offer of theirs waits for an answer."), reason="no-offer")


def _check_no_circle(session: Session, kind: str, child_uri: str, parent_uri: str) -> None:
    if parts.closes_circle(session, kind, child_uri, parent_uri):
        raise Invalid(
            Sentence("That would make a circle: a union would be above itself."),
            field="host",
            reason="circle",
        )


def _checked_label(kind: AffiliationKind, label: str) -> str:
    label = label.strip()
    if kind in parts.LABELLED and not label:
        raise Invalid(Sentence("Which sector or region? Give its name."), field="label", reason="no-label")
    if len(label) > MOST_LABEL_CHARACTERS:
        raise Invalid(Sentence("The name of the sector or region is too long."), field="label")
    return label if kind in parts.LABELLED else ""
