"""Proposing a relation to a union that is named by its address: offered, or accepted where it is offered."""

from datetime import datetime

from sqlalchemy.orm import Session

from fediunion.actors.domains import normalise_host
from fediunion.actors.models import Actor
from fediunion.actors.names import UNION_NAME
from fediunion.actors.remote import resolve_handle
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.union.affiliation.models import Affiliation, AffiliationKind, AffiliationStatus, Side
from fediunion.union.affiliation.queries import relations_with
from fediunion.union.affiliation.service.offers import accept_offer, offer_affiliation
from fediunion.world import World


async def find_union(world: World, address: str) -> Actor:
    """Return the union that a host, an address or NAME@HOST means, asked for where it is unknown.

    Raises Invalid for no host, else as `resolve_handle`.
    """
    handle = address.strip().removeprefix("@")
    if "@" not in handle or "://" in handle:
        handle = f"{UNION_NAME}@{normalise_host(handle)}"
    return await resolve_handle(world, handle)


def propose(
    session: Session,
    peer_id: int,
    kind: AffiliationKind,
    our_side: Side | None,
    *,
    by: str,
    label: str = "",
    since: datetime | None = None,
) -> Affiliation:
    """Accept what that union offers of this kind, or else offer it; return the relation.

    Without `our_side` an offer of theirs is accepted whichever side it gives us, and ours is made as the
    child. Raises Invalid where several offers of theirs may be meant, else as the services.
    """
    peer = session.get_one(Actor, peer_id)
    waiting = [
        row
        for row in relations_with(session, peer.host)
        if row.status == AffiliationStatus.OFFERED
        and row.offered_by != row.our_side
        and row.kind == kind
        and (not label or row.label == label)
        and (our_side in (None, row.our_side) or kind is AffiliationKind.BILATERAL)
    ]
    if len(waiting) > 1:
        raise Invalid(
            Sentence("Several offers of theirs may be meant: name the sector or region."), field="label"
        )
    if waiting:
        accept_offer(session, waiting[0], by=by)
        return waiting[0]
    return offer_affiliation(session, peer, kind, our_side or Side.CHILD, by=by, label=label, since=since)
