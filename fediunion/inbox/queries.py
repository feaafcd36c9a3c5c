"""Reads: what waits to be processed, and what operators want to know about the inbox."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Instance, InstanceState
from fediunion.db.known_uris import TOMBSTONE, KnownUri
from fediunion.inbox.models import InboxActivity, InboxRejection
from fediunion.jobs.models import Job, JobState


@dataclass(frozen=True, slots=True)
class ReceivedActivity:
    """A stored activity that waits; see InboxActivity for what its parts mean."""

    id: int
    uri: str
    sender_uri: str
    actor_uri: str
    object_uri: str | None
    activity_type: str
    body: str | None
    believed: bool
    received_at: datetime
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KnownThings:
    """What the database knew of some ids: the actors that are there, and what kind of thing an id names."""

    actors: frozenset[str]
    kinds: dict[str, str]


_WAITING = select(
    InboxActivity.id,
    InboxActivity.uri,
    InboxActivity.sender_uri,
    InboxActivity.actor_uri,
    InboxActivity.object_uri,
    InboxActivity.activity_type,
    InboxActivity.body,
    InboxActivity.believed,
    InboxActivity.received_at,
    InboxActivity.signed_at,
).where(InboxActivity.processed_at.is_(None))


def list_silent(session: Session, hosts: Iterable[str]) -> Sequence[str]:
    """Return those of `hosts` that did not answer us lately."""
    return session.scalars(
        select(Instance.host).where(Instance.host.in_(list(hosts)), Instance.state != InstanceState.OK)
    ).all()


def list_waiting(session: Session, ids: Sequence[int]) -> tuple[list[ReceivedActivity], KnownThings]:
    """Return those of `ids` that wait, the oldest first, and what is known of their actors and objects."""
    rows = session.execute(_WAITING.where(InboxActivity.id.in_(ids)).order_by(InboxActivity.id))
    waiting = [ReceivedActivity(**row) for row in rows.mappings()]
    uris = {each.actor_uri for each in waiting} | {each.object_uri for each in waiting if each.object_uri}
    return waiting, list_known(session, uris)


def list_sizes(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Return how many characters each of `ids` that waits has."""
    sizes = select(InboxActivity.id, func.length(InboxActivity.body)).where(InboxActivity.id.in_(ids))
    rows = session.execute(sizes.where(InboxActivity.processed_at.is_(None)))
    return {row: size or 0 for row, size in rows}


def list_behind(session: Session, ends: Sequence[ReceivedActivity], beside: Sequence[int]) -> set[int]:
    """Return the ids of those of `ends` whose actor did something to the same object before that still waits.

    What is among `beside` does not count: that is processed together with them, in order.
    """
    pairs = {(each.actor_uri, each.object_uri) for each in ends if each.object_uri is not None}
    if not pairs:
        return set()
    # Not one by one: an actor may have thousands waiting, and hundreds that come after them.
    waiting = select(InboxActivity.actor_uri, InboxActivity.object_uri, func.min(InboxActivity.id)).where(
        InboxActivity.processed_at.is_(None),
        InboxActivity.actor_uri.in_({actor_uri for actor_uri, _ in pairs}),
        InboxActivity.object_uri.in_({object_uri for _, object_uri in pairs}),
        InboxActivity.id.not_in(beside),
    )
    rows = session.execute(waiting.group_by(InboxActivity.actor_uri, InboxActivity.object_uri))
    first = {(actor_uri, object_uri): row for actor_uri, object_uri, row in rows}
    return {each.id for each in ends if first.get((each.actor_uri, each.object_uri), each.id) < each.id}


def list_known(session: Session, uris: Iterable[str]) -> KnownThings:
    """Return what is known of `uris`; nothing of an id that somebody merely said to be gone (row A39)."""
    wanted = list(dict.fromkeys(uris))
    if not wanted:
        return KnownThings(frozenset(), {})
    holds = or_(KnownUri.kind != TOMBSTONE, KnownUri.row_id.is_(None))
    found = session.execute(select(KnownUri.uri, KnownUri.kind).where(KnownUri.uri.in_(wanted), holds))
    actors = session.scalars(select(Actor.uri).where(Actor.uri.in_(wanted)))
    return KnownThings(frozenset(actors), {row.uri: row.kind for row in found})


def lock_waiting(session: Session, ids: Sequence[int]) -> set[int]:
    """Return those of `ids` that still wait, locked until the end of the unit: nobody else processes them."""
    waiting = select(InboxActivity.id).where(InboxActivity.id.in_(ids), InboxActivity.processed_at.is_(None))
    return set(session.scalars(waiting.order_by(InboxActivity.id).with_for_update()))


def list_suspects(session: Session, kind: str) -> list[dict[str, Any]]:
    """Return the payloads of jobs of `kind` that run again after a process died over them."""
    return list(
        session.scalars(
            select(Job.payload).where(Job.kind == kind, Job.state == JobState.RUNNING, Job.crashes > 0)
        )
    )


@dataclass(frozen=True)
class RejectionCount:
    """How many deliveries of `host` were refused for `reason` on `day`."""

    day: date
    reason: str
    host: str
    count: int


def list_rejections(session: Session, since: date) -> list[RejectionCount]:
    """Return what was refused since a day, the newest day and the most frequent first."""
    rows = session.execute(
        select(InboxRejection.day, InboxRejection.reason, InboxRejection.host, InboxRejection.count)
        .where(InboxRejection.day >= since)
        .order_by(InboxRejection.day.desc(), InboxRejection.count.desc(), InboxRejection.host)
    )
    return [RejectionCount(*row) for row in rows]


def list_inbox_activities(
    session: Session, *, outcome_prefix: str = "", limit: int = 50
) -> list[InboxActivity]:
    """Return what came in, the newest first; only outcomes that begin with `outcome_prefix`, if given."""
    wanted = select(InboxActivity).order_by(InboxActivity.id.desc()).limit(limit)
    if outcome_prefix:
        wanted = wanted.where(InboxActivity.outcome.startswith(outcome_prefix, autoescape=True))
    return list(session.scalars(wanted))
