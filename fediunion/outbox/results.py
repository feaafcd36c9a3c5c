"""Writing down how tries ended: many in one unit of work, and only while the server's lease is still ours."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Instance
from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.outbox import claims
from fediunion.outbox.claims import Due, LeasedHost
from fediunion.outbox.health import HostHealth, health_after
from fediunion.outbox.models import Delivery, DeliveryState
from fediunion.outbox.schedule import Schedule
from fediunion.outbox.verdicts import Outcome, Verdict

CONFIRM_GONE: Final = "outbox.confirm_gone"

_LONGEST_ERROR: Final = 500
_SUCCESS_NOTED_EVERY: Final = timedelta(minutes=1)
_NOT_TRIED_AGAIN: Final = "given up after the last try: "


@dataclass(frozen=True, slots=True)
class Result:
    """How one try of a delivery ended."""

    due: Due
    verdict: Verdict


@dataclass(frozen=True)
class Turn:
    """What the worker wants written: results, tries to begin, leases to give back, how many to take."""

    results: Sequence[Result]
    beginning: Sequence[Due]
    finished_hosts: Collection[str]
    most_new_hosts: int
    renews: bool = False


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
        _record(session, [r for r in turn.results if r.due.host in held], held, schedule)
        begun = claims.begin(session, [due.id for due in turn.beginning if due.host in held])
        finished = [held[host] for host in turn.finished_hosts if host in held]
        claims.release(session, finished)
        # What was written so far must be seen by the statements that follow.
        session.flush()
        renewed = claims.renew(session, token) if turn.renews else frozenset()
        leased = claims.claim_hosts(session, token, turn.most_new_hosts) if turn.most_new_hosts else []
        return TurnTaken(
            begun=frozenset(begun),
            lost_hosts=frozenset(named - held.keys()),
            renewed=renewed,
            leased=leased,
            health={host: claims.health_of(row) for host, row in held.items()},
        )

    return take_turn


_RETRIED: Final = (
    update(Delivery)
    .where(Delivery.id == bindparam("b_id"), Delivery.finished_at.is_(None))
    .values(
        state=bindparam("b_state"),
        next_attempt_at=bindparam("b_next"),
        not_found=bindparam("b_not_found"),
        last_status=bindparam("b_status"),
        last_error=bindparam("b_error"),
        finished_at=bindparam("b_finished"),
    )
)


def _record(
    session: Session, results: Sequence[Result], held: dict[str, Instance], schedule: Schedule
) -> None:
    now = now_of(session)
    delivered: dict[int, list[int]] = defaultdict(list)
    changed: list[dict[str, Any]] = []
    for result in results:
        if result.verdict.outcome is Outcome.DELIVERED:
            delivered[result.verdict.status or 200].append(result.due.id)
        else:
            changed.append(_unfinished_or_dead(result, now, schedule))
        if result.verdict.outcome is Outcome.GONE:
            enqueue(
                session,
                CONFIRM_GONE,
                key=f"{CONFIRM_GONE}:{result.due.inbox_url}",
                inbox=result.due.inbox_url,
            )
    for status, ids in delivered.items():
        session.execute(
            update(Delivery)
            .where(Delivery.id.in_(ids), Delivery.finished_at.is_(None))
            .values(state=DeliveryState.DELIVERED, finished_at=now, last_status=status, last_error=None)
            .execution_options(synchronize_session=False)
        )
    if changed:
        session.connection().execute(_RETRIED, changed)
    for result in results:
        _note_health(session, held[result.due.host], result, now, schedule)


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
    expired = now >= due.expires_at
    dead = wait is None or expired
    error = verdict.error or ""
    return {
        "b_id": due.id,
        "b_state": DeliveryState.DEAD if dead else DeliveryState.PENDING,
        "b_next": now + (wait or timedelta()),
        "b_not_found": not_found,
        "b_status": verdict.status,
        "b_error": ((_NOT_TRIED_AGAIN if expired and wait is not None else "") + error)[:_LONGEST_ERROR],
        "b_finished": now if dead else None,
    }


def _note_health(
    session: Session, instance: Instance, result: Result, now: datetime, schedule: Schedule
) -> None:
    before = claims.health_of(instance)
    after = health_after(before, result.verdict, now, schedule)
    if result.verdict.outcome is Outcome.DELIVERED:
        last = instance.last_success_at
        if last is None or now - last >= _SUCCESS_NOTED_EVERY or now < last:
            instance.last_success_at = now
    if after != before:
        instance.state = after.state
        instance.failures = after.failures
        instance.failing_since = after.failing_since
        instance.next_attempt_at = after.next_attempt_at
        instance.last_error = after.last_error
    if before.is_open and not after.is_open:
        _let_all_go(session, instance.host, now)
    elif after.is_open:
        _give_up_expired(session, instance.host, now)


def _let_all_go(session: Session, host: str, now: datetime) -> None:
    """Make everything that waits for a server due: it has come back."""
    session.execute(
        update(Delivery)
        .where(Delivery.host == host, Delivery.finished_at.is_(None), Delivery.next_attempt_at > now)
        .values(next_attempt_at=now)
        .execution_options(synchronize_session=False)
    )


def _give_up_expired(session: Session, host: str, now: datetime) -> None:
    """Make dead letters of what has waited too long, now that the server has failed once more.

    Never by the calendar alone: after an outage of our own everything is tried before it is given up (L28).
    """
    session.execute(
        update(Delivery)
        .where(Delivery.host == host, Delivery.finished_at.is_(None), Delivery.expires_at <= now)
        .values(state=DeliveryState.DEAD, finished_at=now, last_error="the server stayed unreachable")
        .execution_options(synchronize_session=False)
    )
