"""Pages that hear of new posts: streams of ids for a signed-in browser; the rows are fetched as pages are."""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from fediunion.activitypub.audience import Audience
from fediunion.kit.errors import Unavailable
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.members.sessions import find_session
from fediunion.social.notifications.models import Notification
from fediunion.social.timelines.messages import STREAM, Happening, Kind, read_message
from fediunion.social.timelines.queries.readers import (
    find_public_place,
    homes_showing,
    lists_showing,
    public_readers,
)
from fediunion.web.counts import load_counts
from fediunion.world import World

BEAT_SECONDS: Final = 15.0
_MOST_WAITING: Final = 100
_MOST_OF_ALL: Final = 3_000
_HEARD: Final = (Kind.UPDATE, Kind.NOTIFICATION)
_HELLO: Final = "retry: 10000\n\n"
_BEAT: Final = ":\n\n"
_TOO_MANY: Final = Sentence("Too many of your pages are open; close some.")

_log = structlog.get_logger(__name__)


class Place(StrEnum):
    """Which timeline an open page shows; with NOWHERE none, it hears of what a feature tells it."""

    HOME = "home"
    LOCAL = "local"
    NETWORK = "network"
    LIST = "list"
    NOWHERE = "nowhere"


@dataclass(eq=False)
class Listener:
    """An open page. It hears of what stands in its timeline, with `list_id` of which list; and how the
    numbers in its menu change, which depend on the member's `role`.

    `texts` are what waits to be sent; None ends the stream.
    """

    actor_id: int
    cookie: str
    place: Place = Place.HOME
    list_id: int = 0
    role: str = Role.MEMBER
    texts: "asyncio.Queue[str | None]" = field(default_factory=lambda: asyncio.Queue(_MOST_WAITING))

    def say(self, text: str | None) -> None:
        """Send a text after those that wait; who does not read is ended, and comes back."""
        try:
            self.texts.put_nowait(text)
        except asyncio.QueueFull:
            while not self.texts.empty():
                self.texts.get_nowait()
            self.texts.put_nowait(None)


class LiveDesk:
    """All open pages of one process of an instance, for `world.part(LiveDesk)`. In its event loop only.

    Nothing is promised: what could not be read is not told, and the page shows it when it is loaded again.
    """

    def __init__(self, world: World) -> None:
        self.beat_seconds = BEAT_SECONDS
        self._world = world
        self._listeners: dict[Listener, None] = {}
        self._waiting: list[Happening] = []
        self._working: asyncio.Task[None] | None = None
        world.db.subscribe(STREAM, self._hear)

    @contextmanager
    def joined(self, listener: Listener) -> Iterator[None]:
        """Let a page listen for a while."""
        self._listeners[listener] = None
        try:
            yield
        finally:
            self._listeners.pop(listener, None)

    def check_room(self, actor_id: int) -> None:
        """Raise Unavailable where so many pages are open, in all or of one member, that others would wait."""
        limits = self._world.settings.limits
        mine = sum(1 for each in self._listeners if each.actor_id == actor_id)
        crowded = limits.enabled and mine >= limits.streams_per_member
        if crowded or len(self._listeners) >= _MOST_OF_ALL:
            raise Unavailable(_TOO_MANY)

    def end_all(self) -> None:
        """End every stream: the server stops."""
        for listener in list(self._listeners):
            listener.say(None)

    async def settle(self) -> None:
        """Wait until what was heard so far is handed on."""
        while self._working is not None:
            await asyncio.wait([self._working])

    async def is_signed_in(self, listener: Listener) -> bool:
        """Return whether the session of a page goes on."""
        return bool(await self._world.db.read(_signed_in, [listener]))

    def _hear(self, text: str) -> None:
        happening = None if text == "*" else read_message(text)
        if happening is None or happening.kind not in _HEARD or not self._listeners:
            return
        self._waiting.append(happening)
        if self._working is None:
            self._working = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        try:
            while self._waiting:
                happening = self._waiting.pop(0)
                try:
                    if happening.kind is Kind.UPDATE:
                        await self._tell(happening.ids[0])
                    else:
                        await self._tell_counts(happening.ids)
                except Unavailable:
                    _log.warning("what is new could not be read for open pages")
        finally:
            self._working = None

    async def _tell(self, post_id: int) -> None:
        reached = await self._world.db.read(_reached, post_id, list(self._listeners))
        for listener in reached:
            listener.say(f"event: update\ndata: {post_id}\n\n")

    async def _tell_counts(self, notification_ids: Sequence[int]) -> None:
        counted = await self._world.db.read(_counted, notification_ids, list(self._listeners))
        for listener, counts in counted:
            listener.say(f"event: counts\ndata: {json.dumps(counts)}\n\n")


