"""Reads: what unions state of a call."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from fediunion.union.campaigns.models import CampaignCall, CoSponsor, CountKind, SponsorState, UnionCount


def counting(call: CampaignCall, kind: CountKind) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for statements that count: by unions that carry the call now."""
    carries = exists().where(
        CoSponsor.call_uri == call.uri,
        CoSponsor.union_uri == UnionCount.union_uri,
        CoSponsor.state == SponsorState.ACCEPTED,
    )
    return (UnionCount.call_id == call.id, UnionCount.kind == kind.value, carries)


def list_counts(session: Session, call: CampaignCall, kind: CountKind) -> Sequence[UnionCount]:
    """Return what each union that carries a call states of it and may be told on, by server."""
    told = (*counting(call, kind), UnionCount.number > 0)
    return session.scalars(select(UnionCount).where(*told).order_by(UnionCount.host)).all()


def find_count(session: Session, call: CampaignCall, host: str, kind: CountKind) -> UnionCount | None:
    """Return what the union on a server stated last of a call, or None."""
    return session.scalar(
        select(UnionCount).where(
            UnionCount.call_id == call.id, UnionCount.host == host, UnionCount.kind == kind.value
        )
    )
