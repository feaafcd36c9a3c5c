"""What a member is told of searches: by notification, bounded, and nothing of what it may not read."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_local_actor
from fediunion.kit.errors import Invalid, NotFound
from fediunion.members.models import Member, MemberState
from fediunion.members.service import create_member, delete_member
from fediunion.social.archives.more import MoreFiles
from fediunion.social.follows.restrictions import mute
from fediunion.social.notifications.models import Notification, NotificationKind, Treatment
from fediunion.social.notifications.policy import change_policy
from fediunion.union.vacancies.models import SearchSubscription, SubscriptionMatch, VacancyState
from fediunion.union.vacancies.saved.digests import mail_digests
from fediunion.union.vacancies.saved.subscriptions import (
    MOST_SUBSCRIPTIONS,
    TOLD_IN_AN_HOUR,
    archived_searches,
    change_subscription,
    end_subscription,
    find_by_feed,
    list_subscriptions,
    newest_matches,
    note_match,
    renew_feed,
    subscribe,
)
from fediunion.union.vacancies.service import end_vacancy
from tests.fakes import bonds
from tests.fakes.union import new_keys, settle
from tests.oauth.rig import Desk
from tests.union.vacancies.conftest import Halls, publish
from tests.union.vacancies.pages.hall import change, post
from tests.union.vacancies.samples import notice
from tests.web.pages.test_statements import counted


async def _subscribe(desk: Desk, member: Member, query: str = "country=KE") -> SearchSubscription:
    row: SearchSubscription = await desk.db.write(subscribe, member.id, query)
    return row


async def _told(desk: Desk) -> list[Notification]:
    return await desk.rows(Notification)


async def test_a_match_is_notified_once_as_a_post_of_its_board(desk: Desk, ana: Member) -> None:
    await _subscribe(desk, ana)
    vacancy = await post(desk, "V-01")
    await post(desk, "V-03")
    await settle(desk.union)
    (told,) = await _told(desk)
    assert (told.recipient_id, told.kind, told.post_id) == (
        ana.actor_id,
        NotificationKind.POST,
        vacancy.post_id,
    )
    (match,) = await desk.rows(SubscriptionMatch)
    assert match.vacancy_id == vacancy.id
    assert not await desk.db.write(note_match, match.subscription_id, vacancy.id)
    assert len(await _told(desk)) == 1


async def test_two_searches_that_find_the_same_notify_once(desk: Desk, ana: Member) -> None:
    await _subscribe(desk, ana)
    await _subscribe(desk, ana, "grade=P-3")
    await post(desk, "V-01")
    await settle(desk.union)
    assert len(await _told(desk)) == 1
    assert len(await desk.rows(SubscriptionMatch)) == 2


async def test_what_has_no_post_or_is_not_to_be_notified_is_on_the_page_alone(
    desk: Desk, ana: Member
) -> None:
    row = await _subscribe(desk, ana)
    await post(desk, "V-01", official=False)
    await settle(desk.union)
    await desk.db.write(change_subscription, ana.id, row.id, notifies=False, digest="")
    await post(desk, "V-01", official=True, identifier={"value": "another"})
    await settle(desk.union)
    assert await _told(desk) == []
    newest = await desk.db.read(newest_matches, [row.id], most=5)
    assert len(newest[row.id]) == 2


async def test_a_flood_of_matches_notifies_ten_times_an_hour(desk: Desk, ana: Member) -> None:
    row = await _subscribe(desk, ana)
    for number in range(TOLD_IN_AN_HOUR + 5):
        await post(desk, "V-01", identifier={"value": f"flood-{number}"})
    await settle(desk.union)
    assert len(await _told(desk)) == TOLD_IN_AN_HOUR
    assert len(await desk.rows(SubscriptionMatch)) == TOLD_IN_AN_HOUR + 5
    assert len((await desk.db.read(newest_matches, [row.id], most=100))[row.id]) == TOLD_IN_AN_HOUR + 5
    desk.clock.advance(hours=1)
    await post(desk, "V-01", identifier={"value": "later"})
    await settle(desk.union)
    assert len(await _told(desk)) == TOLD_IN_AN_HOUR + 1


async def test_members_are_told_of_what_is_for_the_network_and_nobody_of_what_is_hidden(
    desk: Desk, ana: Member
) -> None:
    row = await _subscribe(desk, ana)
    network = await post(desk, "V-01", audience=Audience.NETWORK)
    await settle(desk.union)
    assert [each.post_id for each in await _told(desk)] == [network.post_id]

    def hide(session: Session) -> None:
        session.get_one(type(network), network.id).hidden = True

    await desk.db.write(hide)
    assert await desk.db.read(newest_matches, [row.id], most=5) == {}


async def test_what_is_over_is_shown_no_more_and_its_matches_go(desk: Desk, ana: Member) -> None:
    row = await _subscribe(desk, ana)
    vacancy = await post(desk, "V-01")
    await settle(desk.union)
    await change(desk, vacancy, end_vacancy, VacancyState.FILLED, by="tests")
    assert await desk.db.read(newest_matches, [row.id], most=5) == {}
    await mail_digests(desk.union.world, {})
    assert await desk.rows(SubscriptionMatch) == []


async def test_who_may_not_act_is_told_nothing(desk: Desk, ana: Member) -> None:
    await _subscribe(desk, ana)

    def disable(session: Session) -> None:
        session.get_one(Member, ana.id).state = MemberState.DISABLED

    await desk.db.write(disable)
    await post(desk, "V-01")
    await settle(desk.union)
    assert await _told(desk) == []


async def test_the_cost_of_a_match_does_not_grow_with_those_before(desk: Desk, ana: Member) -> None:
    row = await _subscribe(desk, ana)
    costs = []
    for number in range(3):
        vacancy = await post(desk, "V-01", identifier={"value": f"flood-{number}"})
        async with counted() as ran:
            assert await desk.db.write(note_match, row.id, vacancy.id)
        costs.append(len(ran))
    assert costs[0] == costs[2]


async def test_a_member_has_a_bounded_number_and_each_search_once(desk: Desk, ana: Member) -> None:
    first = await _subscribe(desk, ana)
    assert (await _subscribe(desk, ana)).id == first.id
    for number in range(MOST_SUBSCRIPTIONS - 1):
        await _subscribe(desk, ana, f"q=word{number}")
    with pytest.raises(Invalid):
        await _subscribe(desk, ana, "q=onemore")
    assert (await _subscribe(desk, ana)).id == first.id
    await desk.db.write(end_subscription, ana.id, first.id)
    await _subscribe(desk, ana, "q=onemore")


async def test_V18_nobody_reads_or_changes_anothers_subscription(desk: Desk, ana: Member) -> None:
    ben = await desk.member("ben")
    row = await _subscribe(desk, ana)
    for act in (
        lambda session: change_subscription(session, ben.id, row.id, notifies=False, digest=""),
        lambda session: end_subscription(session, ben.id, row.id),
        lambda session: renew_feed(session, ben.id, row.id),
    ):
        with pytest.raises(NotFound):
            await desk.db.write(act)
    assert await desk.db.read(list_subscriptions, ben.id) == []


async def test_the_secret_of_a_feed_is_kept_as_a_hash_and_the_one_before_is_dead(
    desk: Desk, ana: Member
) -> None:
    row = await _subscribe(desk, ana)
    first = await desk.db.write(renew_feed, ana.id, row.id)
    second = await desk.db.write(renew_feed, ana.id, row.id)
    (kept,) = await desk.rows(SearchSubscription)
    assert second not in (kept.feed_hash or "")
    assert await desk.db.read(find_by_feed, first) is None
    assert await desk.db.read(find_by_feed, "") is None
    found = await desk.db.read(find_by_feed, second)
    assert found is not None
    assert found.id == row.id


async def test_J10_the_archive_has_them_and_erasure_leaves_none(desk: Desk, ana: Member) -> None:
    await _subscribe(desk, ana)
    await post(desk, "V-01")
    await settle(desk.union)
    archived = await desk.db.read(archived_searches, ana.actor_id)
    assert archived["searches.json"]["searches"][0]["query"] == "country=KE"
    assert await desk.db.read(desk.union.world.part(MoreFiles).load, ana.actor_id) == archived
    ben = await desk.member("ben")
    assert await desk.db.read(archived_searches, ben.actor_id) == {}
    await desk.on(ana, delete_member)
    assert await desk.rows(SearchSubscription) == []
    assert await desk.rows(SubscriptionMatch) == []


async def test_what_a_member_asked_for_is_not_kept_back_as_of_somebody_unknown(halls: Halls) -> None:
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    world, keys = halls.nairobi.world, new_keys(halls.nairobi.world.settings)

    def prepare(session: Session) -> None:
        for name in ("ana", "ben"):
            member = create_member(session, username=name, keys=keys, password_hash="none")
            session.flush()
            subscribe(session, member.id, "country=KE")
        ana = find_local_actor(session, "ana")
        assert ana is not None
        change_policy(
            session, ana.id, dict.fromkeys(("for_not_following", "for_new_accounts"), Treatment.DROP)
        )

    await world.db.write(prepare)
    board = await halls.nairobi.actor("jobs@ictysu.example")

    def mute_board(session: Session) -> None:
        ben = find_local_actor(session, "ben")
        assert ben is not None
        mute(session, ben, session.get_one(Actor, board.id))

    await world.db.write(mute_board)
    await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    ana = await halls.nairobi.actor("ana")
    told = await world.db.read(lambda session: session.scalars(select(Notification)).all())
    assert [(each.recipient_id, each.from_actor_id, each.filtered) for each in told] == [
        (ana.id, board.id, False)
    ]
