"""How many streams may be open: in all, of one member, of all and of one address without a login (O25)."""

from collections import Counter
from typing import Final

from fediunion.api.auth import Caller
from fediunion.api.errors import TooManyRequests
from fediunion.config import Settings
from fediunion.members.attempts import address_bucket

MOST_OF_ALL: Final = 3_000
"""Fewer than the connections that a process takes, so that requests still find room."""

MOST_WITHOUT_LOGIN: Final = 1_000
"""However many addresses somebody has, members still find room."""

_RETRY_AFTER_SECONDS: Final = 60.0


class Admission:
    """Counts open streams of this process."""

    def __init__(self, settings: Settings) -> None:
        self._limits = settings.limits
        self._open: Counter[int | str] = Counter()
        self._without_login = 0

    def admit(self, caller: Caller | None, address: str) -> None:
        """Count one more. Raises TooManyRequests where there are enough."""
        who = _who(caller, address)
        most = self._limits.streams_per_address if caller is None else self._limits.streams_per_member
        crowded = self._limits.enabled and self._open[who] >= most
        full = caller is None and self._without_login >= MOST_WITHOUT_LOGIN
        if crowded or full or self._open.total() >= MOST_OF_ALL:
            raise TooManyRequests("Too many streams are open", retry_after_seconds=_RETRY_AFTER_SECONDS)
        self._open[who] += 1
        self._without_login += caller is None

    def leave(self, caller: Caller | None, address: str) -> None:
        """Count one less."""
        who = _who(caller, address)
        self._open[who] -= 1
        self._without_login -= caller is None
        if self._open[who] <= 0:
            del self._open[who]


def _who(caller: Caller | None, address: str) -> int | str:
    return caller.actor_id if caller is not None else address_bucket(address)
