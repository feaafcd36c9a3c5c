"""Counting refusals, forgetting what is old, storing together, and what operators read."""

import asyncio
from datetime import timedelta

from sqlalchemy import insert, select

from fediunion.inbox.collector import Collector
from fediunion.inbox.models import InboxActivity, InboxRejection
from fediunion.inbox.queries import (
    list_inbox_activities,
    list_rejections,
)
from fediunion.inbox.rejections import OTHER_HOSTS
from fediunion.inbox.retention import forget_received
from tests.fakes.stranger import StrangeActor
from tests.inbox.rig import ALICE, SHARED, Rig


async def test_refusals_are_written_down_by_day_reason_and_host(rig: Rig, mallory: StrangeActor) -> None:
    for _ in range(3):
        await mallory.post(SHARED, mallory.create(mallory.note()), sent_body=b"{}")
    await mallory.post(SHARED, b"{}", scheme="none")
    await rig.rejections.flush()
    await mallory.post(SHARED, mallory.create(mallory.note()), sent_body=b"{}")
    await rig.rejections.flush()
    today = rig.clock.now().date()
    counted = await rig.world.db.read(list_rejections, today)
    assert [(each.day, each.reason, each.host, each.count) for each in counted] == [
        (today, "digest-mismatch", "evil.example", 4),
        (today, "no-signature", "", 1),
    ]
    assert rig.rejected("digest-mismatch") == 4


async def test_R10_a_million_hosts_make_a_bounded_number_of_rows(rig: Rig) -> None:
    for number in range(3000):
        rig.rejections.count("no-signature", f"host{number}.example")
    await rig.rejections.flush()
    assert await rig.count(InboxRejection) == 1001
    others = await rig.world.db.read(
        lambda session: session.scalar(select(InboxRejection.count).where(InboxRejection.host == OTHER_HOSTS))
    )
    assert others == 2000
    assert rig.rejected() == 3000


async def test_R10_what_was_taken_back_and_never_known_is_remembered_for_a_month(
    rig: Rig, alice: StrangeActor
) -> None:
    note = alice.note()
    assert (await alice.post(SHARED, alice.create(note))).status == 202
    gone = [f"{alice.uri}/never/{number}" for number in range(3)]
    for uri in (*gone, note["id"]):
        assert (await alice.post(SHARED, alice.activity("Delete", uri))).status == 202
    await rig.settle()
    rig.clock.advance(days=30)
    await forget_received(rig.world, {})
    assert [await rig.kind_of(uri) for uri in gone] == ["tombstone"] * 3
    rig.clock.advance(days=2)
    await forget_received(rig.world, {})
    assert [await rig.kind_of(uri) for uri in gone] == [None] * 3
    assert await rig.kind_of(note["id"]) == "tombstone"


async def test_more_than_one_portion_is_forgotten(rig: Rig) -> None:
    old = rig.clock.now()
    rows = [
        {
            "id": number,
            "uri": f"https://a.example/{number}",
            "sender_uri": ALICE,
            "actor_uri": ALICE,
            "activity_type": "Create",
            "body": "{}",
            "believed": True,
            "received_at": old,
            "processed_at": old,
            "outcome": "done",
        }
        for number in range(1, 2502)
    ]
    await rig.world.db.write(lambda session: session.execute(insert(InboxActivity), rows))
    rig.clock.advance(days=30)
    await forget_received(rig.world, {})
    assert {row.body for row in await rig.rows()} == {None}
    rig.clock.advance(days=31)
    await forget_received(rig.world, {})
    assert await rig.rows() == []


async def test_what_came_in_is_forgotten_in_time_and_its_id_later(rig: Rig, alice: StrangeActor) -> None:
    activity = alice.create(alice.note())
    await alice.post(SHARED, activity)
    rig.rejections.count("no-signature", "evil.example")
    await rig.rejections.flush()
    rig.clock.advance(days=61)
    await forget_received(rig.world, {})
    assert await rig.row(activity["id"]) is not None, "it was not processed yet"
    await rig.settle()
    kept: list[bool | None] = []
    for days in (0, 8, 30, 61):
        later = alice.create(alice.note())
        await alice.post(SHARED, later)
        await rig.settle()
        rig.clock.advance(days=days)
        await forget_received(rig.world, {})
        row = await rig.row(later["id"])
        kept.append(None if row is None else row.body is not None)
    assert kept == [True, False, False, None]
    assert await rig.count(InboxRejection) == 0


async def test_P26_what_was_refused_is_not_kept(rig: Rig, mallory: StrangeActor) -> None:
    """Nobody looks at it again; of what was taken or ignored the text stays for some days."""
    await rig.know("https://good.example/refuse")
    rig.followed = set()
    came = {
        "refused": mallory.activity("Like", "https://good.example/refuse"),
        "refused at once": mallory.activity("Delete", "https://good.example/post"),
        "not handled": mallory.activity("Flag", ALICE),
        "not known": mallory.activity("Juggle", ALICE),
        "ignored": mallory.activity("Announce", "https://good.example/unknown"),
        "done": mallory.create(mallory.note()),
    }
    for activity in came.values():
        assert (await mallory.post(SHARED, activity)).status == 202
    await rig.settle()
    kept = {}
    for name, activity in came.items():
        row = await rig.row(activity["id"])
        assert row is not None
        assert row.outcome.partition(":")[0] in f"not handled {name}"
        kept[name] = row.body is not None
    assert kept == dict.fromkeys(came, False) | {"ignored": True, "done": True}


async def test_what_arrives_together_is_committed_together(rig: Rig) -> None:
    writes = []
    original = rig.world.db.write

    async def counted(work: object, *args: object, **kwargs: object) -> object:
        writes.append(work)
        return await original(work, *args, **kwargs)  # type: ignore[arg-type]  # any unit of work

    rig.world.db.write = counted  # type: ignore[method-assign,assignment]  # counts, and changes nothing
    collector = Collector(rig.world)
    await asyncio.gather(*(collector.store(row_of(number)) for number in range(250)))
    assert await rig.count(InboxActivity) == 250
    assert len(writes) <= 5
    await collector.store(row_of(7))
    assert await rig.count(InboxActivity) == 250


def row_of(number: int) -> dict[str, object]:
    """Return the columns of a received activity."""
    return {
        "uri": f"https://good.example/{number}",
        "sender_uri": "https://good.example/a",
        "actor_uri": "https://good.example/a",
        "activity_type": "Juggle",
        "object_uri": None,
        "body": "{}",
        "believed": True,
    }


async def test_operators_read_what_came_and_what_became_of_it(rig: Rig, alice: StrangeActor) -> None:
    began = rig.clock.now()
    fine, odd = alice.activity("Follow", ALICE), alice.activity("View", ALICE)
    for activity in (fine, odd):
        await alice.post(SHARED, activity)
    rig.clock.advance(5)
    await rig.settle()
    listed = await rig.world.db.read(list_inbox_activities)
    assert [each.uri for each in listed] == [odd["id"], fine["id"]]
    unhandled = await rig.world.db.read(list_inbox_activities, outcome_prefix="not handled")
    assert [each.uri for each in unhandled] == [odd["id"]]
    (newest,) = await rig.world.db.read(list_inbox_activities, limit=1)
    assert newest.uri == odd["id"]
    assert listed[1].processed_at == began + timedelta(seconds=5)
