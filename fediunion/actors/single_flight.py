"""Many who want the same at the same time, and one who fetches it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs one coroutine for each key at a time; whoever asks meanwhile gets the same result or error.

    The work goes on when a caller is cancelled, as others may wait for it.
    """

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[T]] = {}

    async def run(self, key: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return what `work()` gives, or what it gives to whoever asked for `key` first."""
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.create_task(work())
            task.add_done_callback(lambda done: self._finish(key, done))
        return await asyncio.shield(task)

    def _finish(self, key: str, task: "asyncio.Task[T]") -> None:
        del self._running[key]
        if not task.cancelled():
            # Looked at here, as nobody else may be left to see it.
            task.exception()
