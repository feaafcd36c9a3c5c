"""Which replies are passed on to the followers of ours that they are addressed to."""

from typing import Any

import orjson

from tests.fakes.stranger import PUBLIC, StrangeActor
from tests.inbox.rig import ALICE, SHARED, Rig

POST = f"{ALICE}/posts/1"
FOLLOWERS = f"{ALICE}/followers"


def reply(sender: StrangeActor, **more: Any) -> dict[str, Any]:
    """Return the Create of a reply to our post, to the author's followers."""
    return sender.create(sender.note(**({"inReplyTo": POST, "to": [ALICE], "cc": [FOLLOWERS]} | more)))


async def send(rig: Rig, sender: StrangeActor, activity: dict[str, Any]) -> None:
    """Let our post be known, deliver an activity and process it."""
    if await rig.kind_of(POST) is None:
        await rig.know(POST)
    assert (await sender.post(SHARED, activity)).status == 202
    await rig.settle()


async def test_a_reply_with_a_proof_is_passed_on_exactly_as_it_came(rig: Rig, alice: StrangeActor) -> None:
    proven = alice.prove(reply(alice))
    await send(rig, alice, proven)
    ((who, forwarded),) = rig.forwarded
    assert who == ALICE
    assert forwarded.body.encode() == orjson.dumps(proven)
    assert (forwarded.uri, forwarded.type) == (proven["id"], "Create")


async def test_it_is_passed_on_once(rig: Rig, alice: StrangeActor) -> None:
    proven = alice.prove(reply(alice))
    for _ in range(3):
        await send(rig, alice, proven)
    assert len(rig.forwarded) == 1


async def test_a_public_reply_without_proof_is_passed_on(rig: Rig, alice: StrangeActor) -> None:
    await send(rig, alice, reply(alice, to=[PUBLIC]))
    assert len(rig.forwarded) == 1


async def test_what_receivers_could_not_check_is_not_passed_on(rig: Rig, alice: StrangeActor) -> None:
    await send(rig, alice, reply(alice))
    assert rig.forwarded == []


async def test_a_reply_to_somebody_else_is_not_passed_on(rig: Rig, alice: StrangeActor) -> None:
    elsewhere = alice.note()["id"]
    for parent in (elsewhere, f"{ALICE}/posts/unknown"):
        await send(rig, alice, reply(alice, to=[PUBLIC], inReplyTo=parent))
    assert rig.forwarded == []


async def test_what_does_not_name_the_followers_is_not_passed_on(rig: Rig, alice: StrangeActor) -> None:
    hidden = ALICE.replace("alice", "harriet")
    for recipients in ([ALICE], [alice.followers], [f"{hidden}/followers"]):
        await send(rig, alice, reply(alice, to=[PUBLIC], cc=recipients))
    assert rig.forwarded == []


async def test_what_was_forwarded_to_us_is_not_passed_on(
    rig: Rig, alice: StrangeActor, victim: StrangeActor
) -> None:
    await send(rig, alice, reply(victim, to=[PUBLIC]))
    assert rig.forwarded == []


async def test_the_delete_of_a_reply_follows_it(rig: Rig, alice: StrangeActor) -> None:
    create = reply(alice, to=[PUBLIC])
    await send(rig, alice, create)
    note = create["object"]["id"]
    await send(rig, alice, alice.activity("Delete", note, to=[PUBLIC], cc=[FOLLOWERS]))
    assert [each.type for _, each in rig.forwarded] == ["Create", "Delete"]


async def test_what_a_rule_refuses_is_not_passed_on(rig: Rig, alice: StrangeActor) -> None:
    await rig.know("https://good.example/refuse")
    await send(rig, alice, alice.activity("Like", "https://good.example/refuse", to=[PUBLIC], cc=[FOLLOWERS]))
    assert rig.forwarded == []
