"""What is remembered about fetching senders' keys, and within which limits they are fetched."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from fediunion.activitypub.fetch_budget import NO_ROOM, WINDOW_SECONDS, FetchBudget, Share
from fediunion.activitypub.keys import PublicKey
from fediunion.actors.single_flight import SingleFlight
from fediunion.kit.addresses import address_bucket, is_public_address
from fediunion.kit.cache import BoundedCache
from fediunion.kit.errors import BadSignature, FediUnionError, Gone, Unreachable
from fediunion.kit.urls import RemoteUrl
from fediunion.world import World

KEY_GONE: Final = "key-gone"
UNREACHABLE_SECONDS: Final = 15.0
_REMEMBERED_FAILURES: Final = 20_000
_REMEMBERED_CALLERS: Final = 10_000
_MOST_FOR_CALLER: Final = 30
_ABSENT_SECONDS: Final = 300.0
_REFETCH_SECONDS: Final = 300.0
_PROOFS_A_MINUTE: Final = 30
_PROOFS_OF_ONE: Final = 10
_OF_THE_WHOLE_SERVER: Final = frozenset({"name-not-found", "connection-failed", "tls-failed"})
"""Why a server gave no answer, whatever it was asked for: that no address of it is at fault."""


@dataclass(frozen=True, slots=True)
class SenderKey:
    """A key that belongs to an actor, proven by the actor's own document (or a row made from it)."""

    key_uri: str
    actor_uri: str
    public: PublicKey
    actor_id: int | None = None


class _Failure(NamedTuple):
    """Why a key could not be had, to be said again without asking again."""

    passing: bool
    message: str
    reason: str

    def error(self) -> FediUnionError:
        if self.passing:
            return Unreachable(self.message, retry_after_seconds=UNREACHABLE_SECONDS, reason=self.reason)
        return BadSignature(self.message, reason=self.reason)


class SenderKeys:
    """What an instance remembers about fetching keys; one object for an instance.

    Failures are kept in bounded tables (row R10): a key that is not there for 5 minutes, one that could not
    be had, or a server that is not there, for 15 seconds. Fetches are limited (row S33) and made once for all
    who wait. Where strangers used up the `budget`, there is a `reserve` for the servers that took something
    from us before. No caller has us make more than half of the fetches of strangers, nor do all who forward
    `proofs`, one of them fewer: what is not fetched for those is read at its origin.
    """

    def __init__(self, world: World) -> None:
        monotonic = world.clock.monotonic
        self.budget = FetchBudget(world.clock, per_minute=60, per_domain_per_minute=10)
        self.reserve = FetchBudget(world.clock, per_minute=240, per_domain_per_minute=30)
        self.proofs = FetchBudget(
            world.clock,
            per_minute=_PROOFS_A_MINUTE,
            per_domain_per_minute=_PROOFS_OF_ONE,
            share=Share(_PROOFS_OF_ONE, _PROOFS_OF_ONE),
        )
        self.flights: SingleFlight[SenderKey] = SingleFlight()
        self._monotonic = monotonic
        self._callers: BoundedCache[str, tuple[float, int]] = BoundedCache(
            _REMEMBERED_CALLERS, WINDOW_SECONDS, monotonic
        )
        self._failures: BoundedCache[str, _Failure] = BoundedCache(
            _REMEMBERED_FAILURES, _ABSENT_SECONDS, monotonic
        )
        self.refetched: BoundedCache[str, bool] = BoundedCache(
            _REMEMBERED_FAILURES, _REFETCH_SECONDS, monotonic
        )
        self.waiting = 0

    def check_caller(self, caller: str) -> None:
        """Raise Unreachable where an address caused as many fetches as it may within a minute.

        The machine's own, and that of a proxy nobody told us of, stand for many callers: they have no limit.
        """
        began, number = self._callers.get(address_bucket(caller)) or (0.0, 0)
        if number >= _MOST_FOR_CALLER:
            wait = began + WINDOW_SECONDS - self._monotonic()
            raise Unreachable(
                "too many keys are asked for", retry_after_seconds=max(2.0, wait), reason=NO_ROOM
            )

    def count_caller(self, caller: str) -> None:
        """Count one fetch for the address that caused it."""
        if is_public_address(caller):
            now, bucket = self._monotonic(), address_bucket(caller)
            began, number = self._callers.get(bucket) or (now, 0)
            self._callers.put(bucket, (began, number + 1), began + WINDOW_SECONDS - now)

    def raise_known_failure(self, url: RemoteUrl) -> None:
        """Raise again what went wrong with this key, or with its whole server, a little while ago."""
        failure = self._failures.get(url.identity) or self._failures.get(url.origin)
        if failure is not None:
            raise failure.error() from (Gone(failure.message) if failure.reason == KEY_GONE else None)

    def absent(self, url: RemoteUrl, message: str, reason: str) -> BadSignature:
        """Remember that a key is definitively not to be had; return the error to raise."""
        self._failures.put(url.identity, _Failure(False, message, reason))
        return BadSignature(message, reason=reason)

    def unreachable(self, url: RemoteUrl, error: Unreachable) -> None:
        """Remember for a moment that a key is not reached, or its whole server where that is not there.

        Who let us wait is remembered by the key alone: anybody may name an address at which a server takes
        long, to have that server kept out (row F39).
        """
        if error.reason != NO_ROOM:
            place = url.origin if error.reason in _OF_THE_WHOLE_SERVER else url.identity
            self._failures.put(place, _Failure(True, str(error), error.reason), UNREACHABLE_SECONDS)
