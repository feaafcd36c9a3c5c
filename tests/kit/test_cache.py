"""What a bounded cache keeps, and for how long."""

from fediunion.kit.cache import BoundedCache
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


def test_what_was_read_before_everything_was_dropped_is_not_kept() -> None:
    cache: BoundedCache[str, int] = BoundedCache(2, 60)
    before = cache.epoch
    cache.clear()
    cache.put("a", 1, epoch=before)
    assert cache.get("a") is None
    cache.put("a", 2, epoch=cache.epoch)
    assert cache.get("a") == 2
