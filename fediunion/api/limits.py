"""How often the client interface may be called: counts in this process, told in every answer.

Each process counts for itself: with several web processes a caller gets so many times as much. What has to
hold across processes (sign-in, registration of apps, uploads) is counted in the database.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fediunion.api.errors import RawHeaders, TooManyRequests
from fediunion.kit.cache import BoundedCache
from fediunion.members.attempts import address_bucket
from fediunion.world import World

_MOST_CALLERS: Final = 20_000
_FIVE_MINUTES: Final = 300
_AN_HOUR: Final = 3600
_TRANSLATIONS: Final = 200


@dataclass(frozen=True)
class Rate:
    """`most` calls of one kind in each window of `seconds`; windows begin at whole multiples of them."""

    kind: str
    most: int
    seconds: int


@dataclass
class _Count:
    window: int
    used: int


class RateLimits:
    """Counts by caller: a member, whatever the token, or the address of whoever shows none (row O19).

    The table is bounded; who was not seen for longest is forgotten first.
    Source: https://docs.joinmastodon.org/api/rate-limits/
    """

    def __init__(self, world: World) -> None:
        limits = world.settings.limits
        self._clock = world.clock
        self._enabled = limits.enabled
        self._of_member = Rate("requests", limits.requests_per_5_minutes, _FIVE_MINUTES)
        self._of_address = Rate("requests", limits.anonymous_requests_per_5_minutes, _FIVE_MINUTES)
        self._of_endpoint = {
            ("POST", "/api/v1/statuses"): Rate("posts", limits.posts_per_hour, _AN_HOUR),
            ("POST", "/api/v1/statuses/:id/reblog"): Rate("posts", limits.posts_per_hour, _AN_HOUR),
            ("POST", "/api/v1/statuses/:id/translate"): Rate("translations", _TRANSLATIONS, _AN_HOUR),
        }
        self._counts: BoundedCache[tuple[str, int | str], _Count] = BoundedCache(
            _MOST_CALLERS, _AN_HOUR, world.clock.monotonic
        )

    def count_member(self, member_id: int, method: str, path: str) -> RawHeaders:
        """Count a call of a member to the endpoint with that path; return what the answer says about it.

        Raises TooManyRequests, with the same headers, where a limit is used up.
        """
        if not self._enabled:
            return []
        headers = self._count(self._of_member, member_id)
        narrower = self._of_endpoint.get((method, path))
        return headers if narrower is None else self._count(narrower, member_id)

    def count_address(self, address: str) -> RawHeaders:
        """Count a call of somebody without a token that is good; as `count_member`."""
        return self._count(self._of_address, address_bucket(address)) if self._enabled else []

    def __len__(self) -> int:
        return len(self._counts)

    def _count(self, rate: Rate, who: int | str) -> RawHeaders:
        now = self._clock.now().timestamp()
        window = int(now) // rate.seconds
        key = (rate.kind, who)
        count = self._counts.get(key)
        if count is None or count.window != window:
            count = _Count(window, 0)
        spent = count.used >= rate.most
        count.used += not spent
        self._counts.put(key, count)
        ends = (window + 1) * rate.seconds
        headers = _headers(rate.most, rate.most - count.used, ends)
        if spent:
            raise TooManyRequests("Too many requests", retry_after_seconds=ends - now, headers=headers)
        return headers


def _headers(most: int, remaining: int, ends: int) -> RawHeaders:
    reset = f"{datetime.fromtimestamp(ends, UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    return [
        (b"x-ratelimit-limit", b"%d" % most),
        (b"x-ratelimit-remaining", b"%d" % remaining),
        (b"x-ratelimit-reset", reset.encode("ascii")),
    ]
