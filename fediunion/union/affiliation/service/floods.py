"""How many offers wait for an answer: anybody can call an actor a union and offer as often as they like."""

from datetime import timedelta
from typing import Final

import orjson
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.kit.errors import Refused
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import owner_domain
from fediunion.union.affiliation.models import Affiliation, AffiliationStatus, Side
from fediunion.union.affiliation.queries import our_union, trust_by_host

MOST_FROM_DOMAIN: Final = 10
MOST_FROM_STRANGERS: Final = 100
LARGEST_ACT: Final = 32_768
"""Bytes of an Offer or Accept: both are kept for as long as the relation, with their proofs."""
HELD_AGAINST_FOR: Final = timedelta(days=1)
"""So long an offer that is over is counted still: what is taken back makes no room for the next."""


def check_size(act: JsonObject) -> None:
    """Raise Refused ("too-large") for an act that nobody needs to be so large."""
    if len(orjson.dumps(act)) > LARGEST_ACT:
        raise Refused("is too large to be kept", reason="too-large")


def check_room(session: Session, sender: Actor) -> None:
    """Raise Refused ("too-many-offers") where no more offers are taken from the domain, or from strangers.

    Whom an officer let share something with us, and our own domain, have no limit.
    """
    trusted, own = trust_by_host(session), owner_domain(our_union(session).host)
    domain = owner_domain(sender.host)
    if domain == own or trusted.get(sender.host):
        return
    domains = [owner_domain(host) for host in _offerers(session) if not trusted.get(host)]
    if domains.count(domain) >= MOST_FROM_DOMAIN or len(domains) >= MOST_FROM_STRANGERS:
        raise Refused("offers more than anybody could answer", reason="too-many-offers")


def _offerers(session: Session) -> list[str]:
    """Return the host of each offer to us that waits, or that is over and never was in force, of a day."""
    rows = session.execute(
        select(Affiliation.our_side, Affiliation.child_host, Affiliation.parent_host).where(
            Affiliation.our_side.is_not(None),
            Affiliation.offered_by != Affiliation.our_side,
            Affiliation.answer.is_(None),
            or_(
                Affiliation.status == AffiliationStatus.OFFERED,
                Affiliation.updated_at > now_of(session) - HELD_AGAINST_FOR,
            ),
        )
    )
    return [parent if ours == Side.CHILD else child for ours, child, parent in rows]
