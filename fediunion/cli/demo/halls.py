"""The network of the three unions and their vacancies: relations, and the sample notices as if of today."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import find_local_actor
from fediunion.actors.remote import resolve_handle
from fediunion.kit.clock import parse_instant
from fediunion.union.affiliation.models import AffiliationKind, AffiliationStatus, Side, Trust
from fediunion.union.affiliation.queries import relations_with, trust_of
from fediunion.union.affiliation.service import offers
from fediunion.union.vacancies.importing.running import import_file
from fediunion.union.vacancies.importing.taking import Wishes
from fediunion.world import World

BY: Final = "demo"
_DATES: Final = ("datePosted", "validThrough", "jobStartDate")


async def offer(child: World, parent: World, kind: str, since: datetime) -> None:
    """Let one union offer another that it be affiliated to it, as it has been for long."""
    peer = await resolve_handle(child, f"union@{parent.settings.handle_domain}")

    def write(session: Session) -> None:
        union = session.get_one(Actor, peer.id)
        offers.offer_affiliation(session, union, AffiliationKind(kind), Side.CHILD, by=BY, since=since)

    await child.db.write(write)


async def accept(child: World, parent: World) -> bool:
    """Let the parent accept what a child offered, as soon as it has come; return whether it is in force."""

    def write(session: Session) -> bool:
        found = relations_with(session, child.settings.handle_domain)
        for row in found:
            if row.status == AffiliationStatus.OFFERED:
                offers.accept_offer(session, row, by=BY)
        return any(row.status == AffiliationStatus.ACTIVE for row in found)

    return await parent.db.write(write)


async def shares_vacancies(world: World, peer: World) -> bool:
    """Return whether a union takes vacancies of another."""

    def read(session: Session) -> bool:
        return Trust.VACANCIES in trust_of(session, peer.settings.handle_domain)

    return await world.db.read(read)


async def publish(world: World, board: str, postings: Sequence[Mapping[str, Any]]) -> None:
    """Publish sample vacancies on a board; what cannot be published is left out, as in any import."""

    def find(session: Session) -> int:
        actor = find_local_actor(session, board)
        assert actor is not None
        return actor.id

    content = json.dumps(postings).encode()
    wishes = Wishes(by=BY, publishes=True, confirms=True)
    async for _ in import_file(world, content, await world.db.read(find), wishes):
        pass


def moved(
    posting: Mapping[str, Any], as_of: str, now: datetime, dates: Sequence[str] = _DATES
) -> dict[str, Any]:
    """Return a sample as if it were of today: all its `dates` moved by as many days."""
    sampled = parse_instant(as_of)
    assert sampled is not None
    days = timedelta(days=(now - sampled).days)
    dated = {name: _moved(posting[name], days) for name in dates if name in posting}
    return {**posting, **dated}


def _moved(text: str, days: timedelta) -> str:
    if "T" in text:
        return (datetime.fromisoformat(text) + days).isoformat()
    return (datetime.fromisoformat(text) + days).date().isoformat()
