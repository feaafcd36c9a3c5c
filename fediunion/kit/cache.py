"""Caches that cannot outgrow their bounds: of what a process counts, and of what it read."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Read = TypeVar("Read")


class BoundedCache(Generic[Key, Value]):
    """Keeps at most `max_items` values, each for `ttl_seconds` at most; the least recently used goes."""

    def __init__(
        self, max_items: int, ttl_seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_items = max_items
        self._ttl_seconds = ttl_seconds
        self._monotonic = monotonic
        self._items: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """Return the value kept for `key`, or None where there is none or it is too old."""
        item = self._items.get(key)
        if item is None:
            return None
        if item[0] < self._monotonic():
            del self._items[key]
            return None
        self._items.move_to_end(key)
        return item[1]

    def put(self, key: Key, value: Value, ttl_seconds: float | None = None) -> None:
        """Keep `value` for `key`, for `ttl_seconds` where they differ from the cache's own."""
        self._items[key] = (self._monotonic() + (ttl_seconds or self._ttl_seconds), value)
        self._items.move_to_end(key)
        while len(self._items) > self._max_items:
            self._items.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Drop what is kept for `key`, if anything."""
        self._items.pop(key, None)

    def clear(self) -> None:
        """Drop everything."""
        self._items.clear()

    def __len__(self) -> int:
        return len(self._items)


class ReadCache:
    """Keeps what was read elsewhere, and is told by `clear` that something of it has changed.

    What was read before a change is never kept after it, whatever was awaited in between: whoever reads
    comes through `load`, `renew` or `epoch`.
    """

    def __init__(
        self, max_items: int, ttl_seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._kept: BoundedCache[Hashable, Any] = BoundedCache(max_items, ttl_seconds, monotonic)
        self._epoch = 0

    @property
    def epoch(self) -> int:
        """How often something has changed."""
        return self._epoch

    def get(self, key: Hashable) -> Any:
        """Return the value kept for `key`, or None where there is none or it is too old."""
        return self._kept.get(key)

    async def load(self, key: Hashable, read: Callable[[], Awaitable[Read]]) -> Read:
        """Return the value kept for `key`, else what `read` gives, which is kept unless it is None."""
        kept: Read | None = self._kept.get(key)
        return await self.renew(key, read) if kept is None else kept

    async def renew(self, key: Hashable, read: Callable[[], Awaitable[Read]]) -> Read:
        """Return what `read` gives, which is kept unless it is None, in the place of what was kept before."""
        epoch = self._epoch
        value = await read()
        if value is not None and epoch == self._epoch:
            self._kept.put(key, value)
        return value

    def clear(self) -> None:
        """Drop everything, and what is being read now as well."""
        self._epoch += 1
        self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)
