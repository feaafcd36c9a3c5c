"""When a delivery is tried again: pure numbers, the same for every delivery and every server."""

import random
from datetime import datetime, timedelta
from typing import Final

from fediunion.activitypub.answers import RETRY_AFTER_SECONDS
from fediunion.config import Settings

PRODUCTION_BASE_SECONDS: Final = 60
LONGEST_WAIT_SECONDS: Final = 12 * 3600.0
NOT_FOUND_TRIES: Final = 3

_FACTOR: Final = 3.0
_JITTER: Final = 0.25
_NOT_FOUND_WAITS: Final = (86_400.0, 5 * 86_400.0)


class Schedule:
    """Waits between tries: 1 min, 3, 9, 27, 81, 243 min, then 12 h, each ±25 %.

    That is at least 16 tries in 7 days. `federation.retry_base_seconds` below 60 shrinks every wait in
    proportion. Source: row L14.
    """

    def __init__(self, settings: Settings, chance: random.Random | None = None) -> None:
        federation = settings.federation
        self.scale = federation.retry_base_seconds / PRODUCTION_BASE_SECONDS
        self.base_seconds = float(federation.retry_base_seconds)
        self._days = {False: federation.retry_days, True: federation.long_retry_days}
        self._chance = chance or random.Random()

    def wait(self, tries: int) -> timedelta:
        """Return how long to wait after `tries` failures (1 is the first)."""
        longest = max(LONGEST_WAIT_SECONDS * self.scale, self.base_seconds)
        # The exponent is bounded before the power: 3.0 ** 1000 is no float.
        seconds = min(self.base_seconds * _FACTOR ** min(max(tries - 1, 0), 20), longest)
        return timedelta(seconds=self._spread(seconds))

    def wait_not_found(self, answers: int) -> timedelta | None:
        """Return how long to wait after the `answers`-th 404; None when it was the last one allowed.

        The three tries lie within seven days: an inbox that is missing during an upgrade is not lost.
        """
        if answers >= NOT_FOUND_TRIES:
            return None
        return timedelta(seconds=self._spread(_NOT_FOUND_WAITS[answers - 1] * self.scale))

    @property
    def longest_wait(self) -> timedelta:
        """The longest that anything waits: by the schedule, or because a server asked for a pause."""
        return timedelta(seconds=max(LONGEST_WAIT_SECONDS * (1 + _JITTER), *RETRY_AFTER_SECONDS))

    @property
    def longest_wait_not_found(self) -> timedelta:
        """The longest that what was answered 404 waits."""
        return timedelta(seconds=max(_NOT_FOUND_WAITS) * (1 + _JITTER))

    def expires_at(self, created_at: datetime, *, patient: bool) -> datetime:
        """Return when a delivery is given up: `retry_days`, for patient ones `long_retry_days`."""
        return created_at + timedelta(days=self._days[patient])

    def _spread(self, seconds: float) -> float:
        return seconds * self._chance.uniform(1 - _JITTER, 1 + _JITTER)
