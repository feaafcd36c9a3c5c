"""Rows R01, R02, R04, R10 and L07: floods, slow senders, and a storage that cannot take more."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from fediunion.config import Limits
from fediunion.inbox.endpoints import inbox_app
from fediunion.inbox.limits import InboxLimits, TooManyActivities
from fediunion.inbox.models import InboxActivity
from fediunion.kit.asgi import Message
from fediunion.kit.errors import Unavailable
from fediunion.world import World
from tests.databases import Databases
from tests.fakes.settings import settings_for
from tests.fakes.stranger import StrangeActor
from tests.inbox.rig import ALICE, DOMAIN, SHARED, Rig


async def limited(databases: Databases, tmp_path: Path, **limits: int) -> Rig:
    """Return an instance with limits."""
    settings = replace(settings_for(DOMAIN, tmp_path), limits=Limits(enabled=True, **limits))
    return await Rig.start(databases.with_tables(), tmp_path, settings=settings)


async def test_R01_a_host_over_its_rate_is_told_when_to_come_back(
    databases: Databases, tmp_path: Path, inbox: str
) -> None:
    rig = await limited(databases, tmp_path, inbox_per_host_per_minute=6)
    mallory = (await rig.stranger("evil.example")).add_actor("mallory")
    alice = (await rig.stranger("good.example")).add_actor("alice")
    for _ in range(6):
        assert (await mallory.post(inbox, mallory.create(mallory.note()))).status == 202
    answer = await mallory.post(inbox, mallory.create(mallory.note()))
    assert (answer.status, answer.headers["Retry-After"]) == (429, "10")
    other_host = (await rig.stranger("sub.evil.example")).add_actor("mallory")
    assert (await other_host.post(inbox, other_host.create(other_host.note()))).status == 429
    assert (await alice.post(inbox, alice.create(alice.note()))).status == 202
    rig.clock.advance(10)
    assert (await mallory.post(inbox, mallory.create(mallory.note()))).status == 202
    await rig.settle()
    assert [row.outcome for row in await rig.rows()] == ["done"] * 8
    await rig.close()


async def test_R01_what_is_large_counts_for_many(databases: Databases, tmp_path: Path) -> None:
    rig = await limited(databases, tmp_path, inbox_per_host_per_minute=600)
    mallory = (await rig.stranger("evil.example")).add_actor("mallory")
    taken = 0
    while (answer := await mallory.post(SHARED, padded(mallory, 1_048_576))).status == 202:
        taken += 1
    assert (taken, answer.status, answer.headers["Retry-After"]) == (10, 429, "5")
    rig.clock.advance(6)
    assert (await mallory.post(SHARED, mallory.create(mallory.note()))).status == 202
    await rig.close()


async def test_R01_where_little_may_come_something_large_may_too(
    databases: Databases, tmp_path: Path
) -> None:
    rig = await limited(databases, tmp_path, inbox_per_host_per_minute=6)
    mallory = (await rig.stranger("evil.example")).add_actor("mallory")
    assert (await mallory.post(SHARED, padded(mallory, 1_048_576))).status == 202
    answer = await mallory.post(SHARED, mallory.create(mallory.note()))
    assert (answer.status, answer.headers["Retry-After"]) == (429, "10")
    await rig.close()


def padded(actor: StrangeActor, size: int) -> bytes:
    """Return an activity of so many bytes."""
    body = orjson.dumps(actor.activity("View", ALICE, summary="~"))
    return body.replace(b"~", b"x" * (size - len(body) + 1))


async def test_R01_nobody_can_use_up_the_rate_of_another(databases: Databases, tmp_path: Path) -> None:
    rig = await limited(databases, tmp_path, inbox_per_host_per_minute=3)
    mallory = (await rig.stranger("evil.example")).add_actor("mallory")
    alice = (await rig.stranger("good.example")).add_actor("alice")
    for _ in range(10):
        forged = await mallory.post(SHARED, alice.create(alice.note()), key_id=alice.key_id)
        assert forged.status == 401
    assert (await alice.post(SHARED, alice.create(alice.note()))).status == 202
    await rig.close()


async def test_a_host_with_too_much_waiting_is_told_to_come_back(
    databases: Databases, tmp_path: Path
) -> None:
    rig = await limited(databases, tmp_path, inbox_waiting_per_host=100)
    mallory = (await rig.stranger("evil.example")).add_actor("mallory")
    alice = (await rig.stranger("good.example")).add_actor("alice")
    for _ in range(100):
        assert (await mallory.post(SHARED, mallory.create(mallory.note()))).status == 202
    rig.clock.advance(6)
    answer = await mallory.post(SHARED, mallory.create(mallory.note()))
    assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
    assert (await alice.post(SHARED, alice.create(alice.note()))).status == 202
    await rig.settle()
    rig.clock.advance(6)
    assert (await mallory.post(SHARED, mallory.create(mallory.note()))).status == 202
    await rig.close()


async def test_R10_the_table_of_hosts_is_bounded(databases: Databases, tmp_path: Path) -> None:
    rig = await limited(databases, tmp_path)
    limits = InboxLimits(rig.world)
    for number in range(11_000):
        limits.charge(f"host{number}.example")
    assert len(limits) == 10_000
    await rig.close()


async def test_without_limits_nobody_is_slowed_down(rig: Rig) -> None:
    limits = InboxLimits(rig.world)
    for _ in range(10_000):
        limits.charge("evil.example")
    await limits.check("evil.example")
    with pytest.raises(TooManyActivities):
        await exhausted(rig.world).check("evil.example")


def exhausted(world: World) -> InboxLimits:
    """Return limits that evil.example has used up."""
    settings = replace(world.settings, limits=Limits(enabled=True, inbox_per_host_per_minute=1))
    limits = InboxLimits(replace(world, settings=settings))
    limits.charge("evil.example")
    return limits


async def test_R02_an_unsigned_request_reads_neither_body_nor_database(rig: Rig) -> None:
    app = inbox_app(rig.world, rig.rejections)
    await rig.world.db.close()
    statuses = [
        await call(app, [("content-type", "application/activity+json")], body=None) for _ in range(50)
    ]
    assert statuses == [401] * 50


async def test_R04_a_body_that_drips_is_cut_off(rig: Rig, alice: StrangeActor) -> None:
    app = inbox_app(rig.world, rig.rejections, body_deadline_seconds=0.05)
    headers = [
        ("content-type", "application/activity+json"),
        ("signature", f'keyId="{alice.key_id}",algorithm="hs2019",headers="host",signature="AAAA"'),
    ]
    assert await call(app, headers, body=None) == 408


async def test_a_caller_who_leaves_is_forgotten(rig: Rig, alice: StrangeActor) -> None:
    headers = [
        ("content-type", "application/activity+json"),
        ("signature", f'keyId="{alice.key_id}",algorithm="hs2019",headers="host",signature="AAAA"'),
    ]
    app = inbox_app(rig.world, rig.rejections)
    assert await call(app, headers, body=b"") is None


async def test_L07_without_storage_it_is_503_and_nothing_is_acknowledged(
    rig: Rig, alice: StrangeActor, inbox: str
) -> None:
    assert (await alice.post(inbox, alice.create(alice.note()))).status == 202
    disk: Any = FullDisk(rig.world.db)
    world = replace(rig.world, db=disk)
    rig.internet.join(DOMAIN, inbox_app(world, rig.rejections))
    answer = await alice.post(inbox, alice.create(alice.note()))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    assert rig.rejected("unavailable") == 1
    disk.full = False
    assert (await alice.post(inbox, alice.create(alice.note()))).status == 202
    assert await rig.count(InboxActivity) == 2


class FullDisk:
    """A database that can be read but not written while it is `full`."""

    def __init__(self, database: Any) -> None:
        self.full = True
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def write(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse, or do it."""
        if self.full:
            raise Unavailable("the disk is full")
        return await self._database.write(*args, **kwargs)


async def call(app: Any, headers: list[tuple[str, str]], body: bytes | None) -> int | None:
    """Return the status of a POST; a `body` of None never comes, b"" is a caller who left."""
    started: list[int] = []

    async def receive() -> Message:
        if body is None:
            await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.append(message["status"])

    raw = [(name.encode(), value.encode()) for name, value in [("host", DOMAIN), *headers]]
    scope = {"type": "http", "method": "POST", "path": "/inbox", "raw_path": b"/inbox", "query_string": b""}
    await app({**scope, "headers": raw}, receive, send)
    return started[0] if started else None
