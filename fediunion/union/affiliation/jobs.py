"""Background work of relations: learning how other unions stand to each other, and hearing them again."""

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.events import DomainRuleChanged
from fediunion.actors.models import DomainAction
from fediunion.db import now_of
from fediunion.inbox.again import process_again
from fediunion.jobs.queue import enqueue
from fediunion.kit.json import JsonObject
from fediunion.union.affiliation.events import AffiliationChanged, TrustChanged
from fediunion.union.affiliation.listings import ask_network
from fediunion.union.affiliation.models import AffiliationKind, AffiliationStatus
from fediunion.union.affiliation.queries import list_our_relations, our_union
from fediunion.union.affiliation.service.learnt import record_learnt
from fediunion.union.affiliation.service.parts import peer_uri_of
from fediunion.world import World

LEARN: Final = "affiliation.learn"
LEARN_EVERY_SECONDS: Final = 6 * 3600.0
HEAR: Final = "affiliation.hear_again"
_ONCE_MORE_AFTER: Final = timedelta(minutes=1)


async def learn_network(world: World, _payload: JsonObject) -> None:
    """Job: ask the unions of the network for their relations, and keep what both sides of each state."""
    own, peers = await world.db.read(_whom_to_ask)
    found = await ask_network(world, own, peers)
    await world.db.write(record_learnt, found)


def learn_soon(session: Session, event: AffiliationChanged) -> None:
    """Reaction: with a relation of ours that is new in force others come closer."""
    if event.affiliation.status == AffiliationStatus.ACTIVE:
        enqueue(session, LEARN, key=LEARN)


def learn_after_rule(session: Session, event: DomainRuleChanged) -> None:
    """Reaction: who is not kept out any more was not asked before."""
    if event.action != DomainAction.BLOCK:
        enqueue(session, LEARN, key=LEARN)


def hear_again(session: Session, event: TrustChanged) -> None:
    """Reaction: what came from whom we believe more now, before we did, is looked at again.

    And once more a little later, for what was just being processed.
    """
    if event.gained:
        process_again(session, event.gained)
        enqueue(session, HEAR, at=now_of(session) + _ONCE_MORE_AFTER, hosts=sorted(event.gained))


async def hear_hosts(world: World, payload: JsonObject) -> None:
    """Job: look again at what these servers sent, and what was ignored."""
    await world.db.write(process_again, payload["hosts"])


def _whom_to_ask(session: Session) -> tuple[str, dict[str, bool]]:
    """Return our union, and its peers with whether they are affiliates, through whom the way goes on."""
    peers: dict[str, bool] = {}
    for row in list_our_relations(session, AffiliationStatus.ACTIVE):
        peer = peer_uri_of(row)
        peers[peer] = peers.get(peer, False) or row.kind == AffiliationKind.AFFILIATE
    return our_union(session).uri, peers
