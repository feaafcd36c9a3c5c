"""The moment: everybody boosts, or nobody does; once, in the window, and no pledge is left."""

from datetime import timedelta

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.db import now_of
from fediunion.union.campaigns.models import CampaignCall, OutcomeStatus, Route
from fediunion.union.campaigns.service.ending import close_call
from fediunion.union.campaigns.thunderclap.models import ThunderclapState
from fediunion.union.campaigns.thunderclap.pledging import withdraw_pledge
from fediunion.union.campaigns.thunderclap.service import withdraw_thunderclap
from tests.union.campaigns.conftest import change
from tests.union.campaigns.thunderclap.clapping import (
    AT,
    WINDOW,
    announce,
    announce_together,
    announced,
    boosts,
    go_to,
    ids_of,
    members,
    messages,
    moment,
    of_pledger,
    pass_window,
    pledge_as,
    pledges,
    stands,
    strangers,
)
from tests.union.campaigns.unions import Three


async def three_hundred(many: Three) -> tuple[CampaignCall, dict[str, list[int]]]:
    """Return a call that needs 300 pledges and has them, at its three unions and elsewhere, and whose."""
    call = await announce_together(many, threshold=300)
    made = {}
    for union, count in ((many.ccisua, 60), (many.ictysu, 180), (many.gftu, 40)):
        made[union.domain] = await members(union, count)
        await pledge_as(union, call, made[union.domain])
    elsewhere = await ids_of(many.ccisua, await strangers(many, "mastodon.example", 20))
    await pledge_as(many.ccisua, call, elsewhere, Route.VOTE)
    await many.pass_seconds(60)
    return call, made


async def test_J5_of_three_hundred_pledges_each_members_home_boosts_once_inside_the_window(
    many: Three,
) -> None:
    call, _ = await three_hundred(many)
    await go_to(many, AT - timedelta(minutes=1))
    before = await stands(many.ccisua, call)
    assert (before.state, before.pledges) == (ThunderclapState.COLLECTING, 300)
    assert await boosts(many.ccisua) + await boosts(many.ictysu) + await boosts(many.gftu) == []
    await go_to(many, AT)
    assert len(await messages(many.ccisua)) == 1
    # What follows is counted where it is made: hundreds of Announces need not be received for that.
    many.internet.fail("ccisua.example", 503)
    await pass_window(many, steps=4)
    for union, count in ((many.ccisua, 60), (many.ictysu, 180), (many.gftu, 40)):
        found = await boosts(union)
        assert len(found) == len({name for _, name in found}) == count
        assert all(AT < at <= moment(WINDOW) for at, _ in found)
        assert len(await announced(union)) == count
        assert (await stands(union, call)).delivered == count
    assert [await pledges(union) for union in (many.ictysu, many.gftu)] == [0, 0]
    assert await pledges(many.ccisua) == 20


async def test_J5_one_pledge_short_nothing_is_posted_and_all_pledges_are_gone_by_a_minute_later(
    many: Three,
) -> None:
    call, made = await three_hundred(many)
    unions = (many.ccisua, many.ictysu, many.gftu)
    await go_to(many, AT - timedelta(minutes=2))
    assert (await stands(many.ccisua, call)).pledges == 300
    await of_pledger(many.ictysu, call, made["ictysu.example"][7], withdraw_pledge)
    await many.pass_seconds(60)
    assert (await stands(many.ccisua, call)).pledges == 299
    await go_to(many, AT)
    await go_to(many, moment(60))
    for union in unions:
        assert await pledges(union) == 0
        assert await messages(union) == []
        assert (await stands(union, call)).state == ThunderclapState.NOT_REACHED
    await pass_window(many)
    assert [await boosts(union) for union in unions] == [[], [], []]
    assert (await stands(many.ccisua, call)).pledges == 299


