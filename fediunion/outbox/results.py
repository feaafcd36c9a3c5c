"""Writing down how tries ended: many in one unit of work, and only while the server's lease is still ours."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, bindparam, or_, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Instance
from fediunion.db import now_of
from fediunion.db.prepared import change_rows
from fediunion.jobs.queue import enqueue
from fediunion.kit.text import storable
from fediunion.outbox import claims
from fediunion.outbox.claims import Due, HeldHost, LeasedHost
from fediunion.outbox.health import HostHealth, health_after
from fediunion.outbox.models import Delivery, DeliveryState
from fediunion.outbox.schedule import Schedule
from fediunion.outbox.verdicts import HostSign, Outcome, Verdict

CONFIRM_GONE: Final = "outbox.confirm_gone"

_LONGEST_ERROR: Final = 500
_WELL_LATELY: Final = timedelta(days=1)
_SUCCESS_NOTED_EVERY: Final = timedelta(minutes=1)
_AS_GOOD_AS_ALL: Final = timedelta(days=1)
_NOT_TRIED_AGAIN: Final = "given up after the last try: "


@dataclass(frozen=True, slots=True)
class Result:
    """How one try of a delivery ended."""

    due: Due
    verdict: Verdict


@dataclass(frozen=True)
class Turn:
    """What the worker wants written: results, tries to begin, leases to give back, how many to take.

    `most_well_hosts` are places beside `most_new_hosts`, for such as were well lately.
    """

    results: Sequence[Result]
    beginning: Sequence[Due]
    finished_hosts: Collection[str]
    most_new_hosts: int
    renews: bool = False
    most_well_hosts: int = 0


@dataclass(frozen=True)
class TurnTaken:
    """What was written: deliveries that may be tried now, servers lost to another worker or newly leased.

    `renewed` are those whose lease was extended, where that was asked. `health` is that of each server
    with a result, after it.
    """

    begun: frozenset[int]
    lost_hosts: frozenset[str]
    renewed: frozenset[str]
    leased: Sequence[LeasedHost]
    health: dict[str, HostHealth]


def turn_taker(schedule: Schedule, token: str) -> Callable[[Session, Turn], TurnTaken]:
    """Return the unit of work that does one `Turn` for the worker with `token`."""

    def take_turn(session: Session, turn: Turn) -> TurnTaken:
        named = {result.due.host for result in turn.results}
        named |= {due.host for due in turn.beginning} | set(turn.finished_hosts)
        held = claims.held_leases(session, token, named) if named else {}
        health = _record(session, [r for r in turn.results if r.due.host in held], held, schedule)
        begun = claims.begin(session, [due.id for due in turn.beginning if due.host in held])
        finished = [host for host in turn.finished_hosts if host in held]
        claims.release(session, finished, [host for host in finished if health[host].drains])
        renewed: frozenset[str] = claims.renew(session, token) if turn.renews else frozenset()
        return TurnTaken(
            begun=frozenset(begun),
            lost_hosts=frozenset(named - held.keys()),
            renewed=renewed,
            leased=_lease(session, token, turn),
            health=health,
        )

    return take_turn


def _lease(session: Session, token: str, turn: Turn) -> list[LeasedHost]:
    leased: list[LeasedHost] = []
    if turn.most_well_hosts:
        since = now_of(session) - _WELL_LATELY
        leased += claims.claim_hosts(session, token, turn.most_well_hosts, since)
    if turn.most_new_hosts:
        leased += claims.claim_hosts(session, token, turn.most_new_hosts)
    return leased


_RETRIED: Final = (
    update(Delivery)
    .where(Delivery.id == bindparam("b_id"), Delivery.finished_at.is_(None))
    .values(
        state=bindparam("b_state"),
        attempts=bindparam("b_attempts"),
        next_attempt_at=bindparam("b_next"),
        not_found=bindparam("b_not_found"),
        last_status=bindparam("b_status"),
        last_error=bindparam("b_error"),
        finished_at=bindparam("b_finished"),
    )
)


_DELIVERED: Final = (
    update(Delivery)
    .where(Delivery.id.in_(bindparam("ids", expanding=True)), Delivery.finished_at.is_(None))
    .values(
        state=DeliveryState.DELIVERED,
        finished_at=bindparam("at", type_=Delivery.finished_at.type),
        last_status=bindparam("status"),
        last_error=None,
    )
    .execution_options(synchronize_session=False)
)
_SUCCEEDED: Final = (
    update(Instance)
    .where(Instance.host.in_(bindparam("hosts", expanding=True)))
    .values(last_success_at=bindparam("at", type_=Instance.last_success_at.type))
    .execution_options(synchronize_session=False)
)


def _record(
    session: Session, results: Sequence[Result], held: Mapping[str, HeldHost], schedule: Schedule
) -> dict[str, HostHealth]:
    """Write down deliveries and servers; return the health of each held server afterwards."""
    now = now_of(session)
    delivered: dict[int, list[int]] = defaultdict(list)
    changed: list[dict[str, Any]] = []
    health = {host: each.health for host, each in held.items()}
    for result in results:
        due, verdict = result.due, result.verdict
        if verdict.outcome is Outcome.DELIVERED:
            delivered[verdict.status or 200].append(due.id)
        else:
            changed.append(row := _unfinished_or_dead(result, now, schedule))
            is_missing = verdict.outcome is Outcome.NOT_FOUND and row["b_finished"] is not None
            if verdict.outcome is Outcome.GONE or is_missing:
                enqueue(session, CONFIRM_GONE, key=f"{CONFIRM_GONE}:{due.inbox_url}", inbox=due.inbox_url)
        health[due.host] = health_after(health[due.host], verdict, now, schedule)
    for status, ids in delivered.items():
        change_rows(session, _DELIVERED, {"ids": ids, "at": now, "status": status})
    if changed:
        session.connection().execute(_RETRIED, changed)
    _note_successes(session, results, held, now)
    for host, after in health.items():
        if after != held[host].health:
            _note_health(session, host, held[host].health, after, now)
    return health


def _unfinished_or_dead(result: Result, now: datetime, schedule: Schedule) -> dict[str, Any]:
    due, verdict = result.due, result.verdict
    not_found = due.not_found + (verdict.outcome is Outcome.NOT_FOUND)
    wait: timedelta | None = None
    if verdict.outcome is Outcome.NOT_FOUND:
        wait = schedule.wait_not_found(not_found)
    elif verdict.outcome is Outcome.RETRY:
        wait = schedule.wait(due.attempts + 1)
        if verdict.pause_seconds is not None:
            wait = timedelta(seconds=verdict.pause_seconds)
    # What could not go because it is we who are cut off was not tried; but who knows whether it came.
    counts = verdict.host_sign is not HostSign.CUT_OFF
    expired = now >= due.expires_at and counts
    dead = wait is None or expired
    error = verdict.error or ""
    return {
        "b_id": due.id,
        "b_attempts": due.attempts + 1 if counts else max(due.attempts, 1),
        "b_state": DeliveryState.DEAD if dead else DeliveryState.PENDING,
        "b_next": now + (wait or timedelta()),
        "b_not_found": not_found,
        "b_status": verdict.status,
        "b_error": _error_text((_NOT_TRIED_AGAIN if expired and wait is not None else "") + error),
        "b_finished": now if dead else None,
    }


def _error_text(text: str) -> str:
    """Return what a database can store of an error: it may quote what another server sent."""
    return storable(text[:_LONGEST_ERROR])


def _note_successes(
    session: Session, results: Sequence[Result], held: Mapping[str, HeldHost], now: datetime
) -> None:
    """Write down when servers last took something, to the minute."""
    hosts = {result.due.host for result in results if result.verdict.outcome is Outcome.DELIVERED}
    before = {host: held[host].last_success_at for host in hosts}
    told = [h for h, last in before.items() if last is None or abs(now - last) >= _SUCCESS_NOTED_EVERY]
    if told:
        change_rows(session, _SUCCEEDED, {"hosts": told, "at": now})


def _note_health(session: Session, host: str, before: HostHealth, after: HostHealth, now: datetime) -> None:
    session.execute(
        update(Instance)
        .where(Instance.host == host)
        .values(
            state=after.state,
            failures=after.failures,
            failing_since=after.failing_since,
            next_attempt_at=after.next_attempt_at,
            last_error=after.last_error and _error_text(after.last_error),
        )
        .execution_options(synchronize_session=False)
    )
    if before.is_open and not after.is_open:
        _let_all_go(session, host, now)
    elif after.is_open:
        _give_up_expired(session, host, after.failing_since or now, now)


def _let_all_go(session: Session, host: str, now: datetime) -> None:
    """Make everything that waits for a server due: it has come back.

    What it answered 404 keeps its day: three answers within minutes say nothing about an inbox (L16).
    """
    session.execute(
        update(Delivery)
        .where(
            Delivery.host == host,
            Delivery.finished_at.is_(None),
            Delivery.not_found == 0,
            Delivery.next_attempt_at > now,
        )
        .values(next_attempt_at=now)
        .execution_options(synchronize_session=False)
    )


def _give_up_expired(session: Session, host: str, failing_since: datetime, now: datetime) -> None:
    """Make dead letters of what has waited too long, now that the server has failed once more.

    Never by the calendar alone: after an outage of our own everything is tried before it is given up (L28).
    What was not tried itself goes where probes failed for as good as all the time that it waited; trying
    all that has come together for a server that is gone, one at each probe, would take years.
    """
    session.execute(
        update(Delivery)
        .where(
            Delivery.host == host,
            Delivery.finished_at.is_(None),
            Delivery.expires_at <= now,
            or_(Delivery.attempts > 0, Delivery.created_at >= failing_since - _AS_GOOD_AS_ALL),
        )
        .values(state=DeliveryState.DEAD, finished_at=now, last_error="the server stayed unreachable")
        .execution_options(synchronize_session=False)
    )


def mend_times(session: Session, schedule: Schedule) -> None:
    """Make due what a clock that was ahead put off for longer than anything is put off (row L18).

    What was not tried yet waits for nothing.
    """
    now = now_of(session)
    latest = now + schedule.longest_wait
    session.execute(
        update(Delivery)
        .where(
            Delivery.finished_at.is_(None),
            or_(
                and_(Delivery.attempts == 0, Delivery.next_attempt_at > now),
                and_(Delivery.not_found == 0, Delivery.next_attempt_at > latest),
                Delivery.next_attempt_at > now + schedule.longest_wait_not_found,
            ),
        )
        .values(next_attempt_at=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Instance)
        .where(Instance.next_attempt_at > latest)
        .values(next_attempt_at=now)
        .execution_options(synchronize_session=False)
    )
