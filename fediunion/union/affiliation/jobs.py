"""Background work of relations: learning how the other unions of the network stand to each other."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import JsonObject
from fediunion.jobs.queue import enqueue
from fediunion.union.affiliation.events import AffiliationChanged
from fediunion.union.affiliation.listings import ask_network
from fediunion.union.affiliation.models import AffiliationKind, AffiliationStatus
from fediunion.union.affiliation.queries import list_our_relations, our_union
from fediunion.union.affiliation.service.learnt import record_learnt
from fediunion.union.affiliation.service.parts import peer_uri_of
from fediunion.world import World

LEARN: Final = "affiliation.learn"
LEARN_EVERY_SECONDS: Final = 6 * 3600.0


async def learn_network(world: World, _payload: JsonObject) -> None:
    """Job: ask the unions of the network for their relations, and keep what both sides of each state."""
    own, peers = await world.db.read(_whom_to_ask)
    found = await ask_network(world, own, peers)
    await world.db.write(record_learnt, found)


def learn_soon(session: Session, event: AffiliationChanged) -> None:
    """Reaction: with a relation of ours that is new in force others come closer."""
    if event.affiliation.status == AffiliationStatus.ACTIVE:
        enqueue(session, LEARN, key=LEARN)


def _whom_to_ask(session: Session) -> tuple[str, dict[str, bool]]:
    """Return our union, and its peers with whether they are affiliates, through whom the way goes on."""
    peers: dict[str, bool] = {}
    for row in list_our_relations(session, AffiliationStatus.ACTIVE):
        peer = peer_uri_of(row)
        peers[peer] = peers.get(peer, False) or row.kind == AffiliationKind.AFFILIATE
    return our_union(session).uri, peers
