"""What becomes of received activities: rules, outcomes, order, and mistakes of ours."""

import itertools
from typing import Any

import pytest

from fediunion.inbox.collector import PROCESS_JOB
from fediunion.inbox.models import InboxActivity
from fediunion.jobs.models import Job
from fediunion.jobs.queue import enqueue
from fediunion.jobs.run import run_due
from tests.fakes.stranger import StrangeActor
from tests.inbox.rig import ALICE, SHARED, Rig


async def send(rig: Rig, actor: StrangeActor, *activities: dict[str, Any]) -> list[str]:
    """Deliver activities, process them, and return what became of each."""
    for activity in activities:
        assert (await actor.post(SHARED, activity)).status == 202
    await rig.settle()
    return [await rig.outcome(activity["id"]) for activity in activities]


async def test_an_activity_is_processed_by_its_rule(rig: Rig, alice: StrangeActor) -> None:
    note = alice.note()
    assert await send(rig, alice, alice.create(note)) == ["done"]
    assert await rig.kind_of(note["id"]) == "post"
    row = (await rig.rows())[0]
    assert row.processed_at == rig.clock.now()


async def test_an_activity_without_a_rule_is_recorded_as_not_handled(rig: Rig, alice: StrangeActor) -> None:
    outcomes = await send(
        rig,
        alice,
        alice.activity("View", ALICE),
        alice.activity("Offer", {"type": "Event", "id": "https://good.example/e/1", "name": "Party"}),
        alice.activity("Flag", ALICE),
    )
    assert outcomes == [
        "not handled: no rule for View(actor)",
        "not handled: no rule for Offer(Event)",
        "not handled: no rule for Flag(actor)",
    ]


async def test_what_a_rule_refuses_leaves_nothing_but_its_outcome(rig: Rig, alice: StrangeActor) -> None:
    await rig.know("https://good.example/refuse")
    refused, fine = alice.activity("Like", "https://good.example/refuse"), alice.activity("Follow", ALICE)
    assert await send(rig, alice, refused, fine) == ["refused: nobody may like this", "done"]
    assert await rig.kind_of(refused["id"]) is None
    assert await rig.kind_of(fine["id"]) == "follow"
    assert rig.rejected("refused") == 1


async def test_R11_a_mistake_of_ours_holds_up_nobody_else(rig: Rig, alice: StrangeActor) -> None:
    await rig.know("https://good.example/break")
    broken = alice.activity("Like", "https://good.example/break")
    activities = [alice.activity("Follow", ALICE), broken, alice.create(alice.note())]
    assert await send(rig, alice, *activities) == ["done", "", "done"]
    assert await rig.kind_of(broken["id"]) is None
    waiting = await jobs_of(rig)
    assert [len(job.payload["ids"]) for job in waiting] == [1]
    assert waiting[0].attempts == 1
    assert "a mistake of ours" in (waiting[0].last_error or "")


async def test_the_activities_of_a_job_over_which_a_process_died_are_tried_one_by_one(
    rig: Rig, alice: StrangeActor
) -> None:
    for _ in range(3):
        assert (await alice.post(SHARED, alice.create(alice.note()))).status == 202
    ids = [row.id for row in await rig.rows()]

    def crash(session: Any) -> None:
        for job in session.query(Job).filter(Job.kind == PROCESS_JOB):
            session.delete(job)
        enqueue(session, PROCESS_JOB, ids=ids)
        session.flush()
        session.query(Job).filter(Job.kind == PROCESS_JOB).update({"state": "suspect", "crashes": 1})

    await rig.world.db.write(crash)
    await run_due(rig.world, rig.handlers)
    assert [job.payload["ids"] for job in await jobs_of(rig)] == [[row] for row in ids]
    await rig.settle()
    assert [row.outcome for row in await rig.rows()] == ["done"] * 3


async def test_L20_every_order_of_a_follow_and_its_undo_ends_the_same(rig: Rig, alice: StrangeActor) -> None:
    for order in itertools.permutations(range(4)):
        liked = alice.note()["id"]
        await rig.know(liked)
        follow, like = alice.activity("Follow", ALICE), alice.activity("Like", liked)
        steps = [follow, alice.activity("Undo", follow), like, alice.activity("Undo", like["id"])]
        for step in order:
            assert (await alice.post(SHARED, steps[step])).status == 202
            await rig.settle()
        kinds = [await rig.kind_of(each["id"]) for each in (follow, like)]
        assert kinds == ["tombstone", "tombstone"], order


