"""Reads: relations of unions, and what servers may share with us for them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.names import UNION_NAME
from fediunion.actors.queries import find_local_actor
from fediunion.kit.errors import BadDocument, NotFound
from fediunion.kit.urls import authority_of
from fediunion.outbox.inboxes import closed_hosts
from fediunion.union.affiliation.graph import Edge
from fediunion.union.affiliation.models import (
    Affiliation,
    AffiliationKind,
    AffiliationStatus,
    Trust,
    TrustedPeer,
    TrustSetting,
)

__all__ = [
    "Trust",
    "active_edges",
    "count_published",
    "find_by_offer",
    "find_relation",
    "find_trust_setting",
    "flags_of",
    "get_relation_by_slug",
    "hosts_trusted_for",
    "lasting_edges",
    "list_our_relations",
    "list_published",
    "list_relations",
    "list_trusted_peers",
    "our_union",
    "relations_with",
    "trust_by_host",
    "trust_of",
]

_COLUMNS = {
    Trust.VACANCIES: TrustedPeer.vacancies,
    Trust.CALLS: TrustedPeer.calls,
    Trust.NETWORK: TrustedPeer.network,
}
_LASTING = (AffiliationStatus.ACTIVE, AffiliationStatus.SUSPENDED)
_PUBLISHED = (Affiliation.our_side.is_not(None), Affiliation.status.in_(_LASTING))


def our_union(session: Session) -> Actor:
    """Return the actor that is our union. Raises NotFound before the first start."""
    union = find_local_actor(session, UNION_NAME)
    if union is None:
        raise NotFound("This server has no union actor yet.")
    return union


def trust_of(session: Session, host: str) -> frozenset[Trust]:
    """Return what `host[:port]` may share with us: one lookup by an index. Nothing, without a path to it."""
    found = session.scalar(select(TrustedPeer).where(TrustedPeer.host == host))
    return frozenset() if found is None else flags_of(found)


def trust_by_host(session: Session) -> dict[str, frozenset[Trust]]:
    """Return what each server with a path to ours may share, by host."""
    return {each.host: flags_of(each) for each in session.scalars(select(TrustedPeer))}


def flags_of(row: TrustedPeer | TrustSetting) -> frozenset[Trust]:
    """Return what a row lets a server share."""
    return frozenset(trust for trust in Trust if getattr(row, trust.value))


def hosts_trusted_for(session: Session, trust: Trust) -> list[tuple[str, str]]:
    """Return the servers that may share this with us, and we with them, with the inbox of each, by host.

    The inbox is the one that the server shares among its actors, where its union names one. Those that a
    rule keeps out are absent.
    """
    rows = session.execute(
        select(TrustedPeer.host, Actor.inbox_url, Actor.shared_inbox_url)
        .join(Actor, Actor.uri == TrustedPeer.union_uri)
        .where(_COLUMNS[trust], Actor.deleted_at.is_(None), Actor.suspended_at.is_(None))
        .order_by(TrustedPeer.host)
    ).all()
    closed = closed_hosts(session, {host for host, _, _ in rows})
    return [
        (host, shared if shared and _is_on(shared, host) else inbox)
        for host, inbox, shared in rows
        if host not in closed
    ]


def list_trusted_peers(session: Session) -> Sequence[TrustedPeer]:
    """Return the servers with a path to ours, the closest first."""
    return session.scalars(select(TrustedPeer).order_by(TrustedPeer.hops, TrustedPeer.host)).all()


def find_trust_setting(session: Session, host: str) -> TrustSetting | None:
    """Return what somebody decided that a server may share, or None."""
    return session.scalar(select(TrustSetting).where(TrustSetting.host == host))


def find_relation(
    session: Session, child_uri: str, parent_uri: str, kind: AffiliationKind, label: str
) -> Affiliation | None:
    """Return the relation of these two of this kind, in whatever state, or None."""
    return session.scalar(
        select(Affiliation).where(
            Affiliation.child_uri == child_uri,
            Affiliation.parent_uri == parent_uri,
            Affiliation.kind == kind,
            Affiliation.label == label,
        )
    )


def find_by_offer(session: Session, offer_uri: str) -> Affiliation | None:
    """Return the relation of ours whose present offer has this id, or None."""
    return session.scalar(
        select(Affiliation).where(Affiliation.our_side.is_not(None), Affiliation.offer_uri == offer_uri)
    )


def get_relation_by_slug(session: Session, slug: str) -> Affiliation:
    """Return a relation of ours that is, or was, in force. Raises NotFound: an offer is nobody's business."""
    found = session.scalar(select(Affiliation).where(Affiliation.slug == slug))
    if found is None or found.our_side is None or found.answer is None:
        raise NotFound("There is no such relation.")
    return found


def list_our_relations(session: Session, *states: AffiliationStatus) -> Sequence[Affiliation]:
    """Return the relations of our union, those in `states` where some are given, the oldest first."""
    statement = select(Affiliation).where(Affiliation.our_side.is_not(None)).order_by(Affiliation.id)
    if states:
        statement = statement.where(Affiliation.status.in_(states))
    return session.scalars(statement).all()


def count_published(session: Session) -> int:
    """Return how many relations of ours are in force, or suspended."""
    return session.scalar(select(func.count()).select_from(Affiliation).where(*_PUBLISHED)) or 0


def list_published(session: Session, *, after_id: int, limit: int) -> Sequence[Affiliation]:
    """Return relations of ours in force, or suspended, the oldest first; those after the number."""
    wanted = select(Affiliation).where(*_PUBLISHED, Affiliation.id > after_id)
    return session.scalars(wanted.order_by(Affiliation.id).limit(limit)).all()


def relations_with(session: Session, host: str) -> Sequence[Affiliation]:
    """Return the relations of our union with the union on a server, the oldest first."""
    return [each for each in list_our_relations(session) if host in (each.child_host, each.parent_host)]


def list_relations(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Affiliation]:
    """Return all relations that we know of, ours and those between others, the oldest first."""
    return session.scalars(select(Affiliation).where(*conditions).order_by(Affiliation.id)).all()


def active_edges(session: Session) -> list[Edge]:
    """Return the relations in force, ours and those between others."""
    return _edges(session, Affiliation.status == AffiliationStatus.ACTIVE)


def lasting_edges(session: Session) -> list[Edge]:
    """Return the relations in force and those suspended: what may not be closed to a circle."""
    return _edges(session, or_(*(Affiliation.status == status for status in _LASTING)))


def _edges(session: Session, condition: ColumnElement[bool]) -> list[Edge]:
    rows = session.execute(
        select(Affiliation.child_uri, Affiliation.parent_uri, Affiliation.kind).where(condition)
    )
    return [Edge(*row) for row in rows]


def _host_of(uri: str) -> str:
    try:
        return authority_of(uri)
    except BadDocument:
        return ""


def _is_on(url: str, host: str) -> bool:
    return _host_of(url) == host
