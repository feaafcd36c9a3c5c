"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

from fediunion.kit.clock import Clock

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeClock(Clock):
    """Shows `starts_at`, and later moments after `advance`."""

    def __init__(self, starts_at: datetime = START) -> None:
        super().__init__()
        self._shown = starts_at
        self._seconds = 0.0

    def now(self) -> datetime:
        """Return the moment that the test has come to."""
        return self._shown

    def monotonic(self) -> float:
        """Return the seconds that the test has advanced in all."""
        return self._seconds

    def advance(self, seconds: float = 0.0, **parts: float) -> None:
        """Move on by `seconds` and what timedelta takes: `advance(days=7, hours=1)`."""
        step = timedelta(seconds=seconds, **parts)
        if step < timedelta():
            raise ValueError("a clock does not go back")
        self._shown += step
        self._seconds += step.total_seconds()

    def set_forward(self, **parts: float) -> None:
        """Show a later moment at once, as when somebody sets the clock: no time passes."""
        self._shown += timedelta(**parts)
