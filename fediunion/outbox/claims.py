"""Leases on servers: which worker delivers to which server now, and what is due there."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from fediunion.actors.models import Instance, InstanceState
from fediunion.db import now_of
from fediunion.outbox.health import HostHealth
from fediunion.outbox.models import Delivery

LEASE_SECONDS: Final = 30.0
DUE_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Due:
    """One delivery that may go now. `attempts` and `not_found` are those before this try."""

    id: int
    activity_id: int
    actor_id: int
    inbox_url: str
    host: str
    attempts: int
    not_found: int
    expires_at: datetime

    @property
    def lane(self) -> tuple[int, str]:
        """Whose deliveries must keep their order."""
        return self.actor_id, self.inbox_url


@dataclass(frozen=True, slots=True)
class LeasedHost:
    """A server that this worker delivers to for now, and a portion of what is due there, in order."""

    host: str
    health: HostHealth
    due: tuple[Due, ...]


_earlier = aliased(Delivery)
_NOW = bindparam("now", type_=Delivery.next_attempt_at.type)
_COLUMNS = (
    Delivery.id,
    Delivery.activity_id,
    Delivery.actor_id,
    Delivery.inbox_url,
    Delivery.host,
    Delivery.attempts,
    Delivery.not_found,
    Delivery.expires_at,
)
_earlier_in_lane = and_(
    _earlier.inbox_url == Delivery.inbox_url,
    _earlier.actor_id == Delivery.actor_id,
    _earlier.activity_id < Delivery.activity_id,
    _earlier.finished_at.is_(None),
)
# A delivery waits while an earlier one of its lane is not due. Earlier ones that are due come before it
# in the same answer, which is in order.
_may_go_now = and_(
    Delivery.finished_at.is_(None),
    Delivery.next_attempt_at <= _NOW,
    ~select(_earlier.id)
    .where(_earlier_in_lane, _earlier.next_attempt_at > _NOW)
    .correlate(Delivery)
    .exists(),
)
_DUE_OF_HOST: Final = (
    select(*_COLUMNS)
    .where(Delivery.host == bindparam("host"), _may_go_now)
    .order_by(Delivery.activity_id, Delivery.id)
    .limit(DUE_AT_ONCE)
)
# Any delivery can be the probe; the one tried least is taken, so that a single inbox that always fails
# does not keep a server shut that is well otherwise.
_PROBE_OF_HOST: Final = (
    select(*_COLUMNS)
    .where(
        Delivery.host == bindparam("host"),
        Delivery.finished_at.is_(None),
        ~select(_earlier.id).where(_earlier_in_lane).exists(),
    )
    .order_by(Delivery.attempts, Delivery.activity_id, Delivery.id)
    .limit(1)
)
_UNFINISHED_OF_HOST: Final = (
    select(Delivery.id).where(Delivery.host == bindparam("host"), Delivery.finished_at.is_(None)).limit(1)
)
_due_there = select(Delivery.id).where(Delivery.host == Instance.host, _may_go_now).correlate(Instance)
_waiting_there = (
    select(Delivery.id)
    .where(Delivery.host == Instance.host, Delivery.finished_at.is_(None))
    .correlate(Instance)
)
_HOSTS_WITH_WORK: Final = (
    select(Instance)
    .where(
        # A lease further ahead than any can be was made before the clock was set back (L18).
        or_(
            Instance.leased_until.is_(None),
            Instance.leased_until <= _NOW,
            Instance.leased_until > bindparam("impossible", type_=Instance.leased_until.type),
        ),
        or_(Instance.next_attempt_at.is_(None), Instance.next_attempt_at <= _NOW),
        or_(
            _due_there.exists(),
            and_(Instance.state != InstanceState.OK, _waiting_there.exists()),
        ),
    )
    # The one served longest ago first: a large backlog does not keep others waiting.
    .order_by(Instance.failures, func.coalesce(Instance.leased_until, Instance.first_seen_at))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def claim_hosts(session: Session, token: str, most: int) -> list[LeasedHost]:
    """Lease up to `most` servers that have deliveries due, for `LEASE_SECONDS`; return them with those."""
    now = now_of(session)
    impossible = now + timedelta(seconds=2 * LEASE_SECONDS)
    instances = session.scalars(_HOSTS_WITH_WORK, {"now": now, "impossible": impossible, "most": most}).all()
    for instance in instances:
        instance.lease_token = token
        instance.leased_until = now + timedelta(seconds=LEASE_SECONDS)
    return [_leased(session, instance, now) for instance in instances]


def held_leases(session: Session, token: str, hosts: Collection[str]) -> dict[str, Instance]:
    """Return those of `hosts` whose lease is still ours, locked until the unit ends: the fence of L27."""
    rows = session.scalars(
        select(Instance)
        .where(Instance.host.in_(list(hosts)), Instance.lease_token == token)
        .order_by(Instance.id)
        .with_for_update()
    )
    return {row.host: row for row in rows}


def begin(session: Session, ids: Sequence[int]) -> set[int]:
    """Count a try for each delivery and return those that may be made: not withdrawn or dropped since."""
    if not ids:
        return set()
    begun = session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.finished_at.is_(None))
        .values(attempts=Delivery.attempts + 1)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return set(begun.scalars())


def renew(session: Session, token: str) -> frozenset[str]:
    """Extend all our leases; return the servers that are still ours."""
    renewed = session.execute(
        update(Instance)
        .where(Instance.lease_token == token)
        .values(leased_until=now_of(session) + timedelta(seconds=LEASE_SECONDS))
        .returning(Instance.host)
        .execution_options(synchronize_session=False)
    )
    return frozenset(renewed.scalars())


def release(session: Session, instances: Iterable[Instance]) -> None:
    """Give the leases back; `leased_until` stays as the moment when the server was served last.

    A server that was failing, and for which nothing waits any more, is wholly well again.
    """
    for instance in instances:
        instance.lease_token = None
        instance.leased_until = now_of(session)
        if health_of(instance).drains and not session.scalar(_UNFINISHED_OF_HOST, {"host": instance.host}):
            instance.failing_since = None


def health_of(instance: Instance) -> HostHealth:
    """Return what the row says about the server's health."""
    return HostHealth(
        instance.state,
        instance.failures,
        instance.failing_since,
        instance.next_attempt_at,
        instance.last_error,
    )


def _leased(session: Session, instance: Instance, now: datetime) -> LeasedHost:
    health = health_of(instance)
    if health.is_open:
        rows = session.execute(_PROBE_OF_HOST, {"host": instance.host})
    else:
        rows = session.execute(_DUE_OF_HOST, {"host": instance.host, "now": now})
    return LeasedHost(
        host=instance.host,
        health=health,
        due=tuple(Due(*row) for row in rows),
    )
