"""What time it is: a clock that is passed in, so that tests and trials can set it."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """The machine's clock, optionally set to start at another moment and run on from there."""

    def __init__(self, starts_at: datetime | None = None) -> None:
        self._offset = timedelta() if starts_at is None else starts_at - datetime.now(UTC)

    def now(self) -> datetime:
        """Return the present moment in UTC, with its zone."""
        return datetime.now(UTC) + self._offset

    def monotonic(self) -> float:
        """Return seconds that only ever grow, for measuring how long something took."""
        return time.monotonic()


def parse_instant(text: str) -> datetime | None:
    """Return the instant that an RFC 3339 text names, in UTC; None where it names none.

    A text without an offset names no instant. Years outside 1..9999 cannot be held and give None.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
        return None if instant.tzinfo is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def format_instant(instant: datetime) -> str:
    """Return RFC 3339 in UTC to the second, ending in `Z`, as other servers send it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
