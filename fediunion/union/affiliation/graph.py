"""Paths between unions: who is above whom, and which relations lead to whom. No tables, no network."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fediunion.union.affiliation.models import AffiliationKind, Trust

MOST_HOPS: Final = 6
"""How many affiliations long a path may be; the whole movement is closer together than that."""

DEFAULTS: Final[Mapping[str, frozenset[Trust]]] = {
    AffiliationKind.AFFILIATE: frozenset(Trust),
    AffiliationKind.BILATERAL: frozenset(Trust),
    AffiliationKind.SECTOR: frozenset({Trust.VACANCIES, Trust.CALLS}),
    AffiliationKind.REGION: frozenset({Trust.VACANCIES, Trust.CALLS}),
    AffiliationKind.OBSERVER: frozenset(),
}
"""What each kind of relation lets the other union share, unless somebody decided otherwise."""


@dataclass(frozen=True)
class Edge:
    """An active relation between two unions, named by their ids."""

    child: str
    parent: str
    kind: str


@dataclass
class Reached:
    """A union that a path leads to: how far away, and what it may share."""

    hops: int
    trust: set[Trust] = field(default_factory=set)


def is_above(upper: str, lower: str, edges: Iterable[Edge]) -> bool:
    """Return whether `upper` is `lower` itself, or its parent, or a parent of that, by affiliation."""
    parents: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        if edge.kind == AffiliationKind.AFFILIATE:
            parents[edge.child].add(edge.parent)
    seen, waiting = {lower}, [lower]
    while waiting:
        if upper in seen:
            return True
        for parent in parents[waiting.pop()] - seen:
            seen.add(parent)
            waiting.append(parent)
    return upper in seen


def reach(
    own: str, edges: Collection[Edge], decided: Callable[[str], frozenset[Trust] | None]
) -> dict[str, Reached]:
    """Return which unions a path of active relations leads to from `own`, and what each may share.

    Affiliations lead on, up and down; the other kinds concern their two unions alone. `decided` is what
    somebody decided about a union, or None. Whoever may not share something, is no way to others who
    then might.
    """
    found: dict[str, Reached] = {}
    for hops, union in _walk(own, edges, lambda _: True):
        found[union] = Reached(hops)
    for trust in Trust:

        def lets(union: str, trust: Trust = trust) -> bool:
            chosen = decided(union)
            return trust in (DEFAULTS[AffiliationKind.AFFILIATE] if chosen is None else chosen)

        for _, union in _walk(own, edges, lets):
            found[union].trust.add(trust)
    for edge in edges:
        if own in (edge.child, edge.parent) and edge.kind != AffiliationKind.AFFILIATE:
            other = edge.parent if edge.child == own else edge.child
            direct = found.setdefault(other, Reached(1))
            direct.hops = 1
            chosen = decided(other)
            direct.trust |= DEFAULTS[edge.kind] if chosen is None else chosen
    return found


def _walk(own: str, edges: Iterable[Edge], lets: Callable[[str], bool]) -> list[tuple[int, str]]:
    neighbours: dict[str, set[str]] = defaultdict(set)
    for edge in edges:
        if edge.kind == AffiliationKind.AFFILIATE:
            neighbours[edge.child].add(edge.parent)
            neighbours[edge.parent].add(edge.child)
    seen = {own}
    waiting = deque([(0, own)])
    found: list[tuple[int, str]] = []
    while waiting:
        hops, union = waiting.popleft()
        if hops == MOST_HOPS:
            continue
        for other in sorted(neighbours[union] - seen):
            seen.add(other)
            if lets(other):
                found.append((hops + 1, other))
                waiting.append((hops + 1, other))
    return found
