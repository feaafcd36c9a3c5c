"""What a relation would change for what servers may share, before anybody decides about it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from fediunion.kit.urls import authority_of
from fediunion.union.affiliation.graph import Edge, reach
from fediunion.union.affiliation.models import Affiliation, AffiliationStatus, Trust
from fediunion.union.affiliation.queries import active_edges, our_union
from fediunion.union.affiliation.service.trust import decided_by_host


@dataclass(frozen=True)
class Change:
    """A union, and what is shared with it, both ways, only with the relation."""

    union_uri: str
    trust: frozenset[Trust]


def lost_without(session: Session, row: Affiliation) -> list[Change]:
    """Return with whom less is shared once a relation is suspended or ended, the nearest first."""
    if row.status != AffiliationStatus.ACTIVE:
        return []
    edges = active_edges(session)
    edges.remove(_edge(row))
    return _differences(_shared(session, active_edges(session)), _shared(session, edges))


def gained_with(session: Session, row: Affiliation) -> list[Change]:
    """Return with whom more is shared once a relation is in force, by what is known, the nearest first."""
    before = active_edges(session)
    return _differences(_shared(session, [*before, _edge(row)]), _shared(session, before))


def _edge(row: Affiliation) -> Edge:
    return Edge(row.child_uri, row.parent_uri, row.kind)


def _shared(session: Session, edges: Collection[Edge]) -> dict[str, tuple[int, frozenset[Trust]]]:
    own = our_union(session)
    decided = decided_by_host(session, own.host, edges)
    reached = reach(own.uri, edges, lambda uri: decided.get(authority_of(uri)))
    return {uri: (found.hops, frozenset(found.trust)) for uri, found in reached.items()}


def _differences(
    more: Mapping[str, tuple[int, frozenset[Trust]]], less: Mapping[str, tuple[int, frozenset[Trust]]]
) -> list[Change]:
    nothing: tuple[int, frozenset[Trust]] = (0, frozenset())
    found = [
        (hops, Change(uri, trust - less.get(uri, nothing)[1]))
        for uri, (hops, trust) in more.items()
        if trust - less.get(uri, nothing)[1]
    ]
    return [change for _, change in sorted(found, key=lambda each: (each[0], each[1].union_uri))]
