"""Unions and relations as rows: what others confirmed long ago."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.kit.ids import new_slug
from fediunion.union.affiliation.models import Affiliation, AffiliationKind, AffiliationStatus, Side
from fediunion.union.affiliation.service.trust import renew_trust
from tests.oauth.rig import BASE, Desk
from tests.social.builders import remote_actor

OURS = f"{BASE}/actors/union"


async def add_union(desk: Desk, host: str, name: str = "") -> str:
    """Store the union on a server; return its id."""

    def work(session: Session) -> str:
        actor = remote_actor(session, host, "union")
        actor.wire_type, actor.display_name = "Organization", name or host
        actor.url = f"https://{host}/"
        return actor.uri

    uri: str = await desk.db.write(work)
    return uri


async def tie(
    desk: Desk,
    child: str,
    parent: str,
    kind: AffiliationKind = AffiliationKind.AFFILIATE,
    **told: Any,
) -> int:
    """Store a relation, of ours or between others; return its number. `told` as `add_tie` takes it."""
    number: int = await desk.db.write(add_tie, child, parent, kind, ours=OURS, **told)
    return number


def add_tie(
    session: Session,
    child: str,
    parent: str,
    kind: AffiliationKind = AffiliationKind.AFFILIATE,
    *,
    ours: str,
    label: str = "",
    status: AffiliationStatus = AffiliationStatus.ACTIVE,
    offered_by: Side = Side.CHILD,
    year: int = 2010,
) -> int:
    """Store a relation at the union `ours`; return its number."""
    now, slug = now_of(session), new_slug()
    side = Side.CHILD if child == ours else Side.PARENT if parent == ours else None
    accepted = status is not AffiliationStatus.OFFERED
    row = Affiliation(
        child_uri=child,
        child_host=child.split("/")[2],
        parent_uri=parent,
        parent_host=parent.split("/")[2],
        kind=kind,
        label=label,
        status=status,
        our_side=side,
        offered_by=offered_by,
        uri=f"{child}/relations/{slug}",
        slug=slug if side else None,
        offer="{}",
        offer_uri=f"{child}/activities/{slug}",
        answer="{}" if accepted else None,
        answer_uri=f"{parent}/activities/{slug}" if accepted else None,
        since=datetime(year, 5, 1, tzinfo=UTC),
        child_suspends=status is AffiliationStatus.SUSPENDED,
        child_stated_at=None if side else now,
        parent_stated_at=None if side else now,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    renew_trust(session)
    return row.id
