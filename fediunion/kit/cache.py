"""A cache that cannot outgrow its bounds."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """Keeps at most `max_items` values, each for `ttl_seconds` at most; the least recently used goes."""

    def __init__(
        self, max_items: int, ttl_seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_items = max_items
        self._ttl_seconds = ttl_seconds
        self._monotonic = monotonic
        self._items: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._epoch = 0

    @property
    def epoch(self) -> int:
        """How often everything was dropped: asked before reading what is to be kept, and given to `put`."""
        return self._epoch

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

    def put(
        self, key: Key, value: Value, ttl_seconds: float | None = None, *, epoch: int | None = None
    ) -> None:
        """Keep `value` for `key`, for `ttl_seconds` where they differ from the cache's own.

        With the `epoch` in which it was read, it is not kept where everything was dropped since: it may
        be what was true before the change.
        """
        if epoch is not None and epoch != self._epoch:
            return
        self._items[key] = (self._monotonic() + (ttl_seconds or self._ttl_seconds), value)
        self._items.move_to_end(key)
        while len(self._items) > self._max_items:
            self._items.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Drop what is kept for `key`, if anything."""
        self._items.pop(key, None)

    def clear(self) -> None:
        """Drop everything; a new epoch begins."""
        self._epoch += 1
        self._items.clear()

    def __len__(self) -> int:
        return len(self._items)
