"""What nobody here has to do with costs no fetch, and is no rejection."""

from typing import Any

import pytest

from fediunion.kit.json import JsonObject
from tests.fakes.stranger import StrangeActor
from tests.inbox.rig import ALICE, SHARED, Rig


@pytest.fixture(autouse=True)
def nobody_follows(rig: Rig) -> None:
    """Let nobody here follow anybody."""
    rig.followed = set()


async def send(rig: Rig, actor: StrangeActor, activity: JsonObject) -> str:
    """Deliver an activity, process it, and return what became of it."""
    assert (await actor.post(SHARED, activity)).status == 202
    await rig.settle()
    return (await rig.rows())[-1].outcome


async def test_F31_what_somebody_announces_whom_nobody_follows_is_not_fetched(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor
) -> None:
    for form in ("id", "object"):
        note = victim.note()
        about = note["id"] if form == "id" else note
        announce = mallory.activity("Announce", about, to=[ALICE], cc=[ALICE, victim.uri])
        assert await send(rig, mallory, announce) == "ignored: nobody here follows the announcer"
        assert await send(rig, mallory, announce) == "ignored: nobody here follows the announcer"
    assert victim.server.fetches() == []
    assert rig.rejected() == 0


async def test_what_a_followed_actor_announces_is_fetched(
    rig: Rig, alice: StrangeActor, victim: StrangeActor
) -> None:
    rig.followed = {alice.uri}
    note = victim.note()
    assert await send(rig, alice, alice.activity("Announce", note["id"])) == "done"
    assert len(victim.server.fetches(note["id"])) == 1


async def test_a_stranger_may_announce_what_we_have(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor
) -> None:
    note = victim.note()
    await rig.know(note["id"])
    announce = mallory.activity("Announce", note["id"])
    # There is no rule for it in this small instance: the point is that it came to the rules.
    assert await send(rig, mallory, announce) == "not handled: no rule for Announce(post)"
    missing = mallory.activity("Announce", f"{ALICE}/posts/none")
    assert await send(rig, mallory, missing) == f"refused: {ALICE}/posts/none does not exist"
    assert victim.server.fetches() == []


async def test_a_wave_of_strangers_boosts_costs_one_question_to_the_database_and_no_fetch(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor
) -> None:
    for number in range(30):
        activity = mallory.activity("Announce", f"{victim.uri}/statuses/{number}")
        assert (await mallory.post(SHARED, activity)).status == 202
    asked = len(rig.asked)
    await rig.settle()
    assert len(rig.asked) == asked + 1
    assert {row.outcome for row in await rig.rows()} == {"ignored: nobody here follows the announcer"}
    assert victim.server.fetches() == []


@pytest.mark.parametrize("kind", ["Create", "Update"])
@pytest.mark.parametrize("form", ["bare", "foreign", "forwarded"])
async def test_A34_a_strangers_post_for_nobody_here_is_not_fetched(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, kind: str, form: str
) -> None:
    note = victim.note()
    activity = {
        "bare": mallory.activity(kind, mallory.note()["id"]),
        "foreign": mallory.activity(kind, note),
        "forwarded": victim.activity(kind, note),
    }[form]
    before = len(mallory.server.fetches(f"{mallory.uri}/statuses/1"))
    assert await send(rig, mallory, activity) == "ignored: it concerns nobody here"
    assert victim.server.fetches() == []
    assert len(mallory.server.fetches(f"{mallory.uri}/statuses/1")) == before
    assert rig.rejected() == 0


@pytest.mark.parametrize(
    "more",
    [
        {"to": [ALICE]},
        {"cc": ["https://us.example/actors/nobody"]},
        {"inReplyTo": f"{ALICE}/posts/1"},
        {"inReplyTo": "https://third.example/known"},
        {"tag": [{"type": "Mention", "href": ALICE, "name": "@alice"}]},
    ],
    ids=["addressed", "nobody in particular", "reply to ours", "reply to what we have", "mention"],
)
async def test_A34_a_strangers_post_for_somebody_here_is_read_from_its_origin(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor, more: dict[str, Any]
) -> None:
    await rig.know("https://third.example/known")
    note = victim.note("genuine", **more)
    forged = {**note, "content": "<p>forged</p>"}
    assert await send(rig, mallory, victim.activity("Create", forged)) == "done"
    assert await rig.kind_of(f"{note['id']}#said:<p>genuine</p>") == "text"


