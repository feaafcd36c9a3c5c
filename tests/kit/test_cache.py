"""What the caches keep, and for how long."""

import pytest

from fediunion.kit.cache import BoundedCache, ReadCache
from tests.fakes.clock import FakeClock


def test_the_least_recently_used_goes_first() -> None:
    cache: BoundedCache[str, int] = BoundedCache(2, 60)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert (cache.get("a"), cache.get("b"), cache.get("c"), len(cache)) == (1, None, 3, 2)


def test_what_is_too_old_is_not_given_out() -> None:
    clock = FakeClock()
    cache: BoundedCache[str, int] = BoundedCache(2, 60, clock.monotonic)
    cache.put("a", 1)
    cache.put("b", 2, ttl_seconds=5)
    clock.advance(6)
    assert (cache.get("a"), cache.get("b")) == (1, None)
    clock.advance(60)
    assert cache.get("a") is None


class Reader:
    """Reads a value of its own, and counts how often; something changes while it reads where it is told."""

    def __init__(self, value: object, changed: ReadCache | None = None) -> None:
        self.value = value
        self.reads = 0
        self._changed = changed

    async def __call__(self) -> object:
        self.reads += 1
        if self._changed is not None:
            self._changed.clear()
        return self.value


async def test_what_was_read_is_kept_until_something_changes() -> None:
    cache, reader = ReadCache(2, 60), Reader(False)
    assert [await cache.load("a", reader) for _ in range(3)] == [False] * 3
    assert (reader.reads, cache.get("a"), len(cache)) == (1, False, 1)
    cache.clear()
    assert await cache.load("a", reader) is False
    assert reader.reads == 2


async def test_what_was_read_before_a_change_is_not_kept_after_it() -> None:
    cache = ReadCache(2, 60)
    assert await cache.load("a", Reader("before", changed=cache)) == "before"
    assert await cache.load("a", Reader("after")) == "after"
    assert await cache.renew("a", Reader("older again", changed=cache)) == "older again"
    assert cache.get("a") is None


async def test_what_is_not_there_is_not_kept() -> None:
    cache, reader = ReadCache(2, 60), Reader(None)
    assert [await cache.load("a", reader) for _ in range(2)] == [None, None]
    assert (reader.reads, len(cache)) == (2, 0)


async def test_an_error_of_the_reader_is_not_kept() -> None:
    cache = ReadCache(2, 60)

    async def fails() -> int:
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        await cache.load("a", fails)
    assert await cache.load("a", Reader(1)) == 1


async def test_what_is_read_anew_takes_the_place_of_what_was_kept() -> None:
    cache = ReadCache(2, 60)
    await cache.load("a", Reader("first"))
    assert await cache.renew("a", Reader("second")) == "second"
    assert cache.get("a") == "second"
