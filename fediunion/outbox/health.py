"""How a server fares: the breaker that holds deliveries to it, and lets one probe through now and then.

A failing server costs one probe per back-off instead of a timeout per delivery; what waits for it is
held, never dropped, and goes out slowly and in order when it is back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from fediunion.actors.models import Instance, InstanceState
from fediunion.db import announce, now_of, settings_of
from fediunion.outbox.schedule import Schedule
from fediunion.outbox.verdicts import HostSign, Outcome, Verdict

DELIVERIES: Final = "deliveries"
FAILURES_TO_OPEN: Final = 5
HELD_AFTER_SECONDS: Final = 24 * 3600.0
DRAIN_PER_SECOND: Final = 10

# Two in flight at once: the second silence in a row is not one slow request any more.
_SILENCES_TO_PAUSE: Final = 2


@dataclass(frozen=True, slots=True)
class HostHealth:
    """What is known of one server.

    `failures` counts since the last sign of life. A server that is OK and still has a `failing_since`
    was failing: its backlog drains slowly, and `failing_since` is cleared when none is left.
    """

    state: str = InstanceState.OK
    failures: int = 0
    failing_since: datetime | None = None
    next_attempt_at: datetime | None = None
    last_error: str | None = None

    @property
    def drains(self) -> bool:
        """Whether its backlog is let out slowly."""
        return self.state == InstanceState.OK and self.failures == 0 and self.failing_since is not None

    @property
    def is_open(self) -> bool:
        """Whether only a probe is sent."""
        return self.state != InstanceState.OK


def health_after(health: HostHealth, verdict: Verdict, now: datetime, schedule: Schedule) -> HostHealth:
    """Return the health once `verdict` is counted. Source: rows L12, L13, L15.

    A pause that the server asked for is no failure, and no answer is none while it is we who are cut off.
    Anything that it answers below 500 shows that it lives. Five failures in a row open the breaker; after
    a day (scaled) of that it is HELD. A probe that showed nothing is not repeated at once.
    """
    match verdict.host_sign:
        case HostSign.NOTHING:
            if not health.is_open or verdict.outcome is not Outcome.RETRY:
                return health
            return replace(health, next_attempt_at=_later(health.next_attempt_at, now + schedule.wait(1)))
        case HostSign.PAUSE | HostSign.CUT_OFF:
            seconds = verdict.pause_seconds if verdict.pause_seconds is not None else schedule.base_seconds
            later = _later(health.next_attempt_at, now + timedelta(seconds=seconds))
            return replace(health, next_attempt_at=later, last_error=verdict.error)
        case HostSign.WELL | HostSign.ANSWERS:
            since = health.failing_since if health.is_open or health.drains else None
            return HostHealth(failing_since=since, last_error=verdict.error)
        case HostSign.FAILED | HostSign.SILENT:
            return _after_failure(health, verdict, now, schedule)


def _after_failure(health: HostHealth, verdict: Verdict, now: datetime, schedule: Schedule) -> HostHealth:
    failures = health.failures + 1
    since = health.failing_since or now
    failed = replace(health, failures=failures, failing_since=since, last_error=verdict.error)
    if failures >= FAILURES_TO_OPEN:
        held = (now - since).total_seconds() >= HELD_AFTER_SECONDS * schedule.scale
        wait = schedule.wait(failures - FAILURES_TO_OPEN + 1)
        state = InstanceState.HELD if held else InstanceState.FAILING
        return replace(failed, state=state, next_attempt_at=now + wait)
    if verdict.host_sign is HostSign.SILENT and failures >= _SILENCES_TO_PAUSE:
        return replace(failed, next_attempt_at=_later(health.next_attempt_at, now + schedule.wait(1)))
    return failed


def _later(moment: datetime | None, other: datetime) -> datetime:
    return other if moment is None else max(moment, other)


def host_is_back(session: Session, host: str) -> None:
    """Let the next probe to `host` go at once: it has just sent us something that it signed.

    Only the probe closes the breaker, for a server can send and yet not receive. A probe that fails
    is not repeated for such a sign within the first wait, so nobody can make us knock all the time.
    """
    now = now_of(session)
    soon = now + timedelta(seconds=settings_of(session).federation.retry_base_seconds * 1.25)
    brought_forward = session.execute(
        update(Instance)
        .where(Instance.host == host, Instance.state != InstanceState.OK, Instance.next_attempt_at > soon)
        .values(next_attempt_at=now, failures=FAILURES_TO_OPEN - 1)
        .execution_options(synchronize_session=False)
    )
    if getattr(brought_forward, "rowcount", 0):
        announce(session, DELIVERIES)


class OwnConnection:
    """Whether it is we who are cut off: many servers silent in a row, and nobody answering (L33).

    While cut off one server at a time is tried, with a few that were well lately beside it: an answer of
    theirs shows that it was not we. No failure is held against anybody.
    """

    HOSTS_TO_DOUBT: Final = 8

    def __init__(self) -> None:
        self._unreachable: set[str] = set()
        self.recovers = False

    @property
    def is_lost(self) -> bool:
        """Whether so many servers cannot be reached that the fault is likely ours."""
        return len(self._unreachable) >= self.HOSTS_TO_DOUBT

    def note(self, verdicts: Iterable[tuple[str, Verdict]]) -> None:
        """Count what was seen of several servers, in order."""
        for host, verdict in verdicts:
            if verdict.is_unanswered:
                self._unreachable.add(host)
            elif verdict.status is not None:
                self.recovers = self.recovers or self.is_lost
                self._unreachable.clear()
