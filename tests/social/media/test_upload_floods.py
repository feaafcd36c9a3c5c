"""Uploads that cost more than they leave behind: what one member can use up is bounded."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from fediunion.app.application import create_app
from fediunion.config import DatabaseSettings, Settings
from fediunion.social.media.desk import MOST_OF_ONE_MEMBER, MediaDesk
from fediunion.world import World
from tests.api.rig import Client, Rig, rig_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.social.media import samples

_MOST = 3


@pytest.fixture
async def rig(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Rig]:
    """An instance whose limits are switched on."""
    settings = replace(
        settings,
        database=DatabaseSettings(url=databases.with_tables()),
        limits=replace(settings.limits, enabled=True),
        media=replace(settings.media, uploads_per_hour=_MOST),
    )
    async with rig_for(settings, clock) as opened:
        transport = httpx.ASGITransport(app=create_app(opened.world))
        async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
            yield replace(opened, http=http)


async def try_with(client: Client, content: bytes) -> int:
    answer = await client.ask("POST", "/api/v2/media", files={"file": ("picture.png", content)})
    return answer.status_code


async def test_M16_files_that_cannot_be_read_count_as_uploads(rig: Rig, ana: Client, ben: Client) -> None:
    broken = samples.picture()[:60]
    assert [await try_with(ana, broken) for _ in range(_MOST + 1)] == [422] * _MOST + [429]
    assert await try_with(ben, samples.picture()) == 200
    rig.clock.advance(hours=1)
    assert await try_with(ana, samples.picture()) == 200


async def test_M16_uploads_that_come_together_count_before_they_are_stored(ana: Client) -> None:
    answers = await asyncio.gather(*(try_with(ana, samples.picture()) for _ in range(_MOST * 2)))
    assert sorted(answers) == [200] * _MOST + [429] * _MOST


class WaitingDesk(MediaDesk):
    """Works on nothing until the test says so."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.short_while = 0.0
        self.may_work = asyncio.Event()

    async def make(self, source: Any, folder: Any, use: str) -> dict[str, Any]:
        """See MediaDesk."""
        await self.may_work.wait()
        return await super().make(source, folder, use)

    async def settled(self) -> None:
        """Wait until nothing is worked on."""
        async with asyncio.timeout(120):
            await asyncio.gather(*self._tasks)
            # The tasks tell the desk that they are done after those who wait for them.
            await asyncio.sleep(0)


async def test_M16_the_files_of_one_member_leave_room_for_those_of_others(
    rig: Rig, ana: Client, ben: Client
) -> None:
    object.__setattr__(rig.world.settings.media, "uploads_per_hour", 100)
    desk = WaitingDesk(rig.world)
    rig.world.parts[MediaDesk] = desk
    answers = [await try_with(ana, samples.picture()) for _ in range(MOST_OF_ONE_MEMBER + 1)]
    assert answers == [202] * MOST_OF_ONE_MEMBER + [503]
    assert await try_with(ben, samples.picture()) == 202
    desk.may_work.set()
    await desk.settled()
    assert await try_with(ana, samples.picture()) == 202