async def test_a_forwarded_delete_or_like_of_what_we_do_not_have_is_not_asked_for(
    rig: Rig, mallory: StrangeActor, victim: StrangeActor
) -> None:
    note = victim.note()
    for activity in (
        victim.activity("Delete", note["id"]),
        victim.activity("Like", note["id"], id=f"{victim.uri}/likes/1"),
        victim.activity("Undo", victim.activity("Like", note["id"]), id=f"{victim.uri}/undo/1"),
    ):
        assert await send(rig, mallory, activity) == "ignored: it concerns nobody here"
    assert victim.server.fetches() == []
    await rig.know(note["id"])
    victim.server.withdraw(note["id"])
    assert await send(rig, mallory, victim.activity("Delete", note["id"])) == "done"


async def test_A39_a_strangers_own_delete_of_what_we_do_not_have_is_remembered(
    rig: Rig, mallory: StrangeActor
) -> None:
    note = mallory.note()
    await send(rig, mallory, mallory.activity("Delete", note["id"]))
    assert await rig.kind_of(note["id"]) == "tombstone"


@pytest.mark.parametrize("followed", [True, False])
@pytest.mark.parametrize("kind", ["Create", "Like", "Update", "Delete", "Undo"])
async def test_what_a_group_tells_us_of_our_own_members_is_accepted_quietly(
    rig: Rig, alice: StrangeActor, kind: str, followed: bool
) -> None:
    group = alice.server.add_actor("group", type="Group")
    rig.followed = {group.uri} if followed else set()
    note = {"id": f"{ALICE}/posts/1", "type": "Note", "attributedTo": ALICE, "content": "<p>forged</p>"}
    inner = {"id": f"{ALICE}/posts/1/activity", "type": kind, "actor": ALICE, "object": note}
    announce = group.activity("Announce", inner)
    for _ in range(2):
        assert await send(rig, group, announce) == "ignored: a group passes on what one of ours did"
    assert rig.rejected() == 0
    assert await rig.kind_of(note["id"]) is None
    assert alice.server.fetches() == [group.uri]


async def test_what_a_group_names_by_its_id_alone_is_looked_up_here(rig: Rig, alice: StrangeActor) -> None:
    group = alice.server.add_actor("group", type="Group")
    ours, nobodys = f"{ALICE}/activities/1", f"{ALICE}/activities/2"
    rig.sent = {ours}
    announce = group.activity("Announce", ours)
    assert await send(rig, group, announce) == "ignored: a group passes on what one of ours did"
    assert rig.rejected() == 0
    assert await send(rig, group, group.activity("Announce", nobodys)) == f"refused: {nobodys} does not exist"
    assert await send(rig, alice, alice.activity("Announce", ours)) == f"refused: {ours} does not exist"
    assert rig.internet.requests_to("union.test") == []


async def test_F14_nobody_but_a_group_tells_us_what_our_members_did(rig: Rig, mallory: StrangeActor) -> None:
    inner = {"id": f"{ALICE}/posts/1/activity", "type": "Create", "actor": ALICE, "object": f"{ALICE}/x"}
    outcome = await send(rig, mallory, mallory.activity("Announce", inner))
    assert outcome.startswith("refused")
    assert rig.rejected("masquerade") == 1


async def test_a_group_that_nobody_follows_is_heard_about_things_of_ours(
    rig: Rig, alice: StrangeActor
) -> None:
    group = alice.server.add_actor("group", type="Group")
    reply = alice.note("an answer", inReplyTo=f"{ALICE}/posts/1")
    assert await send(rig, group, group.activity("Announce", alice.create(reply))) == "done"
    other = alice.note("something else")
    ignored = await send(rig, group, group.activity("Announce", alice.create(other)))
    assert ignored == "ignored: nobody here follows the announcer"
