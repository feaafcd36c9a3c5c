"""Leases on servers: which worker delivers to which server now, and what is due there."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import CompoundSelect, Select, and_, bindparam, func, or_, select, union_all, update
from sqlalchemy.orm import Session, aliased

from fediunion.actors.models import Instance, InstanceState
from fediunion.db import now_of
from fediunion.db.prepared import change_rows, select_rows, update_rows
from fediunion.outbox.health import HostHealth
from fediunion.outbox.models import Delivery
from fediunion.outbox.order import MAY_GO_NOW, MAY_PROBE, NOW

LEASE_SECONDS: Final = 30.0
DUE_AT_ONCE: Final = 50

_HOSTS_TOGETHER: Final = 16


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
    """A server that this worker delivers to for now, and a portion of what is due there, in order.

    `was_well` says that it was asked for as one that took something lately.
    """

    host: str
    health: HostHealth
    due: tuple[Due, ...]
    was_well: bool = False


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


def _due_of(slot: int) -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS)
        .where(Delivery.host == bindparam(f"host_{slot}"), MAY_GO_NOW)
        .order_by(Delivery.activity_id, Delivery.id)
        .limit(DUE_AT_ONCE)
    )


def _probe_of(slot: int) -> Select[*tuple[Any, ...]]:
    # The one tried least is taken, so that a single inbox that always fails does not keep a server shut
    # that is well otherwise.
    return (
        select(*_COLUMNS)
        .where(Delivery.host == bindparam(f"host_{slot}"), MAY_PROBE)
        .order_by(Delivery.attempts, Delivery.activity_id, Delivery.id)
        .limit(1)
    )


def _for_many(of_slot: Callable[[int], Select[*tuple[Any, ...]]]) -> CompoundSelect[*tuple[Any, ...]]:
    """Return one statement for several servers: asking for each alone costs more than finding its rows."""
    return union_all(*(select(of_slot(slot).subquery()) for slot in range(_HOSTS_TOGETHER)))


_DUE: Final = _for_many(_due_of)
_PROBES: Final = _for_many(_probe_of)
_UNFINISHED_OF_HOST: Final = (
    select(Delivery.id).where(Delivery.host == bindparam("host"), Delivery.finished_at.is_(None)).limit(1)
)
_due_there = select(Delivery.id).where(Delivery.host == Instance.host, MAY_GO_NOW).correlate(Instance)
_probe_there = select(Delivery.id).where(Delivery.host == Instance.host, MAY_PROBE).correlate(Instance)
_INSTANCE: Final = (
    Instance.host,
    Instance.last_success_at,
    Instance.state,
    Instance.failures,
    Instance.failing_since,
    Instance.next_attempt_at,
    Instance.last_error,
)
_unfinished = aliased(Delivery)
_first_host = select(func.min(_unfinished.host).label("host")).where(_unfinished.finished_at.is_(None))
_waited_for = _first_host.cte("waited_for", recursive=True)
# From one server to the next in the index: what is read grows neither with all servers that are known nor
# with what waits for each.
_next_host = _first_host.where(_unfinished.host > _waited_for.c.host).scalar_subquery()
_waited_for = _waited_for.union_all(select(_next_host).where(_waited_for.c.host.is_not(None)))
_WELL_SINCE = bindparam("well_since", type_=Instance.last_success_at.type)
_HOSTS_WITH_WORK: Final = (
    select(*_INSTANCE)
    .where(
        Instance.host.in_(select(_waited_for.c.host).where(_waited_for.c.host.is_not(None))),
        # A lease further ahead than any can be was made before the clock was set back (L18).
        or_(
            Instance.leased_until.is_(None),
            Instance.leased_until <= NOW,
            Instance.leased_until > bindparam("impossible", type_=Instance.leased_until.type),
        ),
        or_(Instance.next_attempt_at.is_(None), Instance.next_attempt_at <= NOW),
        or_(
            and_(Instance.state == InstanceState.OK, _due_there.exists()),
            and_(Instance.state != InstanceState.OK, _probe_there.exists()),
        ),
        # While we seem to be cut off, some places are for those of which we know that they were well.
        or_(
            _WELL_SINCE.is_(None),
            and_(
                Instance.failures == 0,
                Instance.last_error.is_(None),
                Instance.last_success_at >= _WELL_SINCE,
            ),
        ),
    )
    # The one served longest ago first: a large backlog does not keep others waiting.
    .order_by(Instance.failures, func.coalesce(Instance.leased_until, Instance.first_seen_at))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_HELD: Final = (
    select(*_INSTANCE)
    .where(Instance.host.in_(bindparam("hosts", expanding=True)), Instance.lease_token == bindparam("token"))
    .order_by(Instance.id)
    .with_for_update()
)
_LEASE: Final = (
    update(Instance)
    .where(Instance.host.in_(bindparam("hosts", expanding=True)))
    .values(
        lease_token=bindparam("new_token"),
        leased_until=bindparam("until", type_=Instance.leased_until.type),
    )
    .execution_options(synchronize_session=False)
)
_BEGIN: Final = (
    update(Delivery)
    .where(Delivery.id.in_(bindparam("ids", expanding=True)), Delivery.finished_at.is_(None))
    .values(attempts=Delivery.attempts + 1)
    .returning(Delivery.id)
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True, slots=True)
class HeldHost:
    """A server whose lease is ours, as its row was when the unit of work began."""

    host: str
    last_success_at: datetime | None
    health: HostHealth


def claim_hosts(
    session: Session, token: str, most: int, well_since: datetime | None = None
) -> list[LeasedHost]:
    """Lease up to `most` servers that have deliveries due, for `LEASE_SECONDS`; return them with those.

    With `well_since` only such as took something since then, and showed no trouble after it.
    """
    now = now_of(session)
    asked = {"now": now, "impossible": now + timedelta(seconds=2 * LEASE_SECONDS), "most": most}
    rows = select_rows(session, _HOSTS_WITH_WORK, {**asked, "well_since": well_since})
    found = [_held_host(row) for row in rows]
    if not found:
        return []
    until = now + timedelta(seconds=LEASE_SECONDS)
    change_rows(session, _LEASE, {"hosts": [each.host for each in found], "new_token": token, "until": until})
    due = _rows_by_host(session, _DUE, [each.host for each in found if not each.health.is_open], now)
    due |= _rows_by_host(session, _PROBES, [each.host for each in found if each.health.is_open], now)
    was_well = well_since is not None
    return [LeasedHost(each.host, each.health, tuple(due.get(each.host, ())), was_well) for each in found]


def held_leases(session: Session, token: str, hosts: Collection[str]) -> dict[str, HeldHost]:
    """Return those of `hosts` whose lease is still ours, locked until the unit ends: the fence of L27."""
    rows = select_rows(session, _HELD, {"hosts": list(hosts), "token": token})
    return {row[0]: _held_host(row) for row in rows}


def begin(session: Session, ids: Sequence[int]) -> set[int]:
    """Count a try for each delivery and return those that may be made: not withdrawn or dropped since."""
    return {row[0] for row in update_rows(session, _BEGIN, {"ids": list(ids)})} if ids else set()


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


def release(session: Session, hosts: Sequence[str], drained: Sequence[str]) -> None:
    """Give the leases of `hosts` back; `leased_until` stays as the moment when they were served last.

    Those of `drained` for which nothing waits any more are wholly well again.
    """
    if hosts:
        change_rows(session, _LEASE, {"hosts": list(hosts), "new_token": None, "until": now_of(session)})
    for host in drained:
        if not session.scalar(_UNFINISHED_OF_HOST, {"host": host}):
            session.execute(
                update(Instance)
                .where(Instance.host == host)
                .values(failing_since=None)
                .execution_options(synchronize_session=False)
            )


def _held_host(row: Sequence[Any]) -> HeldHost:
    return HeldHost(row[0], row[1], HostHealth(*row[2:]))


def _rows_by_host(
    session: Session, statement: CompoundSelect[*tuple[Any, ...]], hosts: Sequence[str], now: datetime
) -> dict[str, list[Due]]:
    found: dict[str, list[Due]] = {}
    for start in range(0, len(hosts), _HOSTS_TOGETHER):
        together = hosts[start : start + _HOSTS_TOGETHER]
        named = dict.fromkeys((f"host_{slot}" for slot in range(_HOSTS_TOGETHER)), "")
        named |= {f"host_{slot}": host for slot, host in enumerate(together)}
        for row in select_rows(session, statement, {**named, "now": now}):
            due = Due(*row)
            found.setdefault(due.host, []).append(due)
    for each in found.values():
        each.sort(key=lambda due: (due.activity_id, due.id))
    return found
