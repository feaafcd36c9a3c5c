"""Offers and answers that are refused: each with its counted reason, and nothing changed."""

from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.inbox.models import InboxActivity
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.union.campaigns.models import CampaignCall, CoSponsor, OutcomeStatus
from fediunion.union.campaigns.service.ending import close_call
from fediunion.union.campaigns.sponsors import received, service
from tests.fakes.union import TestUnion
from tests.union.affiliation.scene import act
from tests.union.campaigns.conftest import change, draft, publish
from tests.union.campaigns.strange_union import StrangeUnion, strange_union
from tests.union.campaigns.unions import Three, carry, counted, decide, offer, share_nothing_with, states

NOTHING = "https://uni.example/users/campaigns/statuses/1"


async def kept(union: TestUnion) -> int:
    """Return how many co-sponsorships a union keeps, in whatever state."""
    found = select(func.count()).select_from(CoSponsor)
    return await union.world.db.read(lambda session: session.scalar(found) or 0)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"subject": "https://gftu.example/actors/union"}, "offers it to another union"),
        ({"object": "https://ccisua.example/actors/campaigns/posts/1"}, "offers what is not its own"),
        ({"id": "https://ccisua.example/co-sponsors/1"}, "offers what is not its own"),
        ({"id": None}, "offers what is not its own"),
    ],
    ids=["for-another", "call-of-another", "id-of-another", "no-id"],
)
async def test_an_offer_of_what_is_not_its_own_is_refused(
    three: Three, changed: dict[str, Any], why: str
) -> None:
    uni = await strange_union(three, three.ictysu)
    outcome = await uni.send(uni.offer(NOTHING, **changed))
    assert outcome.startswith(f"refused: {why}")
    assert await kept(three.ictysu) == 0


async def test_an_offer_without_a_proof_or_with_that_of_another_is_refused(three: Three) -> None:
    uni = await strange_union(three, three.ictysu)
    assert "without a proof" in await uni.send(uni.offer(NOTHING, proved=False))
    stolen = uni.campaigns.prove(uni.offer(NOTHING, proved=False))
    assert "no key of" in await uni.send(stolen)
    changed = uni.offer(NOTHING)
    changed["object"]["name"] = "Something else"
    assert (await uni.send(changed)).startswith("refused: ")
    assert await kept(three.ictysu) == 0


async def test_only_a_union_with_whom_calls_are_shared_offers(three: Three) -> None:
    uni = await strange_union(three, three.ictysu)
    person = act(uni.campaigns, "Offer", uni.offer(NOTHING)["object"], to=[uni.their_uri])
    assert await uni.send(person, by=uni.campaigns) == "refused: is no union"
    await share_nothing_with(three.ictysu, "uni.example")
    assert "with whom we share calls" in await uni.send(uni.offer(NOTHING))
    assert await kept(three.ictysu) == 0


async def test_an_offer_about_a_call_that_is_over_is_refused(three: Three) -> None:
    uni = await strange_union(three, three.ictysu)
    note = uni.call(**{"fu:status": "closed"})
    await uni.send(uni.campaigns.create(note), by=uni.campaigns)
    assert await uni.send(uni.offer(note["id"])) == "refused: is about a call that is open no more"


async def test_more_offers_than_anybody_could_answer_are_refused(three: Three) -> None:
    uni = await strange_union(three, three.ictysu)
    said = [
        await uni.send(uni.offer(f"https://uni.example/calls/{number}", id=f"https://uni.example/r/{number}"))
        for number in range(received.MOST_WAITING + 1)
    ]
    assert said == [*["done"] * received.MOST_WAITING, "refused: offers more than anybody could answer"]
    assert counted(three.ictysu, "too-many-offers") == 1


async def test_the_same_offer_once_more_changes_nothing_and_one_that_is_over_stays_so(three: Three) -> None:
    uni = await strange_union(three, three.ictysu)
    note = uni.call()
    offered = uni.offer(note["id"])
    there = CampaignCall(uri=note["id"])
    assert await uni.send(offered) == "done"
    first = await states(three.ictysu, there)
    await forget_received(three.ictysu)
    assert await uni.send(offered) == "done"
    assert await states(three.ictysu, there) == first
    await decide(three.ictysu, there, service.decline_co_sponsorship, "ictysu.example")
    await forget_received(three.ictysu)
    assert await uni.send(offered) == "refused: offers what has ended"


async def forget_received(union: TestUnion) -> None:
    """Forget what came, as the inbox does after some days: it may then be sent once more."""

    def forget(session: Session) -> None:
        session.execute(delete(InboxActivity))

    await union.world.db.write(forget)


async def _offered(three: Three) -> tuple[CampaignCall, StrangeUnion, dict[str, Any]]:
    uni = await strange_union(three, three.ccisua)
    call = await publish(three.ccisua)
    found = await three.ccisua.actor("union@uni.example")

    def make(session: Session) -> None:
        ours = session.get_one(CampaignCall, call.id)
        service.offer_co_sponsorship(session, ours, session.get_one(Actor, found.id), by="tests")

    await three.ccisua.world.db.write(make)
    await three.settle()
    return call, uni, uni.received("Offer")


