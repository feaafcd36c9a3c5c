"""What a worker takes in hand of one server, and when: by the time that it is told."""

from datetime import UTC, datetime
from itertools import pairwise

from fediunion.outbox.claims import Due, LeasedHost
from fediunion.outbox.health import HostHealth
from fediunion.outbox.lanes import HostRun

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def run_of(health: HostHealth, deliveries: int) -> HostRun:
    """Return a server with so many deliveries in hand, each to an inbox of its own."""
    due = tuple(
        Due(number, 1, 1, f"https://a.example/{number}", "a.example", 0, 0, NOW)
        for number in range(deliveries)
    )
    return HostRun(LeasedHost("a.example", health, due), 0.0)


def taken_in(run: HostRun, hundredths: int) -> list[int]:
    """Return in which hundredths of a second a delivery was begun; each ends at once."""
    begun = []
    for hundredth in range(hundredths):
        for due in run.take(100, hundredth / 100):
            run.drop(due)
            begun.append(hundredth)
    return begun


def test_L12_the_backlog_of_a_server_just_back_drains_at_ten_a_second_at_most() -> None:
    run = run_of(HostHealth(failing_since=NOW), 100)
    begun = taken_in(run, 300)
    assert 25 <= len(begun) <= 30
    assert min(later - earlier for earlier, later in pairwise(begun)) >= 10
    assert 0 < run.seconds_to_wait(2.99) <= 0.101


def test_a_server_that_is_well_is_not_kept_back() -> None:
    run = run_of(HostHealth(), 100)
    assert len(taken_in(run, 50)) == 100
    assert run.seconds_to_wait(0.0) == 0.0
