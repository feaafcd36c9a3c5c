"""When deliveries are tried again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fediunion.outbox.schedule import Schedule
from tests.fakes.settings import settings_for
from tests.outbox.sending_union import federation_of

CREATED = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def schedule(tmp_path: Path) -> Schedule:
    """The schedule of a production instance."""
    return Schedule(federation_of(settings_for("union.test", tmp_path), retry_base_seconds=60))


def _tries_until(schedule: Schedule, ends_at: datetime) -> int:
    at, tries = CREATED, 1
    while (at := at + schedule.wait(tries)) < ends_at:
        tries += 1
    return tries


def test_L14_a_delivery_is_tried_at_least_16_times_in_seven_days(schedule: Schedule) -> None:
    for _ in range(50):
        assert _tries_until(schedule, schedule.expires_at(CREATED, patient=False)) >= 16


def test_L12_a_delete_is_tried_for_thirty_days(schedule: Schedule) -> None:
    assert schedule.expires_at(CREATED, patient=False) - CREATED == timedelta(days=7)
    assert schedule.expires_at(CREATED, patient=True) - CREATED == timedelta(days=30)
    assert _tries_until(schedule, schedule.expires_at(CREATED, patient=True)) >= 48


def test_L14_waits_grow_threefold_from_a_minute_to_twelve_hours_with_jitter(schedule: Schedule) -> None:
    for tries, minutes in ((1, 1), (2, 3), (3, 9), (4, 27), (5, 81), (6, 243), (7, 720), (500, 720)):
        waits = [schedule.wait(tries).total_seconds() / 60 for _ in range(100)]
        assert 0.75 * minutes <= min(waits) < max(waits) <= 1.25 * minutes


def test_a_development_instance_waits_in_proportion_to_its_base(tmp_path: Path) -> None:
    schedule = Schedule(settings_for("union.test", tmp_path))
    assert schedule.wait(1).total_seconds() <= 5 * 1.25
    assert schedule.wait(50).total_seconds() <= 3600 * 1.25


def test_L16_a_missing_inbox_is_asked_three_times_within_seven_days(schedule: Schedule) -> None:
    waits = [schedule.wait_not_found(answers) for answers in (1, 2, 3)]
    assert waits[2] is None
    assert waits[0] is not None
    assert waits[1] is not None
    assert timedelta(days=3) < waits[0] + waits[1] < timedelta(days=8)
