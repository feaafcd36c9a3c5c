"""Row P26: what is large is not read with many others, nor kept as it was read until it is stored."""

import asyncio
import gc
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import insert

from fediunion.inbox.collector import store_activities
from fediunion.inbox.endpoints import inbox_app
from fediunion.inbox.envelope import Envelope
from fediunion.inbox.models import InboxActivity
from fediunion.inbox.portions import in_portions
from fediunion.inbox.queries import list_sizes, list_waiting
from fediunion.inbox.rules import Rules
from fediunion.inbox.runs import Run, Wiring
from fediunion.world import World
from tests.fakes.stranger import StrangeActor
from tests.inbox.rig import ALICE, DOMAIN, RULES, SHARED, Rig

LARGE = 1_000_000
MOST = 4 * 1_048_576


class Watched:
    """A database that notes which of some reads and writes are asked for, and with what."""

    def __init__(self, database: Any, *noted: Any) -> None:
        self._database = database
        self._noted = noted
        self.asked: list[Sequence[int]] = []
        self.documents_at_writing: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def read(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        """Read, and note the ids that were asked for."""
        if work in self._noted:
            self.asked.append(args[0])
        return await self._database.read(work, *args, **kwargs)

    async def write(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        """Write, and note how many documents are in memory by now."""
        if work in self._noted:
            self.documents_at_writing.append(documents_in_memory())
        return await self._database.write(work, *args, **kwargs)


def documents_in_memory() -> int:
    """Return how many documents somebody holds as they were read."""
    return sum(isinstance(each, Envelope) for each in gc.get_objects())


def watched(world: World, *noted: Any) -> tuple[World, Watched]:
    """Return the world over a database that notes what it is asked."""
    database: Any = Watched(world.db, *noted)
    return replace(world, db=database), database


async def stored(rig: Rig, sizes: Sequence[int]) -> list[int]:
    """Let activities of these sizes wait, and return the ids of their rows."""
    rows = [
        {
            "id": number,
            "uri": f"https://a.example/{number}",
            "sender_uri": ALICE,
            "actor_uri": ALICE,
            "activity_type": "View",
            "body": orjson.dumps({"type": "View", "summary": "x" * size}).decode(),
            "believed": True,
            "received_at": rig.clock.now(),
            "outcome": "",
        }
        for number, size in enumerate(sizes, 1)
    ]
    await rig.world.db.write(lambda session: session.execute(insert(InboxActivity), rows))
    return [number for number, _ in enumerate(sizes, 1)]


async def portions(world: World, ids: Sequence[int], **how: bool) -> list[list[int]]:
    """Return all portions."""
    return [list(each) async for each in in_portions(world, ids, **how)]


async def test_P26_what_is_large_is_read_with_few_others(rig: Rig) -> None:
    ids = await stored(rig, [LARGE] * 5 + [10] * 3 + [MOST] + [10])
    assert await portions(rig.world, ids) == [[1, 2, 3, 4], [5, 6, 7, 8], [9], [10]]
    assert await portions(rig.world, ids, smallest_first=True) == [
        [6, 7, 8, 10, 1, 2, 3, 4],
        [5],
        [9],
    ]


async def test_what_is_small_is_read_together_two_hundred_at_a_time(rig: Rig) -> None:
    ids = await stored(rig, [10] * 450)
    assert [len(each) for each in await portions(rig.world, ids)] == [200, 200, 50]


async def test_few_are_read_without_asking_how_long_they_are(rig: Rig) -> None:
    ids = await stored(rig, [10] * 5)
    world, database = watched(rig.world, list_sizes)
    assert await portions(world, ids[:4]) == [[1, 2, 3, 4]]
    assert database.asked == []
    assert await portions(world, ids) == [ids]
    assert database.asked == [ids]


async def test_P26_large_activities_are_processed_some_at_a_time(rig: Rig, mallory: StrangeActor) -> None:
    follow = mallory.activity("Follow", ALICE)
    assert (await mallory.post(SHARED, follow)).status == 202
    await rig.settle()
    await rig.know("https://good.example/post")
    likes = [mallory.activity("Like", "https://good.example/post", summary="x" * LARGE) for _ in range(9)]
    for like in likes:
        assert (await mallory.post(SHARED, like)).status == 202
    world, database = watched(rig.world, list_waiting)
    rig.world = world
    await rig.settle()
    assert [len(each) for each in database.asked] == [4, 4, 1]
    assert [await rig.outcome(like["id"]) for like in likes] == ["done"] * 9


async def test_P26_large_activities_are_fetched_for_after_the_others(
    rig: Rig, mallory: StrangeActor, alice: StrangeActor
) -> None:
    """What does not fit is left to a job of its own, behind what waits by then."""
    large = [mallory.activity("Announce", mallory.note()["id"], summary="x" * LARGE) for _ in range(6)]
    small = alice.activity("Announce", alice.note()["id"])
    for activity in large:
        assert (await mallory.post(SHARED, activity)).status == 202
    assert (await alice.post(SHARED, small)).status == 202
    world, database = watched(rig.world, list_waiting)
    rig.world = world
    await rig.settle()
    ids = {row.uri: row.id for row in await rig.rows()}
    to_fetch = database.asked[2:]
    assert [len(each) for each in to_fetch] == [5, 2]
    assert to_fetch[0][0] == ids[small["id"]]
    assert [await rig.outcome(each["id"]) for each in [small, *large]] == ["done"] * 7
    assert await rig.jobs() == 0


async def test_P26_others_have_their_turn_between_two_that_take_long_to_read(rig: Rig) -> None:
    ids = await stored(rig, [20_000] * 10)
    run = Run(Wiring(Rules(RULES), rig.rejections), rig.world, dict.fromkeys(ids, 0))
    loading = asyncio.create_task(run.load(ids))
    read: set[int] = set()
    while not loading.done():
        read.add(int(rig.rejected()))
        await asyncio.sleep(0)
    assert read >= set(range(10))


async def test_P26_what_was_read_is_not_kept_until_it_is_stored(rig: Rig, mallory: StrangeActor) -> None:
    world, database = watched(rig.world, store_activities)
    rig.internet.join(DOMAIN, inbox_app(world, rig.rejections))
    gc.collect()
    before = documents_in_memory()
    for _ in range(2):
        assert (await mallory.post(SHARED, mallory.create(mallory.note()))).status == 202
    assert len(database.documents_at_writing) == 2
    assert max(database.documents_at_writing) <= before
