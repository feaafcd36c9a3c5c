"""The hub of a process: it knows who listens to what, hears what happened, and hands it on in order."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Final

import structlog

from fediunion.api.streaming.admission import Admission
from fediunion.api.streaming.audience import live_tokens, missed_since
from fediunion.api.streaming.channels import Channel
from fediunion.api.streaming.subscriber import Ending, Subscriber
from fediunion.kit.cache import BoundedCache
from fediunion.kit.errors import Unavailable
from fediunion.social.timelines.messages import STREAM, Happening, Kind, read_message
from fediunion.world import CHANGED, World

HEARTBEAT_SECONDS: Final = 15.0
IDLE_SECONDS: Final = 300.0
"""A connection that listens to nothing is ended after this long."""

_RECHECK_SECONDS: Final = 1.0
_RECHECKED_BEATS: Final = 4
_MOST_WAITING: Final = 5_000
_REMEMBERED: Final = 10_000
_REMEMBERED_SECONDS: Final = 600.0
_NEWS: Final = timedelta(minutes=10)
_OVERLAP: Final = timedelta(seconds=5)
_WATCHED: Final = frozenset({"tokens", "actors", "*"})

_log = structlog.get_logger(__name__)


class Hub:
    """All open streams of one process of an instance. Used in its event loop only.

    `deliver` sends what happened to whom it reaches. What could not be read from the database is not sent:
    streams promise nothing, and clients read the timelines again.
    """

    def __init__(self, world: World, deliver: "Callable[[Hub, Happening], Awaitable[None]]") -> None:
        self.world = world
        self.admission = Admission(world.settings)
        self.heartbeat_seconds = HEARTBEAT_SECONDS
        self._deliver = deliver
        self._listeners: dict[str, dict[Channel, dict[Subscriber, None]]] = {}
        self._subscribers: dict[Subscriber, None] = {}
        self._waiting: list[Happening] = []
        self._overlooked = False
        self._unchecked = False
        self._heard_until = world.clock.now()
        self._seen: BoundedCache[tuple[object, ...], bool] = BoundedCache(
            _REMEMBERED, _REMEMBERED_SECONDS, world.clock.monotonic
        )
        self._working: asyncio.Task[None] | None = None
        self._beating: asyncio.Task[None] | None = None
        self._rechecking: asyncio.Task[None] | None = None
        world.db.subscribe(STREAM, self._hear)
        world.db.subscribe(CHANGED, self._changed)

    @property
    def subscribers(self) -> Iterable[Subscriber]:
        """Every open stream."""
        return self._subscribers

    def channels(self, *names: str) -> Iterable[tuple[Channel, Iterable[Subscriber]]]:
        """Return the channels of these names that somebody listens to, with who does."""
        for name in names:
            for channel, listening in list(self._listeners.get(name, {}).items()):
                yield channel, list(listening)

    def join(self, subscriber: Subscriber) -> None:
        """Take in a new stream."""
        if not self._subscribers:
            self._heard_until = self.world.clock.now()
            self._beating = asyncio.get_running_loop().create_task(self._beat())
        self._subscribers[subscriber] = None

    async def leave(self, subscriber: Subscriber) -> None:
        """Let a stream go."""
        self._subscribers.pop(subscriber, None)
        for channel in list(subscriber.channels):
            self.unsubscribe(subscriber, channel)
        if not self._subscribers and self._beating is not None:
            self._beating.cancel()
            self._beating = None
        await subscriber.finish()

    def subscribe(self, subscriber: Subscriber, channel: Channel, label: str) -> None:
        """Let a stream listen to a channel, under the name that its frames will have."""
        subscriber.channels[channel] = label
        self._listeners.setdefault(channel.name, {}).setdefault(channel, {})[subscriber] = None

    def unsubscribe(self, subscriber: Subscriber, channel: Channel) -> None:
        """Let a stream no longer listen; what it did not listen to stays so."""
        subscriber.channels.pop(channel, None)
        of_name = self._listeners.get(channel.name, {})
        listening = of_name.get(channel)
        if listening is not None:
            listening.pop(subscriber, None)
            if not listening:
                del of_name[channel]

    def end_all(self, ending: Ending) -> None:
        """End every stream."""
        for subscriber in list(self._subscribers):
            subscriber.end(ending)

    def end_revoked(self, subscribers: Iterable[Subscriber], live: Iterable[int]) -> None:
        """End the streams whose tokens are not among the live ones (row O10)."""
        kept = set(live)
        for subscriber in list(subscribers):
            if subscriber.caller is not None and subscriber.caller.token_id not in kept:
                subscriber.end(Ending.REVOKED)

    async def recheck(self) -> None:
        """End the streams whose tokens are good no more."""
        asked = [each for each in self._subscribers if each.caller is not None]
        tokens = {each.caller.token_id for each in asked if each.caller is not None}
        if tokens:
            self.end_revoked(asked, await self.world.db.read(live_tokens, tokens))

    async def settle(self) -> None:
        """Wait until what was heard so far is handed on."""
        while self._working is not None or self._rechecking is not None:
            for task in (self._working, self._rechecking):
                if task is not None:
                    await asyncio.wait([task])

    def _hear(self, text: str) -> None:
        happening = None if text == "*" else read_message(text)
        # Remembered in any case: its echo must not be told to somebody who came in between.
        is_news = text == "*" or (happening is not None and self._is_new(happening))
        if not is_news or not self._subscribers:
            return
        if happening is None:
            self._overlooked = True
        else:
            if len(self._waiting) >= _MOST_WAITING:
                _log.warning("streams are behind, something was left out")
                return
            self._waiting.append(happening)
        if self._working is None:
            self._working = asyncio.get_running_loop().create_task(self._work())

    def _is_new(self, happening: Happening) -> bool:
        """Remember it; what another process told, or this one, is heard twice with PostgreSQL."""
        new = [key for key in happening.keys if not self._seen.get(key)]
        for key in new:
            self._seen.put(key, True)
        return bool(new)

    async def _work(self) -> None:
        try:
            while self._waiting or self._overlooked:
                if self._overlooked:
                    self._overlooked = False
                    await self._catch_up()
                batch, self._waiting = sorted(self._waiting), []
                for happening in batch:
                    await self._hand_on(happening)
        finally:
            self._working = None

    async def _hand_on(self, happening: Happening) -> None:
        try:
            await self._deliver(self, happening)
            self._heard_until = self.world.clock.now()
        except Unavailable:
            _log.warning("an event could not be read for the streams", kind=happening.kind)
        except Exception:
            # One event that cannot be shown must not end all streams.
            _log.exception("an event could not be sent to the streams", kind=happening.kind)

    async def _catch_up(self) -> None:
        """Find what another process stored without our hearing of it: new posts and notifications."""
        now = self.world.clock.now()
        try:
            posts, told = await self.world.db.read(missed_since, self._heard_until - _OVERLAP, now - _NEWS)
        except Unavailable:
            return
        self._heard_until = now
        missed = [Happening(number, Kind.UPDATE, (number,)) for number in posts]
        missed += [Happening(number, Kind.NOTIFICATION, (number,)) for number in told]
        self._waiting += [each for each in missed if self._is_new(each)]

    def _changed(self, name: str) -> None:
        if name not in _WATCHED or not self._subscribers:
            return
        self._unchecked = True
        if self._rechecking is None:
            self._rechecking = asyncio.get_running_loop().create_task(self._recheck_changed(name))

    async def _recheck_changed(self, name: str) -> None:
        """Recheck at once where tokens changed; actors change often, and are looked at once a second."""
        try:
            if name == "actors":
                await asyncio.sleep(_RECHECK_SECONDS)
            while self._unchecked:
                self._unchecked = False
                await self.recheck()
        except Unavailable:
            _log.warning("the tokens of streams could not be checked")
        finally:
            self._rechecking = None

    async def _beat(self) -> None:
        """Send heartbeats, end connections that listen to nothing, and look at tokens that run out."""
        beats = 0
        while True:
            await asyncio.sleep(self.heartbeat_seconds)
            beats += 1
            now = self.world.clock.monotonic()
            for subscriber in list(self._subscribers):
                if not subscriber.channels and now - subscriber.since > IDLE_SECONDS:
                    subscriber.end(Ending.IDLE)
                else:
                    subscriber.beat()
            if beats % _RECHECKED_BEATS == 0:
                self._changed("*")