@pytest.mark.parametrize("at_once", [True, False])
async def test_L20_every_order_of_a_posts_life_ends_the_same(
    rig: Rig, alice: StrangeActor, at_once: bool
) -> None:
    for order in itertools.permutations(range(4)):
        note = alice.note()
        steps = [
            alice.create(note),
            alice.activity("Update", {**note, "content": "changed"}),
            alice.activity("Like", note["id"]),
            alice.activity("Delete", {"type": "Tombstone", "id": note["id"]}),
        ]
        for step in order:
            assert (await alice.post(SHARED, steps[step])).status == 202
            if not at_once:
                await rig.settle()
        await rig.settle()
        assert await rig.kind_of(note["id"]) == "tombstone", order


async def test_L20_a_like_waits_for_its_post(rig: Rig, alice: StrangeActor) -> None:
    note = alice.note()
    like = alice.activity("Like", note["id"])
    assert await send(rig, alice, like) == [""]
    assert await send(rig, alice, alice.create(note)) == ["done"]
    rig.clock.advance(61)
    await rig.settle()
    assert await rig.outcome(like["id"]) == "done"


async def test_L20_a_like_does_not_wait_for_ever(rig: Rig, alice: StrangeActor) -> None:
    like = alice.activity("Like", "https://elsewhere.example/1")
    await send(rig, alice, like)
    for _ in range(6):
        rig.clock.advance(hours=12)
        await rig.settle()
    assert await rig.outcome(like["id"]) == "ignored: https://elsewhere.example/1 is not known here"
    assert await rig.jobs() == 0


async def test_A39_a_create_after_its_delete_stays_deleted(rig: Rig, alice: StrangeActor) -> None:
    note = alice.note()
    outcomes = await send(rig, alice, alice.activity("Delete", note["id"]), alice.create(note))
    assert outcomes == [
        f"ignored: {note['id']} was not known here, and stays deleted",
        f"ignored: {note['id']} was deleted",
    ]


async def test_A01_A03_nobody_deletes_what_is_anothers(
    rig: Rig, alice: StrangeActor, mallory: StrangeActor
) -> None:
    note = alice.note()
    await send(rig, alice, alice.create(note))
    eve = alice.server.add_actor("eve")
    deletes = [mallory.activity("Delete", uri) for uri in (note["id"], alice.uri)]
    assert all(each.startswith("refused") for each in await send(rig, mallory, *deletes))
    assert (await send(rig, eve, eve.activity("Delete", alice.uri)))[0].startswith("refused")
    assert await rig.kind_of(note["id"]) == "post"
    assert await rig.kind_of(alice.uri) == "actor"


@pytest.mark.parametrize("kind", ["Delete", "Update", "Create", "Announce", "Like"])
async def test_A04_A12_F14_nothing_of_ours_comes_from_elsewhere(
    rig: Rig, mallory: StrangeActor, kind: str
) -> None:
    ours = f"{ALICE}/posts/none"
    note = {"type": "Note", "id": ours, "attributedTo": mallory.uri, "content": "x"}
    activity = mallory.activity(kind, note if kind in ("Update", "Create") else ours)
    outcome = (await send(rig, mallory, activity))[0]
    assert outcome.startswith("refused") or kind == "Like"
    assert await rig.kind_of(ours) is None


async def test_A30_a_like_of_a_post_of_ours_that_is_not_there_is_refused_at_once(
    rig: Rig, mallory: StrangeActor
) -> None:
    like = mallory.activity("Like", f"{ALICE}/posts/none")
    assert await send(rig, mallory, like) == [f"refused: {ALICE}/posts/none does not exist"]


async def test_A16_nobody_undoes_what_another_did(
    rig: Rig, alice: StrangeActor, mallory: StrangeActor
) -> None:
    follow = alice.activity("Follow", ALICE)
    await send(rig, alice, follow)
    undos = [
        mallory.activity("Undo", each) for each in (follow, follow["id"], {**follow, "actor": mallory.uri})
    ]
    assert all(each.startswith("refused") for each in await send(rig, mallory, *undos))
    assert await rig.kind_of(follow["id"]) == "follow"


async def test_a_chunk_is_one_unit_and_a_row_is_processed_once(rig: Rig, alice: StrangeActor) -> None:
    assert (await alice.post(SHARED, alice.create(alice.note()))).status == 202
    ids = [row.id for row in await rig.rows()]
    for _ in range(3):
        await rig.world.db.write(enqueue, PROCESS_JOB, ids=ids)
    await rig.settle()
    assert await rig.count(InboxActivity) == 1
    assert await rig.jobs() == 0
    assert (await rig.rows())[0].outcome == "done"


async def jobs_of(rig: Rig) -> list[Job]:
    """Return the jobs of the inbox, the oldest first."""
    return await rig.world.db.read(
        lambda session: session.query(Job).filter(Job.kind == PROCESS_JOB).order_by(Job.id).all()
    )
