"""Reads that only the client interface asks: the servers that are known."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Instance


def list_peers(session: Session) -> Sequence[str]:
    """Return the servers that are known, by name."""
    return session.scalars(select(Instance.host).order_by(Instance.host)).all()


def count_peers(session: Session) -> int:
    """Return how many servers are known."""
    return session.scalar(select(func.count()).select_from(Instance)) or 0
