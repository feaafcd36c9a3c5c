"""An event loop in which a machine that stands still costs no time: no deadline passes while nothing runs."""

import asyncio
import selectors
from typing import Final

_LOOKS_EVERY: Final = 0.1
_LONGEST_STEP: Final = 0.25


class _Selector(selectors.DefaultSelector):
    """Looks up now and then, so that a wait is not taken for standing still."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready, which may be nothing before the time is over."""
        return super().select(_LOOKS_EVERY if timeout is None else min(timeout, _LOOKS_EVERY))


class SteadyLoop(asyncio.SelectorEventLoop):
    """Its seconds are those of the machine; of a long pause between two looks it counts the beginning only.

    What is tested has deadlines of a few seconds for things that take milliseconds.
    """

    def __init__(self) -> None:
        self._seen = self._counted = 0.0
        super().__init__(_Selector())
        self._seen = self._counted = super().time()

    def time(self) -> float:
        """Return the seconds that have passed since some moment."""
        now = super().time()
        self._counted += min(now - self._seen, _LONGEST_STEP)
        self._seen = now
        return self._counted
