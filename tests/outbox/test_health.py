"""The breaker of a server, and whether it is we who are cut off."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fediunion.actors.models import InstanceState
from fediunion.outbox.health import HostHealth, OwnConnection, health_after
from fediunion.outbox.schedule import Schedule
from fediunion.outbox.verdicts import HostSign, Outcome, Verdict
from tests.fakes.settings import settings_for
from tests.outbox.sending_union import federation_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FAILED = Verdict(Outcome.RETRY, HostSign.FAILED, 500, "answered 500")
SILENT = Verdict(Outcome.RETRY, HostSign.SILENT, None, "did not answer in time")
WELL = Verdict(Outcome.DELIVERED, HostSign.WELL, 202)


@pytest.fixture
def schedule(tmp_path: Path) -> Schedule:
    """The schedule of a production instance."""
    return Schedule(federation_of(settings_for("union.test", tmp_path), retry_base_seconds=60))


def _after(schedule: Schedule, *verdicts: Verdict, health: HostHealth | None = None) -> HostHealth:
    health = health or HostHealth()
    for verdict in verdicts:
        health = health_after(health, verdict, NOW, schedule)
    return health


def test_five_failures_in_a_row_open_the_breaker(schedule: Schedule) -> None:
    four = _after(schedule, *[FAILED] * 4)
    assert (four.state, four.next_attempt_at) == (InstanceState.OK, None)
    five = _after(schedule, FAILED, health=four)
    assert five.state == InstanceState.FAILING
    assert five.next_attempt_at is not None
    assert timedelta(seconds=45) <= five.next_attempt_at - NOW <= timedelta(seconds=75)


def test_one_answer_between_failures_starts_the_count_anew(schedule: Schedule) -> None:
    assert not _after(schedule, *[FAILED] * 4, WELL, *[FAILED] * 4).is_open


def test_L13_two_silences_in_a_row_pause_a_server(schedule: Schedule) -> None:
    assert _after(schedule, SILENT).next_attempt_at is None
    paused = _after(schedule, SILENT, SILENT)
    assert not paused.is_open
    assert paused.next_attempt_at is not None
    assert paused.next_attempt_at - NOW >= timedelta(seconds=45)


def test_L12_a_server_that_failed_for_a_day_is_held(schedule: Schedule) -> None:
    failing = _after(schedule, *[FAILED] * 5)
    later = health_after(failing, FAILED, NOW + timedelta(hours=25), schedule)
    assert later.state == InstanceState.HELD
    assert health_after(failing, FAILED, NOW + timedelta(hours=23), schedule).state == InstanceState.FAILING


def test_a_server_that_answers_again_is_well_and_drains_slowly(schedule: Schedule) -> None:
    back = _after(schedule, *[FAILED] * 6, WELL)
    assert (back.state, back.failures, back.next_attempt_at) == (InstanceState.OK, 0, None)
    assert back.drains
    assert not _after(schedule, FAILED, WELL).drains


def test_L15_a_pause_that_was_asked_for_is_no_failure(schedule: Schedule) -> None:
    pause = Verdict(Outcome.RETRY, HostSign.PAUSE, 429, "answered 429", 300.0)
    paused = _after(schedule, *[pause] * 20)
    assert (paused.state, paused.failures) == (InstanceState.OK, 0)
    assert paused.next_attempt_at == NOW + timedelta(seconds=300)


def test_L33_when_nobody_answers_it_is_we_who_are_cut_off() -> None:
    connection = OwnConnection()
    connection.note((f"h{number}.example", SILENT) for number in range(7))
    seen = [connection.is_lost]
    for verdict in (SILENT, FAILED):
        connection.note([(f"{verdict.host_sign}.example", verdict)])
        seen.append(connection.is_lost)
    assert seen == [False, True, False]
    assert connection.recovers


def test_one_dead_server_alone_is_not_taken_for_our_own_outage() -> None:
    connection = OwnConnection()
    connection.note([("dead.example", SILENT)] * 100)
    assert not connection.is_lost
