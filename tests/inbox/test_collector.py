"""Storing what arrives together: what cannot be stored is refused, and nobody else for it."""

import asyncio
from typing import Any

import pytest

from fediunion.inbox.collector import Collector
from fediunion.kit.errors import BadDocument
from tests.fakes.stranger import StrangeActor
from tests.inbox.rig import ALICE, SHARED, Rig

# Not to be made shorter by compression, as what is repeated would be.
_LONG = "".join(chr(0x20000 + (number * 7919) % 0xA000) for number in range(2000))


async def test_an_id_of_too_many_bytes_is_refused_and_what_comes_with_it_is_not(
    rig: Rig, alice: StrangeActor, mallory: StrangeActor
) -> None:
    for actor in (alice, mallory):
        assert (await actor.post(SHARED, actor.activity("Follow", ALICE))).status == 202
    forged = mallory.activity("Follow", ALICE, id=f"https://evil.example/{_LONG}")
    answers = await asyncio.gather(
        mallory.post(SHARED, forged),
        *(alice.post(SHARED, alice.create(alice.note())) for _ in range(4)),
    )
    assert [answer.status for answer in answers] == [400, 202, 202, 202, 202]


async def test_a_deleted_id_of_too_many_bytes_is_refused_at_the_door(rig: Rig, mallory: StrangeActor) -> None:
    delete = mallory.activity("Delete", f"https://evil.example/{_LONG}")
    await rig.assert_rejected(await mallory.post(SHARED, delete), 400, "bad-id")


async def test_the_longest_ids_are_stored(rig: Rig, mallory: StrangeActor) -> None:
    longest = (f"https://evil.example/{_LONG}".encode()[:2046]).decode(errors="ignore")
    follow, delete = mallory.activity("Follow", ALICE, id=longest), mallory.activity("Delete", f"{longest}2")
    for activity in (follow, delete):
        assert (await mallory.post(SHARED, activity)).status == 202
    await rig.settle()
    assert await rig.kind_of(longest) == "follow"
    assert await rig.kind_of(f"{longest}2") == "tombstone"


async def test_what_the_database_does_not_take_is_refused_alone(rig: Rig, alice: StrangeActor) -> None:
    assert (await alice.post(SHARED, alice.create(alice.note()))).status == 202
    await rig.settle()
    stored = (await rig.rows())[0]
    columns = ("sender_uri", "actor_uri", "object_uri", "body", "believed")

    def row(uri: str, activity_type: str | None) -> dict[str, Any]:
        same = {name: getattr(stored, name) for name in columns}
        return {"uri": uri, "activity_type": activity_type, **same}

    collector = Collector(rig.world)
    rows = [row(f"https://good.example/{kind}", kind) for kind in ("Create", None, "Like")]
    outcomes = await asyncio.gather(*map(collector.store, rows), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), BadDocument, type(None)]
    kept = {stored.uri, "https://good.example/Create", "https://good.example/Like"}
    assert {row.uri for row in await rig.rows()} == kept
    await rig.settle()
    assert all(row.outcome for row in await rig.rows())
    with pytest.raises(BadDocument):
        await collector.store(row("https://good.example/alone", None))
