"""How far a member read its timelines: the same mark for its apps and its pages."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.social.timelines.models import TimelineMarker

HOME = "home"
NOTIFICATIONS = "notifications"


def find_markers(session: Session, actor_id: int, timelines: Sequence[str]) -> Sequence[TimelineMarker]:
    """Return how far a member read the named timelines."""
    return session.scalars(
        select(TimelineMarker).where(
            TimelineMarker.actor_id == actor_id, TimelineMarker.timeline.in_(timelines)
        )
    ).all()


def last_read(session: Session, actor_id: int, timeline: str) -> int | None:
    """Return the id up to which a member read a timeline, None for one never marked."""
    found = find_markers(session, actor_id, [timeline])
    return found[0].last_read_id if found else None


def mark_read_until(session: Session, actor_id: int, read: Mapping[str, int]) -> Mapping[str, TimelineMarker]:
    """Note by timeline up to which id a member read; return the marks."""
    rows = {row.timeline: row for row in find_markers(session, actor_id, list(read))}
    for name, last_read_id in read.items():
        row = rows.get(name)
        if row is None:
            row = rows[name] = TimelineMarker(actor_id=actor_id, timeline=name, version=0)
            session.add(row)
        row.last_read_id, row.updated_at = last_read_id, now_of(session)
        row.version += 1
    return rows
