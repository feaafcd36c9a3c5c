"""How unions come to be affiliated in tests: one offers, the other accepts; and what each then knows."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.union.affiliation.jobs import learn_network
from fediunion.union.affiliation.models import AffiliationKind, AffiliationStatus, Side, Trust
from fediunion.union.affiliation.queries import list_relations, relations_with, trust_by_host
from fediunion.union.affiliation.service import offers
from tests.fakes.union import TestUnion, settle


async def offer(
    union: TestUnion,
    peer: str,
    kind: AffiliationKind = AffiliationKind.AFFILIATE,
    our_side: Side = Side.CHILD,
    label: str = "",
) -> None:
    """Let our union offer the one at the domain `peer` a relation."""
    found = await union.actor(f"union@{peer}")

    def make(session: Session) -> None:
        offers.offer_affiliation(
            session, session.get_one(Actor, found.id), kind, our_side, by="tests", label=label
        )

    await union.world.db.write(make)


async def decide(union: TestUnion, peer: str, decision: Callable[..., Any], kind: str | None = None) -> None:
    """Let our union do `decision`, of service.offers, about its relations with a peer, or those of a kind."""

    def make(session: Session) -> None:
        found = [each for each in relations_with(session, peer) if kind in (None, each.kind)]
        assert found, f"{union.domain} has no relation with {peer}"
        for row in found:
            decision(session, row, by="tests")

    await union.world.db.write(make)


async def affiliate(
    child: TestUnion,
    parent: TestUnion,
    kind: AffiliationKind = AffiliationKind.AFFILIATE,
    label: str = "",
) -> None:
    """Put a relation in force between two unions: the child asks, the parent accepts."""
    await offer(child, parent.domain, kind, Side.CHILD, label)
    await settle(child, parent)
    await decide(parent, child.domain, offers.accept_offer, kind)
    await settle(child, parent)


async def states(union: TestUnion) -> Sequence[tuple[str, str, str, str]]:
    """Return what a union knows: (child's host, parent's host, kind, status) of each relation."""

    def read(session: Session) -> list[tuple[str, str, str, str]]:
        return [
            (each.child_host, each.parent_host, str(each.kind), str(each.status))
            for each in list_relations(session)
        ]

    return await union.world.db.read(read)


async def status_with(union: TestUnion, peer: str) -> AffiliationStatus | None:
    """Return how the first relation with a peer stands, or None where there is none."""

    def read(session: Session) -> AffiliationStatus | None:
        found = relations_with(session, peer)
        return AffiliationStatus(found[0].status) if found else None

    return await union.world.db.read(read)


async def trusts(union: TestUnion) -> dict[str, frozenset[Trust]]:
    """Return what a union lets each server share."""
    return await union.world.db.read(trust_by_host)


async def learn(*unions: TestUnion) -> None:
    """Let each union ask the network how the others stand, as it does several times a day."""
    for union in unions:
        await learn_network(union.world, {})
