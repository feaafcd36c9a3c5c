"""Reading the queue of deliveries and the health of other servers, for operators and metrics."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from fediunion.actors.domains import is_blocked
from fediunion.actors.models import Actor, DomainAction, DomainRule, Instance, InstanceState
from fediunion.db import now_of
from fediunion.kit.clock import format_instant
from fediunion.kit.json import JsonObject
from fediunion.outbox.models import Delivery, DeliveryState, OutboxActivity

_IS_HELD: ColumnElement[bool] = and_(
    Delivery.state == DeliveryState.PENDING, Instance.state == InstanceState.HELD
)
_later = aliased(OutboxActivity)
# What was deleted or undone since is found by the activity about it.
_WITHDRAWN: ColumnElement[bool] = (
    select(_later.id)
    .where(
        _later.object_uri.in_((OutboxActivity.object_uri, OutboxActivity.uri)),
        _later.actor_id == OutboxActivity.actor_id,
        _later.activity_type.in_(("Delete", "Undo")),
        _later.id > OutboxActivity.id,
    )
    .exists()
)


def list_deliveries(
    session: Session,
    *,
    state: DeliveryState | None = None,
    host: str | None = None,
    limit: int = 100,
    before_id: int | None = None,
) -> list[JsonObject]:
    """Return deliveries as `fediunion deliveries list --json` prints them, the newest first.

    `[{"id","activity","inbox","host","state","attempts","next_attempt_at","last_error"}]`; `state` is
    "pending", "held", "dead" or "delivered". Withdrawn ones are shown only when asked for.
    """
    wanted: list[ColumnElement[bool]] = []
    if state is DeliveryState.HELD:
        wanted.append(_IS_HELD)
    elif state is DeliveryState.PENDING:
        wanted += [Delivery.state == state, func.coalesce(Instance.state, "") != InstanceState.HELD]
    elif state is not None:
        wanted.append(Delivery.state == state)
    else:
        wanted.append(Delivery.state != DeliveryState.WITHDRAWN)
    if host is not None:
        wanted.append(Delivery.host == host.lower())
    if before_id is not None:
        wanted.append(Delivery.id < before_id)
    rows = session.execute(
        select(Delivery, OutboxActivity.uri, Instance)
        .join(OutboxActivity, OutboxActivity.id == Delivery.activity_id)
        .outerjoin(Instance, Instance.host == Delivery.host)
        .where(*wanted)
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    return [_delivery_row(delivery, uri, instance) for delivery, uri, instance in rows]


def list_peers(session: Session, *, host: str | None = None) -> list[JsonObject]:
    """Return the servers we know as `fediunion peers list --json` prints them, by host, or just that one.

    `[{"host","software","state","last_success_at","last_error","pending","trust"}]`; `state` is "ok",
    "failing", "held" or "blocked". `trust` has "allowed" where a rule says so.
    """
    pending = (
        select(Delivery.host, func.count().label("pending"))
        .where(Delivery.finished_at.is_(None))
        .group_by(Delivery.host)
        .subquery()
    )
    rows = session.execute(
        select(Instance, func.coalesce(pending.c.pending, 0))
        .outerjoin(pending, pending.c.host == Instance.host)
        .where(*([] if host is None else [Instance.host == host]))
        .order_by(Instance.host)
    ).all()
    rules = {
        rule.host: DomainAction(rule.action)
        for rule in session.scalars(select(DomainRule))
        if host is None or rule.host == host
    }
    peers = [
        _peer_row(session, instance, int(count), rules.pop(instance.host, None)) for instance, count in rows
    ]
    peers += [_rule_row(name, action) for name, action in rules.items()]
    return sorted(peers, key=lambda peer: str(peer["host"]))


def count_deliveries(session: Session) -> dict[str, int]:
    """Return how many deliveries are in each state, with "held" told apart from "pending"."""
    counted = session.execute(select(Delivery.state, func.count().label("number")).group_by(Delivery.state))
    counts = {state.value: 0 for state in DeliveryState} | {row.state: int(row.number) for row in counted}
    held = session.scalar(
        select(func.count())
        .select_from(Delivery)
        .join(Instance, Instance.host == Delivery.host)
        .where(_IS_HELD)
    )
    counts[DeliveryState.HELD] = held or 0
    counts[DeliveryState.PENDING] -= held or 0
    return counts


def oldest_due_seconds(session: Session) -> float:
    """Return how long the delivery that is due longest has waited for a server that is well; 0 for none."""
    oldest = session.scalar(
        select(func.min(Delivery.next_attempt_at))
        .join(Instance, Instance.host == Delivery.host)
        .where(Delivery.finished_at.is_(None), Instance.state == InstanceState.OK)
    )
    return max((now_of(session) - oldest).total_seconds(), 0.0) if oldest is not None else 0.0


def is_sent_here(session: Session, uri: str) -> bool:
    """Return whether an activity of one of ours has the id `uri`, whoever may read it."""
    return session.scalar(select(OutboxActivity.id).where(OutboxActivity.uri == uri)) is not None


def find_public_activity(session: Session, actor: Actor, uri: str) -> OutboxActivity | None:
    """Return the public activity of `actor` with that id, unless deleted or undone since; or None."""
    return session.scalar(
        select(OutboxActivity).where(
            OutboxActivity.uri == uri,
            OutboxActivity.actor_id == actor.id,
            OutboxActivity.public.is_(True),
            ~_WITHDRAWN,
        )
    )


def count_listed(session: Session, actor_id: int) -> int:
    """Return how many activities the outbox collection of an actor holds."""
    count = session.scalar(select(func.count()).select_from(OutboxActivity).where(*_listed(actor_id)))
    return count or 0


def list_listed(
    session: Session, actor_id: int, *, before_id: int | None, limit: int
) -> Sequence[OutboxActivity]:
    """Return the activities of an outbox collection, the newest first, those older than `before_id`."""
    older = [] if before_id is None else [OutboxActivity.id < before_id]
    statement = select(OutboxActivity).where(*_listed(actor_id), *older)
    return session.scalars(statement.order_by(OutboxActivity.id.desc()).limit(limit)).all()


def _listed(actor_id: int) -> list[ColumnElement[bool]]:
    return [
        OutboxActivity.actor_id == actor_id,
        OutboxActivity.public.is_(True),
        OutboxActivity.activity_type.in_(("Create", "Announce")),
        ~_WITHDRAWN,
    ]


def _delivery_row(delivery: Delivery, uri: str, instance: Instance | None) -> JsonObject:
    held = (
        delivery.state == DeliveryState.PENDING
        and instance is not None
        and instance.state == InstanceState.HELD
    )
    next_at: datetime | None = delivery.next_attempt_at if delivery.finished_at is None else None
    if next_at is not None and instance is not None and instance.next_attempt_at is not None:
        next_at = max(next_at, instance.next_attempt_at)
    return {
        "id": str(delivery.id),
        "activity": uri,
        "inbox": delivery.inbox_url,
        "host": delivery.host,
        "state": DeliveryState.HELD.value if held else str(delivery.state),
        "attempts": delivery.attempts,
        "next_attempt_at": None if next_at is None else format_instant(next_at),
        "last_error": delivery.last_error,
    }


def _peer_row(session: Session, instance: Instance, pending: int, action: DomainAction | None) -> JsonObject:
    last = instance.last_success_at
    return {
        "host": instance.host,
        "software": instance.software,
        "state": "blocked" if is_blocked(session, instance.host) else str(instance.state),
        "last_success_at": None if last is None else format_instant(last),
        "last_error": instance.last_error,
        "pending": pending,
        "trust": _trust(action),
    }


def _rule_row(host: str, action: DomainAction) -> JsonObject:
    """Return the row of a server that is known by a decision alone."""
    return {
        "host": host,
        "software": None,
        "state": "blocked" if action is DomainAction.BLOCK else InstanceState.OK.value,
        "last_success_at": None,
        "last_error": None,
        "pending": 0,
        "trust": _trust(action),
    }


def _trust(action: DomainAction | None) -> list[str]:
    return ["allowed"] if action is DomainAction.ALLOW else []
