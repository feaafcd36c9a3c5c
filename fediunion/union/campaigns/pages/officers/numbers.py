"""The numbers of a call for an open page of the team, told again whenever they change."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from sqlalchemy.orm import Session
from starlette.types import Receive, Scope, Send

from fediunion.db import announce
from fediunion.kit.errors import Unavailable
from fediunion.union.campaigns import solidarity
from fediunion.union.campaigns.events import PledgesChanged, SignaturesChanged
from fediunion.union.campaigns.models import CampaignCall
from fediunion.web.live import EventStream, Listener, LiveDesk
from fediunion.world import World

CHANNEL: Final = "campaigns.numbers"
_ALL: Final = "*"
_log = structlog.get_logger(__name__)


def numbers_changed(session: Session, event: SignaturesChanged | PledgesChanged) -> None:
    """Reaction: open pages of the team are told, once this is committed."""
    announce(session, CHANNEL, str(event.call.id))


def numbers_of(session: Session, call_id: int) -> dict[str, int]:
    """Return how a call stands; all 0 for one that is gone."""
    call = session.get(CampaignCall, call_id)
    if call is None:
        return dict.fromkeys(("signatures", "pledges", "followers", "messages"), 0)
    return {
        "signatures": call.signatures_count,
        "pledges": call.pledges_count,
        "followers": call.followers_count,
        "messages": solidarity.count_waiting(session, call),
    }


class NumbersDesk:
    """Which open pages wait for the numbers of which call, for `world.part(NumbersDesk)`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._pages: dict[Listener, int] = {}
        self._changed: set[int] = set()
        self._working: asyncio.Task[None] | None = None
        world.db.subscribe(CHANNEL, self._hear)

    @contextmanager
    def joined(self, listener: Listener, call_id: int) -> Iterator[None]:
        """Let a page hear of a call for a while."""
        self._pages[listener] = call_id
        try:
            yield
        finally:
            self._pages.pop(listener, None)

    async def settle(self) -> None:
        """Wait until what was heard so far is handed on."""
        while self._working is not None:
            await asyncio.wait([self._working])

    def _hear(self, text: str) -> None:
        watched = set(self._pages.values())
        changed = watched if text == _ALL else watched & ({int(text)} if text.isdigit() else set())
        self._changed |= changed
        if self._changed and self._working is None:
            self._working = asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        try:
            while self._changed:
                call_id = self._changed.pop()
                numbers = await self._world.db.read(numbers_of, call_id)
                for listener, watched in list(self._pages.items()):
                    if watched == call_id:
                        listener.say(f"event: numbers\ndata: {json.dumps(numbers)}\n\n")
        except Unavailable:
            _log.warning("the numbers of a call could not be read for open pages")
        finally:
            self._working = None


class NumbersStream(EventStream):
    """The answer that goes on while a page of the team is open."""

    def __init__(self, world: World, listener: Listener, call_id: int) -> None:
        super().__init__(world.part(LiveDesk), listener)
        self._numbers, self._who, self._call_id = world.part(NumbersDesk), listener, call_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what comes until the page is closed, the session is over or the server stops."""
        with self._numbers.joined(self._who, self._call_id):
            await super().__call__(scope, receive, send)
