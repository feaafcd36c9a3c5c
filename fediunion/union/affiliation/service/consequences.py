"""What happens elsewhere in this server, and follows for relations: blocks, departures, new keys."""

import orjson
from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from fediunion.actors.domains import is_blocked
from fediunion.actors.events import ActorDeleted, ActorKeysRotated, DomainRuleChanged
from fediunion.actors.models import DomainAction
from fediunion.kit.urls import authority_of
from fediunion.union.affiliation.models import Affiliation, AffiliationStatus, Side
from fediunion.union.affiliation.proofs import proved
from fediunion.union.affiliation.queries import lasting_edges, list_our_relations, our_union
from fediunion.union.affiliation.service import parts
from fediunion.union.affiliation.service.trust import renew_trust


def follow_rule(session: Session, event: DomainRuleChanged) -> None:
    """Reaction: relations with who is blocked are suspended by us, until somebody resumes them.

    Nobody there is told: a blocked server is sent nothing. Whatever the rule is, it may cut a path to
    others, or open one.
    """
    hosts = {authority_of(uri) for edge in lasting_edges(session) for uri in (edge.child, edge.parent)}
    # Any other rule, of the thousand that a list may bring, changes nothing here.
    if not any(event.host in host for host in hosts):
        return
    session.flush()
    renew_trust(session)
    if event.action != DomainAction.BLOCK:
        return
    for row in list_our_relations(session, *parts.IN_FORCE):
        side = Side(str(row.our_side))
        if is_blocked(session, authority_of(parts.peer_uri_of(row))) and not parts.suspended_by(row, side):
            parts.note_suspension(row, side, suspends=True)
            parts.settle(session, row, AffiliationStatus.SUSPENDED, by_peer=False)


def part_from_gone(session: Session, event: ActorDeleted) -> None:
    """Reaction: a union that is gone is affiliated to nobody."""
    if event.local:
        return
    for row in list_our_relations(session):
        if parts.peer_uri_of(row) == event.uri and row.status != AffiliationStatus.ENDED:
            parts.finish(session, row, by_peer=True)
    others = or_(Affiliation.child_uri == event.uri, Affiliation.parent_uri == event.uri)
    gone = session.execute(
        delete(Affiliation)
        .where(Affiliation.our_side.is_(None), others)
        .returning(Affiliation.id)
        .execution_options(synchronize_session="fetch")
    ).all()
    if gone:
        renew_trust(session)


def renew_proofs(session: Session, event: ActorKeysRotated) -> None:
    """Reaction: what our union did gets a proof by its new key, for the old one is forgotten some day."""
    union = our_union(session)
    if event.actor_id != union.id:
        return
    session.flush()
    for row in list_our_relations(session, *parts.IN_FORCE, AffiliationStatus.OFFERED):
        if row.offered_by == row.our_side:
            row.offer = orjson.dumps(proved(session, union, orjson.loads(row.offer))).decode()
        elif row.answer is not None:
            row.answer = orjson.dumps(proved(session, union, orjson.loads(row.answer))).decode()
