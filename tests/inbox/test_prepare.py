"""What is fetched before an activity is processed, and what is believed of it."""

from typing import Any

import pytest

from fediunion.inbox.origin import MOST_FROM_ONE_DOMAIN
from fediunion.kit.json import JsonObject
from tests.fakes.stranger import CONTEXT, StrangeActor
from tests.inbox.rig import ALICE, SHARED, Rig


async def send(rig: Rig, actor: StrangeActor, activity: JsonObject) -> str:
    """Deliver an activity, process it, and return what became of it."""
    assert (await actor.post(SHARED, activity)).status == 202
    await rig.settle()
    return await rig.outcome(activity["id"])


async def said(rig: Rig, note: JsonObject, content: str) -> bool:
    """Return whether a post was taken with that content."""
    return await rig.kind_of(f"{note['id']}#said:<p>{content}</p>") == "text"


async def test_what_is_announced_is_fetched_from_its_author(
    rig: Rig, alice: StrangeActor, victim: StrangeActor
) -> None:
    note = victim.note("genuine")
    assert await send(rig, alice, alice.activity("Announce", note["id"])) == "done"
    assert await said(rig, note, "genuine")
    assert await rig.actor(victim.uri) is not None


async def test_A13_a_forged_copy_in_an_announce_is_not_used(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor
) -> None:
    note = victim.note("genuine")
    announce = mallory.activity("Announce", {**note, "content": "<p>forged</p>"})
    assert await send(rig, mallory, announce) == "done"
    assert await said(rig, note, "genuine")
    assert not await said(rig, note, "forged")


async def test_A14_an_announce_of_a_known_post_changes_nothing(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor
) -> None:
    note = victim.note("genuine")
    await send(rig, victim, victim.create(note))
    fetched = len(victim.server.fetches(note["id"]))
    await send(rig, mallory, mallory.activity("Announce", {**note, "content": "<p>forged</p>"}))
    assert not await said(rig, note, "forged")
    assert len(victim.server.fetches(note["id"])) == fetched


@pytest.mark.parametrize("form", ["string", "array", "object"])
async def test_A09_a_post_of_another_author_is_read_from_its_origin(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, form: str
) -> None:
    note = victim.note("genuine")
    author: Any = {"string": victim.uri, "array": [victim.uri], "object": {"id": victim.uri}}[form]
    forged = {**note, "content": "<p>forged</p>", "attributedTo": author}
    await send(rig, mallory, mallory.activity("Create", forged, to=note["to"]))
    assert not await said(rig, note, "forged")
    assert await said(rig, note, "genuine")


async def test_A10_a_post_on_another_host_is_dropped_when_that_cannot_be_asked(
    rig: Rig, mallory: StrangeActor
) -> None:
    note = {"type": "Note", "id": "https://gone.example/1", "attributedTo": mallory.uri, "content": "x"}
    create = mallory.activity("Create", note)
    assert await send(rig, mallory, create) == ""
    for _ in range(14):
        rig.clock.advance(hours=4)
        await rig.settle()
    assert (await rig.outcome(create["id"])).startswith("refused: could not fetch what it needs")
    assert await rig.kind_of("https://gone.example/1") is None
    assert await rig.jobs() == 0


async def test_what_cannot_be_fetched_now_is_tried_again(
    rig: Rig, alice: StrangeActor, victim: StrangeActor
) -> None:
    note = victim.note()
    rig.internet.fail("victim.example", 503)
    announce = alice.activity("Announce", note["id"])
    follow = alice.activity("Follow", ALICE)
    assert await send(rig, alice, announce) == ""
    assert await send(rig, alice, follow) == "done"
    rig.internet.mend("victim.example")
    rig.clock.advance(90)
    await rig.settle()
    assert await rig.outcome(announce["id"]) == "done"


async def test_R19_nobody_has_us_knock_at_a_third_server_without_end(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor
) -> None:
    share = MOST_FROM_ONE_DOMAIN // 4
    notes = [victim.note(f"number {number}") for number in range(share + 10)]
    for note in notes:
        await mallory.post(SHARED, mallory.activity("Announce", note["id"]))
    await rig.settle()
    fetched = [note for note in notes if victim.server.fetches(note["id"])]
    assert len(fetched) == share
    rig.clock.advance(3 * 60)
    await rig.settle()
    assert all(victim.server.fetches(note["id"]) for note in notes)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_what_the_origin_does_not_give_is_refused_at_once(
    rig: Rig, alice: StrangeActor, victim: StrangeActor, status: int
) -> None:
    note = victim.note()
    victim.server.withdraw(note["id"], status=status)
    assert (await send(rig, alice, alice.activity("Announce", note["id"]))).startswith("refused")


