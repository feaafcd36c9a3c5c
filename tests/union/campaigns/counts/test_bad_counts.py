"""Sums that are not believed: each refused with its counted reason, and the total as it was."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fediunion.inbox.models import InboxActivity
from fediunion.kit.clock import format_instant
from fediunion.union.campaigns.models import CampaignCall, OutcomeStatus
from fediunion.union.campaigns.service.ending import close_call
from fediunion.union.campaigns.sponsors import service
from tests.union.campaigns.conftest import again, change, publish
from tests.union.campaigns.strange_union import StrangeUnion, strange_union
from tests.union.campaigns.unions import Three, counted, decide


async def carrying(three: Three) -> tuple[CampaignCall, StrangeUnion]:
    """Return an open call of CCISUA, and a union that carries it."""
    uni = await strange_union(three, three.ccisua)
    call = await publish(three.ccisua)
    await uni.carry(call)
    return call, uni


async def total(three: Three, call: CampaignCall) -> int:
    """Return how many signed, as the union that leads counts."""
    return (await again(three.ccisua, call)).signatures_count


async def test_a_sum_of_who_carries_the_call_counts_and_a_later_one_in_its_place(
    three: Three,
) -> None:
    call, uni = await carrying(three)
    assert await uni.send(uni.count(str(call.uri), 12)) == "done"
    assert await total(three, call) == 12
    three.clock.advance(seconds=60)
    assert await uni.send(uni.count(str(call.uri), 9)) == "done"
    assert await total(three, call) == 9


async def test_a_number_that_no_union_would_tell_is_refused(three: Three) -> None:
    call, uni = await carrying(three)
    numbers = (-5, 1, 4, 1_000_001, 2**53 - 1, 7.5, "12", True, None, [12], {"n": 12})
    for number in numbers:
        said = await uni.send(uni.count(str(call.uri), number))
        assert said.startswith("refused: states what is no number"), number
    assert (await total(three, call), counted(three.ccisua, "bad-count")) == (0, len(numbers))


async def test_a_sum_without_a_proof_or_with_that_of_another_or_changed_is_refused(three: Three) -> None:
    call, uni = await carrying(three)
    other = uni.union.server.add_actor("other", type="Organization")
    forged = [
        uni.count(str(call.uri), 12, proved=False),
        uni.count(str(call.uri), 12, prover=other),
        uni.count(str(call.uri), 12),
    ]
    forged[2]["object"]["fu:number"] = 120
    for each in forged:
        assert (await uni.send(each)).startswith("refused: states a number that")
    assert (await total(three, call), counted(three.ccisua, "forged-count")) == (0, 3)


async def test_a_union_states_nothing_in_the_name_of_another(three: Three) -> None:
    call, uni = await carrying(three)
    other = uni.union.server.add_actor("other", type="Organization")
    own = uni.count(str(call.uri), 12, prover=other, attributedTo=other.uri)
    told = other.activity("Update", own["object"], to=[uni.their_uri])
    assert await uni.send(told, by=other) == "refused: is no union that carries this call"
    both = uni.count(str(call.uri), 12, attributedTo=[uni.union.uri, other.uri])
    assert await uni.send(both) == "refused: states what another union counts"
    assert await total(three, call) == 0
    assert (counted(three.ccisua, "not-co-sponsor"), counted(three.ccisua, "forged-count")) == (1, 1)


async def test_an_old_sum_and_the_same_once_more_are_refused(three: Three) -> None:
    call, uni = await carrying(three)
    first = uni.count(str(call.uri), 12)
    three.clock.advance(seconds=60)
    assert await uni.send(uni.count(str(call.uri), 20)) == "done"
    assert (await uni.send(first)).startswith("refused: states what is not newer")

    def forget(session: Session) -> None:
        session.execute(delete(InboxActivity))

    await three.ccisua.world.db.write(forget)
    assert (await uni.send(first)).startswith("refused: states what is not newer")
    assert (await total(three, call), counted(three.ccisua, "old-count")) == (20, 2)


async def test_a_sum_of_tomorrow_or_of_no_day_is_refused(three: Three) -> None:
    call, uni = await carrying(three)
    tomorrow = format_instant(three.clock.now() + timedelta(days=1))
    for published in (tomorrow, "soon", None):
        said = await uni.send(uni.count(str(call.uri), 12, published=published))
        assert said.startswith("refused: states what")
    assert (await total(three, call), counted(three.ccisua, "bad-count")) == (0, 3)


async def test_only_a_union_that_carries_the_call_now_is_believed(three: Three) -> None:
    uni = await strange_union(three, three.ccisua)
    call = await publish(three.ccisua)
    assert await uni.send(uni.count(str(call.uri), 12)) == "refused: is no union that carries this call"
    await uni.carry(call)
    assert await uni.send(uni.count(str(call.uri), 12)) == "done"
    await decide(three.ccisua, call, service.end_co_sponsorship, "uni.example")
    await three.settle()
    assert await total(three, call) == 0
    three.clock.advance(seconds=60)
    assert await uni.send(uni.count(str(call.uri), 13)) == "refused: is no union that carries this call"
    assert await total(three, call) == 0


async def test_a_sum_about_nothing_of_ours_is_refused_and_never_a_post(three: Three) -> None:
    _, uni = await carrying(three)
    await three.ccisua.member("ana")
    await three.ccisua.follow("ana", "union@uni.example")
    for about in (
        "https://ccisua.example/actors/campaigns/posts/none",
        "https://uni.example/1",
        "no address",
        None,
    ):
        said = await uni.send(uni.count(about, 12, content="<p>Read me</p>"))
        assert said == "refused: counts for no call of ours"
    assert counted(three.ccisua, "no-call") == 4
    assert await three.ccisua.home("ana") == []


async def test_after_the_outcome_no_sum_counts(three: Three) -> None:
    call, uni = await carrying(three)
    assert await uni.send(uni.count(str(call.uri), 12)) == "done"
    await change(three.ccisua, call, close_call, OutcomeStatus.WON, "Won.", by="tests")
    three.clock.advance(seconds=60)
    assert await uni.send(uni.count(str(call.uri), 900)) == "refused: counts for a call that has its outcome"
    assert (await total(three, call), counted(three.ccisua, "call-closed")) == (12, 1)