async def test_an_acceptance_of_something_else_or_unproved_or_by_another_is_refused(three: Three) -> None:
    call, uni, offered = await _offered(three)
    other = uni.acceptance(offered | {"object": offered["object"] | {"name": "Another call"}})
    assert await uni.send(other) == "refused: accepts something else than we offered"
    assert "without a proof" in await uni.send(uni.acceptance(offered, proved=False))
    stranger = uni.campaigns.server.add_actor("intruder", type="Organization")
    about = {name: value for name, value in offered.items() if name not in ("@context", "proof")}
    forged = act(stranger, "Accept", about, to=[uni.their_uri])
    assert await uni.send(forged, by=stranger) == "refused: accepts what was offered to another"
    assert await states(three.ccisua, call) == {"uni.example": "offered"}
    assert await uni.send(uni.acceptance(offered)) == "done"
    assert await states(three.ccisua, call) == {"uni.example": "accepted"}
    for reason in ("other-offer", "no-proof", "not-a-party"):
        assert counted(three.ccisua, reason) == 1


async def test_nobody_else_ends_a_co_sponsorship(three: Three) -> None:
    call, uni, offered = await _offered(three)
    accepted = uni.acceptance(offered)
    assert await uni.send(accepted) == "done"
    stranger = uni.campaigns.server.add_actor("intruder", type="Organization")
    for about in (accepted["id"], offered["id"]):
        undo = act(stranger, "Undo", about, to=[uni.their_uri])
        assert (await uni.send(undo, by=stranger)).startswith("refused: ")
    theirs = act(uni.union, "Undo", offered["id"], to=[uni.their_uri])
    assert (await uni.send(theirs)).startswith("refused: ")
    assert await states(three.ccisua, call) == {"uni.example": "accepted"}
    assert await uni.send(act(uni.union, "Undo", accepted["id"], to=[uni.their_uri])) == "done"
    assert await states(three.ccisua, call) == {"uni.example": "ended"}
    await forget_received(three.ccisua)
    assert await uni.send(accepted) == "refused: accepts what has ended"


async def test_an_answer_to_an_offer_that_another_replaced_is_refused(three: Three) -> None:
    call, uni, first = await _offered(three)
    await decide(three.ccisua, call, service.end_co_sponsorship, "uni.example")
    found = await three.ccisua.actor("union@uni.example")

    def make(session: Session) -> None:
        ours = session.get_one(CampaignCall, call.id)
        service.offer_co_sponsorship(session, ours, session.get_one(Actor, found.id), by="tests")

    await three.ccisua.world.db.write(make)
    await three.settle()
    assert await uni.send(uni.acceptance(first)) == "refused: answers an offer that is over"
    assert await states(three.ccisua, call) == {"uni.example": "offered"}


async def test_an_acceptance_after_the_call_closed_is_refused(three: Three) -> None:
    call, uni, offered = await _offered(three)
    await change(three.ccisua, call, close_call, OutcomeStatus.WON, "Won.", by="tests")
    assert await uni.send(uni.acceptance(offered)) == "refused: is about a call that is open no more"
    assert counted(three.ccisua, "call-closed") == 1


async def test_only_an_open_call_of_ours_is_offered_and_to_a_union_that_shares_calls(three: Three) -> None:
    uni = await strange_union(three, three.gftu)
    unpublished, call = await draft(three.ccisua), await publish(three.ccisua)
    with pytest.raises(NotAllowed):
        await offer(three.ccisua, unpublished, three.ictysu)
    await share_nothing_with(three.ccisua, "ictysu.example")
    with pytest.raises(Invalid) as refused:
        await offer(three.ccisua, call, three.ictysu)
    assert refused.value.reason == "no-trust"
    found = await three.ccisua.actor("campaigns@uni.example")

    def to_no_union(session: Session) -> None:
        ours = session.get_one(CampaignCall, call.id)
        service.offer_co_sponsorship(session, ours, session.get_one(Actor, found.id), by="tests")

    with pytest.raises(Invalid) as refused:
        await three.ccisua.world.db.write(to_no_union)
    assert (refused.value.reason, uni.to) == ("not-a-union", three.gftu)


async def test_what_waits_or_is_in_force_is_not_offered_twice(three: Three) -> None:
    call = await publish(three.ccisua)
    first = await offer(three.ccisua, call, three.ictysu)
    assert (await offer(three.ccisua, call, three.ictysu)).offer_uri == first.offer_uri
    await carry(three, call, three.ictysu)
    assert (await offer(three.ccisua, call, three.ictysu)).state == "accepted"
    for decision in (service.accept_co_sponsorship, service.decline_co_sponsorship):
        with pytest.raises(NotAllowed):
            await decide(three.ictysu, call, decision, "ictysu.example")
    await decide(three.ictysu, call, service.end_co_sponsorship, "ictysu.example")
    with pytest.raises(NotAllowed):
        await decide(three.ictysu, call, service.end_co_sponsorship, "ictysu.example")