async def test_F22_F23_what_has_another_id_is_not_believed(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor
) -> None:
    note = victim.note("genuine")
    mallory.server.serve("/counterfeit", {"@context": CONTEXT, **note, "content": "<p>forged</p>"})
    await send(rig, mallory, mallory.activity("Announce", "https://evil.example/counterfeit"))
    assert not await said(rig, note, "forged")


async def test_a_served_post_attributed_to_another_host_is_refused(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor
) -> None:
    note = mallory.note("forged", attributedTo=victim.uri)
    outcome = await send(rig, mallory, mallory.activity("Announce", note["id"]))
    assert outcome.startswith("refused")
    assert await rig.kind_of(note["id"]) is None


async def test_F24_A07_an_actor_is_updated_from_its_own_address(rig: Rig, alice: StrangeActor) -> None:
    await send(rig, alice, alice.activity("Follow", ALICE))
    alice.more["name"] = "As served"
    alice.serve()
    claimed = {**alice.document(), "name": "As claimed"}
    assert await send(rig, alice, alice.activity("Update", claimed)) == "done"
    actor = await rig.actor(alice.uri)
    assert actor is not None
    assert actor.display_name == "As served"


async def test_A07_nobody_updates_another_actor(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor
) -> None:
    claimed = {**victim.document(), "name": "Forged"}
    assert (await send(rig, mallory, mallory.activity("Update", claimed))).startswith("refused")


async def test_A25_a_move_is_confirmed_by_a_fresh_look_at_its_target(
    rig: Rig, alice: StrangeActor, victim: StrangeActor
) -> None:
    await send(rig, victim, victim.activity("Follow", ALICE))
    assert (await send(rig, alice, alice.activity("Move", alice.uri, target=victim.uri))).startswith(
        "refused"
    )
    victim.more["alsoKnownAs"] = [alice.uri]
    victim.serve()
    assert await send(rig, alice, alice.activity("Move", alice.uri, target=victim.uri)) == "done"
    moved = alice.activity("Move", victim.uri, target=alice.uri)
    assert (await send(rig, alice, moved)).startswith("refused")


@pytest.mark.parametrize("wrapped", ["Create", "Update"])
async def test_a_group_passes_on_what_its_own_people_publish(
    rig: Rig, alice: StrangeActor, wrapped: str
) -> None:
    group = alice.server.add_actor("group", type="Group")
    note = alice.note("in the group")
    inner = alice.activity(wrapped, note)
    assert await send(rig, group, group.activity("Announce", inner)) == "done"
    assert await said(rig, note, "in the group")
    assert alice.server.fetches(note["id"]) == []


async def test_what_a_group_passes_on_from_elsewhere_is_read_from_its_origin(
    rig: Rig, alice: StrangeActor, victim: StrangeActor
) -> None:
    group = alice.server.add_actor("group", type="Group")
    note = victim.note("genuine")
    inner = victim.create({**note, "content": "<p>forged</p>"})
    assert await send(rig, group, group.activity("Announce", inner)) == "done"
    assert await said(rig, note, "genuine")
    like = victim.activity("Like", note["id"], id=f"{victim.uri}/likes/1")
    assert (await send(rig, group, group.activity("Announce", like))).startswith("refused")
    victim.server.serve(like["id"], like)
    assert await send(rig, group, group.activity("Announce", like)) == "done"
    assert await rig.kind_of(like["id"]) == "favourite"


async def test_a_person_does_not_speak_for_others_of_the_same_host(rig: Rig, mallory: StrangeActor) -> None:
    other = mallory.server.add_actor("other")
    note = other.note("genuine")
    inner = other.activity("Update", {**note, "content": "<p>forged</p>"})
    await send(rig, mallory, mallory.activity("Announce", inner))
    assert not await said(rig, note, "forged")


@pytest.mark.parametrize(
    ("status", "is_open", "expected"),
    [(404, False, "post"), (404, True, "tombstone"), (410, False, "tombstone"), (403, True, "post")],
    ids=["not shown to us", "not there any more", "gone", "forbidden"],
)
async def test_a_forwarded_delete_is_true_when_the_post_is_gone(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, status: int, is_open: bool, expected: str
) -> None:
    note = victim.note()
    await send(rig, victim, victim.create(note))
    rig.open = {note["id"]} if is_open else set()
    victim.server.withdraw(note["id"], status=status)
    assert (await mallory.post(SHARED, victim.activity("Delete", note["id"]))).status == 202
    await rig.settle()
    assert await rig.kind_of(note["id"]) == expected