async def test_the_message_goes_out_before_every_boost_and_each_union_tells_what_came_of_its_pledges(
    three: Three,
) -> None:
    call = await announce_together(three, threshold=11)
    for union, count in ((three.ccisua, 1), (three.ictysu, 5), (three.gftu, 6)):
        await pledge_as(union, call, await members(union, count))
    await three.pass_seconds(60)
    reader = (await strangers(three, "mastodon.example", 1))[0]
    for union in (three.ccisua, three.ictysu):
        followed = await union.actor("campaigns" if union is three.ccisua else "m0")
        await reader.post(followed.inbox_url, reader.activity("Follow", followed.uri))
    await three.settle()
    reader.server.received.clear()
    await go_to(three, AT)
    await pass_window(three)
    types = [each.activity["type"] for each in reader.server.received if each.activity["type"] != "Update"]
    assert types == ["Create", "Announce"]
    released = reader.server.received[0].activity["object"]
    assert released["fu:releases"] == f"{call.url}#thunderclap"
    assert set(released["contentMap"]) == {"en", "fr"}
    await three.pass_seconds(180)
    after = await stands(three.ccisua, call)
    # GFTU tells five of its six: small numbers are told in steps of five.
    assert (after.state, after.pledges) == (ThunderclapState.RELEASED, 11)
    assert (after.delivered, after.failed) == (11, 0)
    assert [await pledges(union) for union in (three.ccisua, three.ictysu, three.gftu)] == [0, 0, 0]


async def test_who_is_suspended_hidden_or_gone_meanwhile_is_counted_as_failed_and_nobody_else(
    alone: Three,
) -> None:
    call = await announce(alone.ccisua)
    made = await members(alone.ccisua, 6)
    await pledge_as(alone.ccisua, call, made)
    await go_to(alone, AT)

    def change_them(session: Session) -> None:
        suspended, hidden, gone = (session.get_one(Actor, actor_id) for actor_id in made[:3])
        suspended.suspended_at = gone.deleted_at = now_of(session)
        hidden.reach = Reach.HIDDEN

    await alone.ccisua.world.db.write(change_them)
    await pass_window(alone)
    assert sorted(name for _, name in await boosts(alone.ccisua)) == ["m3", "m4", "m5"]
    after = await stands(alone.ccisua, call)
    assert (after.delivered, after.failed) == (3, 3)
    assert await pledges(alone.ccisua) == 0


async def test_who_cannot_boost_does_not_count_for_the_threshold(alone: Three) -> None:
    call = await announce(alone.ccisua, threshold=3)
    made = await members(alone.ccisua, 3)
    await pledge_as(alone.ccisua, call, made)

    def suspend(session: Session) -> None:
        session.get_one(Actor, made[0]).suspended_at = now_of(session)

    await alone.ccisua.world.db.write(suspend)
    await go_to(alone, AT)
    assert (await stands(alone.ccisua, call)).state == ThunderclapState.NOT_REACHED


async def test_withdrawn_by_the_organiser_nothing_is_posted_and_no_pledge_is_left_anywhere(
    three: Three,
) -> None:
    call = await announce_together(three)
    for union in (three.ccisua, three.ictysu):
        await pledge_as(union, call, await members(union, 5))
    three.clock.advance(seconds=60)
    await change(three.ccisua, call, withdraw_thunderclap, by="tests")
    assert await pledges(three.ccisua) == 0
    await three.settle()
    assert await pledges(three.ictysu) == 0
    await go_to(three, AT)
    await pass_window(three)
    for union in (three.ccisua, three.ictysu):
        assert await messages(union) == []
        assert await boosts(union) == []
        assert (await stands(union, call)).state == ThunderclapState.WITHDRAWN


async def test_a_call_that_is_closed_early_takes_its_thunderclap_with_it(three: Three) -> None:
    call = await announce_together(three)
    for union in (three.ccisua, three.ictysu):
        await pledge_as(union, call, await members(union, 5))
    three.clock.advance(seconds=60)
    await change(three.ccisua, call, close_call, OutcomeStatus.WON, "They talk.", by="tests")
    await three.settle()
    for union in (three.ccisua, three.ictysu):
        assert await pledges(union) == 0
        assert (await stands(union, call)).state == ThunderclapState.WITHDRAWN
    await go_to(three, AT)
    assert await messages(three.ccisua) == []
