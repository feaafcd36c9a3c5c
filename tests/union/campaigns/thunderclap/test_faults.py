"""What stops, comes late, comes twice, or is forged: once or never, inside the window, and nobody is left."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind
from fediunion.inbox.models import InboxActivity
from fediunion.kit.urls import parse_remote_url
from fediunion.social.notifications.models import Notification
from fediunion.union.campaigns.models import CampaignCall, Route
from fediunion.union.campaigns.service.publishing import retell
from fediunion.union.campaigns.thunderclap.boosting import boost_due
from fediunion.union.campaigns.thunderclap.jobs import sweep
from fediunion.union.campaigns.thunderclap.models import Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.releasing import release
from tests.fakes.clock import FakeClock
from tests.fakes.stranger import StrangeActor
from tests.fakes.union import TestUnion, settle
from tests.union.campaigns.thunderclap.clapping import (
    AT,
    MESSAGE,
    WINDOW,
    announce_together,
    announced,
    boosts,
    go_to,
    ids_of,
    members,
    messages,
    moment,
    pass_window,
    pledge_as,
    pledges,
    stands,
    strangers,
    sweep_all,
)
from tests.union.campaigns.unions import Three


async def clap_id(union: TestUnion) -> int:
    """Return the id of the one thunderclap that a union knows."""

    def read(session: Session) -> int:
        return session.scalars(select(Thunderclap.id)).one()

    return await union.world.db.read(read)


async def notified(union: TestUnion) -> list[str]:
    """Return why members of a union were told something; not its institutions."""

    def read(session: Session) -> list[str]:
        told = select(Notification.kind).join(Actor, Actor.id == Notification.recipient_id)
        return list(session.scalars(told.where(Actor.kind == ActorKind.MEMBER).order_by(Notification.id)))

    return await union.world.db.read(read)


async def outcomes(union: TestUnion) -> list[str]:
    """Return what a union made of the Creates that it received, the oldest first."""

    def read(session: Session) -> list[str]:
        rows = select(InboxActivity.outcome).where(InboxActivity.activity_type == "Create")
        return [outcome or "" for outcome in session.scalars(rows.order_by(InboxActivity.id))]

    return await union.world.db.read(read)


def texts(reader: StrangeActor) -> list[str]:
    """Return what messages to a reader say."""
    creates = [each.activity for each in reader.server.received if each.activity["type"] == "Create"]
    return [each["object"]["content"] for each in creates if each["to"] == [reader.uri]]


async def pledged_everywhere(three: Three) -> CampaignCall:
    """Return a call with pledges at each union, enough of them."""
    call = await announce_together(three, threshold=15)
    for union in (three.ccisua, three.ictysu, three.gftu):
        await pledge_as(union, call, await members(union, 5))
    await three.pass_seconds(60)
    return call


async def test_decided_by_many_at_once_it_is_posted_once_and_each_boosts_once(three: Three) -> None:
    call = await pledged_everywhere(three)
    three.clock.advance((AT - three.clock.now()).total_seconds())
    found = await clap_id(three.ccisua)
    await asyncio.gather(
        *(three.ccisua.world.db.write(release, found) for _ in range(4)), sweep(three.ccisua.world, {})
    )
    assert len(await messages(three.ccisua)) == 1
    for _ in range(12):
        three.clock.advance(WINDOW / 12)
        await asyncio.gather(*(three.ccisua.world.db.write(boost_due, found) for _ in range(3)))
        await sweep_all(three)
    for union in (three.ccisua, three.ictysu, three.gftu):
        assert sorted(name for _, name in await boosts(union)) == ["m0", "m1", "m2", "m3", "m4"]
        assert len(await announced(union)) == 5
    assert (await stands(three.ccisua, call)).state == ThunderclapState.RELEASED


async def test_down_at_the_moment_and_back_inside_the_window_it_is_released_late(three: Three) -> None:
    call = await pledged_everywhere(three)
    three.clock.advance((moment(WINDOW - 60) - three.clock.now()).total_seconds())
    await sweep_all(three)
    assert len(await messages(three.ccisua)) == 1
    await pass_window(three)
    for union in (three.ccisua, three.ictysu, three.gftu):
        found = await boosts(union)
        assert len(found) == 5
        assert all(moment(WINDOW - 60) < at <= moment(WINDOW) for at, _ in found)
    assert (await stands(three.ccisua, call)).state == ThunderclapState.RELEASED


async def test_down_until_the_window_is_over_everybody_is_told_that_it_was_missed(three: Three) -> None:
    call = await announce_together(three, threshold=12)
    for union in (three.ccisua, three.ictysu):
        await pledge_as(union, call, await members(union, 5))
    (reader,) = people = await strangers(three, "mastodon.example", 1)
    await pledge_as(three.ccisua, call, await ids_of(three.ccisua, [*people]), Route.VOTE)
    await three.pass_seconds(60)
    three.clock.advance((moment(WINDOW + 1) - three.clock.now()).total_seconds())
    await sweep_all(three)
    for union in (three.ccisua, three.ictysu):
        assert (await stands(union, call)).state == ThunderclapState.MISSED
        assert await pledges(union) == 0
        assert await messages(union) == []
        assert await boosts(union) == []
        assert (await notified(union)).count("update") == 5
    assert sum("was missed" in text for text in texts(reader)) == 1
    await sweep_all(three)
    assert sum("was missed" in text for text in texts(reader)) == 1


async def test_a_home_that_is_down_during_the_window_boosts_nothing_and_tells_its_members(
    three: Three,
) -> None:
    call = await pledged_everywhere(three)
    three.internet.fail("ictysu.example", 503)
    await go_to(three, AT)
    await pass_window(three)
    three.internet.mend("ictysu.example")
    for _ in range(6):
        await go_to(three, three.clock.now() + timedelta(minutes=5))
    assert await boosts(three.ictysu) == []
    assert await pledges(three.ictysu) == 0
    assert (await stands(three.ictysu, call)).state == ThunderclapState.MISSED
    assert (await notified(three.ictysu)).count("update") == 5
    assert len(await boosts(three.gftu)) == 5


async def test_a_home_that_hears_nothing_deletes_its_pledges_an_hour_after_the_window(three: Three) -> None:
    call = await pledged_everywhere(three)
    three.internet.fail("ccisua.example", 503)
    three.clock.advance((moment(WINDOW + 3599) - three.clock.now()).total_seconds())
    await sweep(three.ictysu.world, {})
    assert await pledges(three.ictysu) == 5
    three.clock.advance(seconds=1)
    await sweep(three.ictysu.world, {})
    assert await pledges(three.ictysu) == 0
    assert (await stands(three.ictysu, call)).state == ThunderclapState.MISSED


async def test_a_clock_that_is_set_back_releases_nothing_twice_and_boosts_at_the_moments_that_it_shows(
    three: Three,
) -> None:
    call = await pledged_everywhere(three)
    await go_to(three, moment(30))
    early = {union.domain: len(await boosts(union)) for union in (three.ccisua, three.ictysu, three.gftu)}
    set_back(three.clock, 3600)
    await sweep_all(three)
    assert len(await messages(three.ccisua)) == 1
    for union in (three.ccisua, three.ictysu, three.gftu):
        assert len(await boosts(union)) == early[union.domain]
    await go_to(three, moment(30))
    await pass_window(three)
    for union in (three.ccisua, three.ictysu, three.gftu):
        found = await boosts(union)
        assert sorted(name for _, name in found) == ["m0", "m1", "m2", "m3", "m4"]
        assert all(AT < at <= moment(WINDOW) for at, _ in found)
    assert len(await messages(three.ccisua)) == 1
    assert (await stands(three.ccisua, call)).failed == 0


async def test_a_clock_that_jumps_over_the_window_lets_nobody_boost_outside_of_it(three: Three) -> None:
    call = await pledged_everywhere(three)
    await go_to(three, AT)
    await go_to(three, moment(WINDOW + 3600))
    for union in (three.ccisua, three.ictysu, three.gftu):
        assert await boosts(union) == []
        assert await pledges(union) == 0
    assert (await stands(three.ccisua, call)).failed >= 5
    set_back(three.clock, 7200)
    await sweep_all(three)
    await pass_window(three)
    assert len(await messages(three.ccisua)) == 1
    assert await boosts(three.ccisua) == []


async def test_the_message_delivered_again_changes_nothing_more(three: Three) -> None:
    await pledged_everywhere(three)
    await go_to(three, AT)
    sent = next(
        each
        for each in three.internet.requests_to("ictysu.example")
        if each.body is not None and b"fu:releases" in each.body and b'"Create"' in each.body
    )
    await pass_window(three)
    before = len(await boosts(three.ictysu))
    await three.internet.send(
        "POST",
        parse_remote_url(sent.url),
        sent.headers,
        sent.body,
        max_bytes=1 << 20,
        deadline_seconds=600,
    )
    await settle(three.ictysu)
    assert len(await boosts(three.ictysu)) == before == 5


@pytest.mark.parametrize("forgery", ["another-sender", "another-message"])
async def test_a_forged_release_is_refused_with_its_reason_and_nobody_boosts(
    three: Three, forgery: str
) -> None:
    """Whoever knows a thunderclap's id moves nobody; nor does its own actor with other words."""
    call = await pledged_everywhere(three)
    uri = f"{call.url}#thunderclap"
    if forgery == "another-sender":
        (mallory,) = await strangers(three, "evil.example", 1)
        note = mallory.note(MESSAGE["en"], **{"fu:releases": uri})
        await mallory.post("https://ictysu.example/inbox", mallory.create(note))
    else:

        def say_something_else(session: Session) -> None:
            clap = session.scalars(select(Thunderclap)).one()
            clap.message = {"en": "Buy something."}

        await three.ccisua.world.db.write(say_something_else)
        await go_to(three, AT)
    await settle(three.ictysu)
    refused = [each for each in await outcomes(three.ictysu) if each.startswith("refused")]
    assert len(refused) == 1
    assert ("another puts" if forgery == "another-sender" else "something else") in refused[0]
    await pass_window(three)
    assert await boosts(three.ictysu) == []


async def test_other_words_for_what_was_pledged_end_the_pledges_that_were_made_for_it(three: Three) -> None:
    call = await pledged_everywhere(three)

    def change(session: Session) -> None:
        clap = session.scalars(select(Thunderclap)).one()
        clap.message = {"en": "Something else."}
        session.flush()
        retell(session, session.get_one(CampaignCall, call.id))

    three.clock.advance(seconds=1)
    await three.ccisua.world.db.write(change)
    await three.settle()
    assert await pledges(three.ictysu) == 0
    assert (await stands(three.ictysu, call)).terms.message == {"en": "Something else."}
    assert (await stands(three.ictysu, call)).state == ThunderclapState.COLLECTING


def set_back(clock: FakeClock, seconds: float) -> None:
    """Set a clock back, as a server's is that was wrong; what only ever grows goes on."""
    clock._shown -= timedelta(seconds=seconds)  # the fake goes forward alone, on purpose