class EventStream(Response):
    """The answer that goes on while a page is open."""

    def __init__(self, desk: LiveDesk, listener: Listener) -> None:
        super().__init__(headers={"x-accel-buffering": "no"}, media_type="text/event-stream")
        del self.headers["content-length"]
        self._desk, self._listener = desk, listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what comes until the page is closed, the session is over or the server stops."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        with self._desk.joined(self._listener):
            tasks = [asyncio.create_task(self._send(send)), asyncio.create_task(_closed(receive))]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _send(self, send: Send) -> None:
        text: str | None = _HELLO
        # A server raises these for a connection that it has lost.
        with contextlib.suppress(OSError, RuntimeError):
            while text is not None:
                await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
                text = await self._next()
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _next(self) -> str | None:
        try:
            async with asyncio.timeout(self._desk.beat_seconds):
                return await self._listener.texts.get()
        except TimeoutError:
            try:
                return _BEAT if await self._desk.is_signed_in(self._listener) else None
            except Unavailable:
                return _BEAT


async def _closed(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _reached(session: Session, post_id: int, listeners: list[Listener]) -> list[Listener]:
    """Return the pages that show a post now, by the conditions of the timelines, of sessions that go on."""
    stands = find_public_place(session, post_id)
    if stands is None:
        return []
    at: dict[Place, list[Listener]] = defaultdict(list)
    for each in listeners:
        at[each.place].append(each)
    homes = homes_showing(session, post_id, {each.actor_id for each in at[Place.HOME]})
    shown = [each for each in at[Place.HOME] if each.actor_id in homes]
    if at[Place.LIST]:
        lists = lists_showing(session, post_id, {each.list_id for each in at[Place.LIST]})
        shown += [each for each in at[Place.LIST] if each.list_id in lists]
    in_public: list[Listener] = []
    if stands.is_listed and stands.local and stands.is_for(members=True):
        in_public += at[Place.LOCAL]
    if stands.is_listed and stands.audience == Audience.NETWORK:
        in_public += at[Place.NETWORK]
    readers = public_readers(session, post_id, {each.actor_id for each in in_public})
    return _signed_in(session, [*shown, *(each for each in in_public if each.actor_id in readers)])


def _counted(
    session: Session, notification_ids: Sequence[int], listeners: list[Listener]
) -> list[tuple[Listener, Mapping[str, int]]]:
    """Return the pages of those who were told something, with the numbers in their menus."""
    told = set(
        session.scalars(select(Notification.recipient_id).where(Notification.id.in_(notification_ids)))
    )
    pages = _signed_in(session, [each for each in listeners if each.actor_id in told])
    whose = {(each.actor_id, each.role) for each in pages}
    counts = {key: load_counts(session, *key) for key in whose}
    return [(each, counts[each.actor_id, each.role]) for each in pages]


def _signed_in(session: Session, listeners: Iterable[Listener]) -> list[Listener]:
    cookies = {each.cookie for each in listeners}
    good = {cookie for cookie in cookies if find_session(session, cookie) is not None}
    return [each for each in listeners if each.cookie in good]
