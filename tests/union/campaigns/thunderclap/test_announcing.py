"""What officers may do about a thunderclap, and what members cannot pledge."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, Reach
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.members.events import MemberErased
from fediunion.union.campaigns.service.publishing import publish_call
from fediunion.union.campaigns.thunderclap.models import Thunderclap
from fediunion.union.campaigns.thunderclap.pledging import forget_member, withdraw_pledge
from fediunion.union.campaigns.thunderclap.service import (
    remove_thunderclap,
    set_thunderclap,
    withdraw_thunderclap,
)
from fediunion.union.campaigns.thunderclap.telling import remind_some
from tests.union.campaigns.conftest import again, change, draft, publish
from tests.union.campaigns.samples import CLOSES, call_terms
from tests.union.campaigns.thunderclap.clapping import (
    AT,
    announce,
    announce_together,
    clap_terms,
    go_to,
    members,
    moment,
    of_pledger,
    pledge_as,
    pledges,
    stands,
)
from tests.union.campaigns.unions import Three, here


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"release_at": AT - timedelta(days=30)}, "releaseAt"),
        ({"release_at": CLOSES}, "releaseAt"),
        ({"message": {}}, "message"),
    ],
    ids=["past", "after-the-close", "no-message"],
)
async def test_a_moment_that_could_not_be_kept_is_refused(
    alone: Three, terms: dict[str, Any], field: str
) -> None:
    made = await draft(alone.ccisua, call_terms(pledges=True))
    with pytest.raises(Invalid) as refused:
        await change(alone.ccisua, made, set_thunderclap, clap_terms(**terms), by="tests")
    assert refused.value.field == field


async def test_only_a_public_call_that_asks_for_pledges_has_one(alone: Three) -> None:
    without = await draft(alone.ccisua, call_terms())
    with pytest.raises(Invalid, match="does not ask"):
        await change(alone.ccisua, without, set_thunderclap, clap_terms(), by="tests")
    network = await draft(alone.ccisua, call_terms(pledges=True), audience=Audience.NETWORK)
    with pytest.raises(Invalid, match="public"):
        await change(alone.ccisua, network, set_thunderclap, clap_terms(), by="tests")


async def test_a_call_that_asks_for_pledges_opens_with_its_moment_alone_and_that_stays(alone: Three) -> None:
    made = await draft(alone.ccisua, call_terms(pledges=True))
    with pytest.raises(Invalid, match="needs to know when"):
        await change(alone.ccisua, made, publish_call, by="tests")
    for threshold in (3, 4):
        await change(alone.ccisua, made, set_thunderclap, clap_terms(threshold), by="tests")
    await change(alone.ccisua, made, remove_thunderclap, by="tests")
    await change(alone.ccisua, made, set_thunderclap, clap_terms(5), by="tests")
    await change(alone.ccisua, made, publish_call, by="tests")
    assert (await stands(alone.ccisua, await again(alone.ccisua, made))).terms.threshold == 5
    for do, arguments in ((set_thunderclap, (clap_terms(2),)), (remove_thunderclap, ())):
        with pytest.raises(NotAllowed):
            await change(alone.ccisua, made, do, *arguments, by="tests")


async def test_withdrawn_once_there_is_nothing_more_to_withdraw(alone: Three) -> None:
    call = await announce(alone.ccisua)
    await change(alone.ccisua, call, withdraw_thunderclap, by="tests")
    plain = await publish(alone.ccisua)
    for each in (call, plain):
        with pytest.raises(NotAllowed, match="no boost to withdraw"):
            await change(alone.ccisua, each, withdraw_thunderclap, by="tests")


async def test_one_pledges_once_and_not_hidden_not_late_not_suspended(alone: Three) -> None:
    call = await announce(alone.ccisua)
    hidden = await alone.ccisua.member("hidden", reach=Reach.HIDDEN)
    (ana, ben) = await members(alone.ccisua, 2)
    for _ in range(2):
        await pledge_as(alone.ccisua, call, [ana])
    assert await pledges(alone.ccisua) == 1

    def suspend(session: Session) -> None:
        actor = session.get_one(Actor, ben)
        actor.suspended_at = actor.created_at

    await alone.ccisua.world.db.write(suspend)
    for actor_id, said in ((hidden.id, "hidden member"), (ben, "cannot boost")):
        with pytest.raises(NotAllowed, match=said):
            await pledge_as(alone.ccisua, call, [actor_id])
    await go_to(alone, moment(0))
    with pytest.raises(NotAllowed, match="too late"):
        await pledge_as(alone.ccisua, call, [ana])


async def test_members_of_a_union_that_does_not_carry_the_call_pledge_by_their_vote_alone(
    three: Three,
) -> None:
    call = await announce(three.ccisua)
    await three.settle()
    (ana,) = await members(three.ictysu, 1)
    with pytest.raises(NotAllowed, match="voting in the call"):
        await pledge_as(three.ictysu, await here(three.ictysu, call), [ana])


async def test_who_is_erased_or_takes_it_back_has_pledged_nothing(alone: Three) -> None:
    call = await announce(alone.ccisua)
    (ana, ben) = await members(alone.ccisua, 2)
    await pledge_as(alone.ccisua, call, [ana, ben])

    def erase(session: Session) -> None:
        forget_member(session, MemberErased(member_id=1, actor_id=ana))

    await alone.ccisua.world.db.write(erase)
    assert await pledges(alone.ccisua) == 1
    assert (await again(alone.ccisua, call)).pledges_count == 1
    await of_pledger(alone.ccisua, call, ben, withdraw_pledge)
    assert (await again(alone.ccisua, call)).pledges_count == 0


async def test_a_home_tells_its_pledges_as_one_sum_with_a_floor_and_without_names(three: Three) -> None:
    call = await announce_together(three)
    ids = await members(three.ictysu, 7)
    await pledge_as(three.ictysu, call, ids[:4])
    await three.pass_seconds(60)
    assert (await stands(three.ccisua, call)).pledges == 0
    await pledge_as(three.ictysu, call, ids[4:])
    await three.pass_seconds(60)
    assert (await stands(three.ccisua, call)).pledges == 5
    assert await pledges(three.ccisua) == 0
    assert (await stands(three.ictysu, call)).terms == (await stands(three.ccisua, call)).terms


async def test_nobody_is_reminded_before_the_last_day_and_members_never(alone: Three) -> None:
    call = await announce(alone.ccisua)
    await pledge_as(alone.ccisua, call, await members(alone.ccisua, 1))

    def due(session: Session) -> bool:
        return remind_some(session, session.scalars(select(Thunderclap.id)).one())

    assert not await alone.ccisua.world.db.write(due)
    await go_to(alone, AT - timedelta(hours=1))
    assert not await alone.ccisua.world.db.write(due)
