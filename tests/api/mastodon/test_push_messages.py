"""What an app is pushed, when, and when not."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.config import DatabaseSettings, Settings
from fediunion.jobs.models import Job
from fediunion.members.models import Member
from fediunion.members.service import suspend_member
from fediunion.members.tokens import IDLE
from fediunion.social.notifications.jobs import TRIED_FOR
from fediunion.social.notifications.pushing import MOST_AN_HOUR, PUSH
from fediunion.social.notifications.wording import MORE, NEUTRAL
from fediunion.social.push.jobs import forget_ended_subscriptions
from fediunion.social.push.models import PushSubscription
from tests.api.mastodon.pushing import pushed
from tests.api.rig import Client, Rig, rig_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.members.revoking import revoke_token


async def subscriptions(rig: Rig) -> int:
    """Return how many apps are pushed to."""
    count = select(func.count()).select_from(PushSubscription)
    return await rig.world.db.read(lambda session: session.scalar(count) or 0)


@pytest.mark.parametrize("standard", [True, False])
async def test_an_app_is_pushed_what_mastodon_pushes(
    rig: Rig, ana: Client, ben: Client, standard: bool
) -> None:
    phone = await pushed(rig, ana, standard=standard)
    await ben.publish("@ana The <b>vote</b> is on Thursday")
    (told,) = await phone.told()
    notification = (await ana.get("/api/v1/notifications"))[0]
    assert told == {
        "access_token": ana.bearer,
        "preferred_locale": "en",
        "notification_id": int(notification["id"]),
        "notification_type": "mention",
        "icon": notification["account"]["avatar"],
        "title": "Ben mentioned you",
        "body": "@ana The <b>vote</b> is on Thursday",
    }
    (request,) = phone.service.requests
    assert (request.headers["Topic"], request.headers["TTL"]) == (notification["id"], "259200")
    assert await phone.work() == 0


async def test_each_app_is_pushed_the_kinds_it_wants(rig: Rig, ana: Client, ben: Client) -> None:
    phone = await pushed(rig, ana, mention=False, favourite=True, follow=False)
    other = await pushed(rig, await rig.token(ana, "push"), number=2, mention=True, favourite=False)
    status = await ana.publish("Hello")
    await ben.post(f"/api/v1/statuses/{status['id']}/favourite")
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    await ben.publish("@ana hello")
    assert [each["notification_type"] for each in await phone.told()] == ["favourite"]
    assert {each["notification_type"] for each in await other.told()} == {"follow", "mention"}


@pytest.mark.parametrize(
    ("policy", "heard"),
    [("all", 3), ("followed", 1), ("follower", 1), ("none", 0)],
)
async def test_the_policy_says_of_whom(rig: Rig, ana: Client, ben: Client, policy: str, heard: int) -> None:
    carla, dora = await rig.member("carla"), await rig.member("dora")
    await ana.post(f"/api/v1/accounts/{ben.id}/follow")
    await carla.post(f"/api/v1/accounts/{ana.id}/follow")
    phone = await pushed(rig, ana, policy=policy)
    for client in (ben, carla, dora):
        await client.publish("@ana hello")
    assert len(await phone.told()) == heard


@pytest.mark.parametrize("visibility", ["direct", "private"])
async def test_V11_a_push_says_nothing_of_a_private_post_unless_the_member_wants_it(
    rig: Rig, ana: Client, ben: Client, visibility: str
) -> None:
    await ana.post(f"/api/v1/accounts/{ben.id}/follow")
    phone = await pushed(rig, ana)
    await ben.publish("@ana the secret", visibility=visibility)
    (told,) = await phone.told()
    assert (told["title"], told["body"]) == ("Ben mentioned you", "")
    await ana.ask(
        "PATCH", "/api/v1/accounts/update_credentials", json={"fediunion": {"push_shows_text": True}}
    )
    await ben.publish("@ana the secret", visibility=visibility)
    assert [each["body"] for each in await phone.told()] == ["@ana the secret"]


async def test_a_warning_stands_in_place_of_the_words(rig: Rig, ana: Client, ben: Client) -> None:
    phone = await pushed(rig, ana)
    await ben.publish("@ana spiders", spoiler_text="Animals")
    assert [each["body"] for each in await phone.told()] == ["Animals"]


async def test_V11_under_a_neutral_name_a_push_tells_nothing_of_who_and_what(
    databases: Databases, settings: Settings, clock: FakeClock
) -> None:
    instance = replace(settings.instance, innocuous_name="Notes")
    url = databases.with_tables()
    settings = replace(settings, instance=instance, database=DatabaseSettings(url=url))
    async with rig_for(settings, clock) as rig:
        ana, ben = await rig.member("ana"), await rig.member("ben")
        phone = await pushed(rig, ana)
        await ben.publish("@ana strike on Thursday")
        (told,) = await phone.told()
        assert (told["icon"], told["title"], told["body"]) == ("", "Notes", NEUTRAL)


async def test_H_names_and_words_cannot_disturb_a_screen(rig: Rig, ana: Client, ben: Client) -> None:
    phone = await pushed(rig, ana)
    name = {"display_name": "Ben\u202e\u2028 <i>x</i>"}
    await ben.ask("PATCH", "/api/v1/accounts/update_credentials", json=name)
    await ben.publish("@ana " + "long " * 100)
    (told,) = await phone.told()
    assert told["title"] == "Ben <i>x</i> mentioned you"
    assert len(told["body"]) == 140


async def test_A23_nobody_blocked_muted_or_in_a_muted_thread_is_pushed(
    rig: Rig, ana: Client, ben: Client
) -> None:
    phone = await pushed(rig, ana)
    thread = await ana.publish("Hello")
    await ana.post(f"/api/v1/statuses/{thread['id']}/mute")
    await ben.publish("@ana in the thread", in_reply_to_id=thread["id"])
    for verb, back in (("mute", "unmute"), ("block", "unblock")):
        await ana.post(f"/api/v1/accounts/{ben.id}/{verb}")
        await ben.publish(f"@ana {verb}")
        await ben.ask("POST", f"/api/v1/statuses/{thread['id']}/favourite")
        await ben.ask("POST", f"/api/v1/statuses/{thread['id']}/unfavourite")
        await ana.post(f"/api/v1/accounts/{ben.id}/{back}")
    assert await phone.told() == []
    await ben.publish("@ana now")
    assert [each["body"] for each in await phone.told()] == ["@ana now"]


@pytest.mark.parametrize("then", ["block", "mute", "delete", "dismiss", "thread"])
async def test_A23_what_is_unwanted_before_it_was_sent_is_not_sent(
    rig: Rig, ana: Client, ben: Client, then: str
) -> None:
    phone = await pushed(rig, ana)
    status = await ben.publish("@ana hello")
    if then == "delete":
        await ben.ask("DELETE", f"/api/v1/statuses/{status['id']}")
    elif then == "dismiss":
        await ana.post("/api/v1/notifications/clear")
    elif then == "thread":
        await ana.post(f"/api/v1/statuses/{status['id']}/mute")
    else:
        await ana.post(f"/api/v1/accounts/{ben.id}/{then}")
    assert await phone.told() == []


async def test_a_mute_that_ended_is_none(rig: Rig, ana: Client, ben: Client, clock: FakeClock) -> None:
    phone = await pushed(rig, ana)
    await ana.post(f"/api/v1/accounts/{ben.id}/mute", duration=600)
    await ben.publish("@ana first")
    clock.advance(601)
    await ben.publish("@ana second")
    assert [each["body"] for each in await phone.told()] == ["@ana second"]


@pytest.mark.parametrize("ended", ["revoked", "suspended", "idle"])
async def test_O10_push_stops_with_the_token(
    rig: Rig, ana: Client, ben: Client, clock: FakeClock, ended: str
) -> None:
    phone = await pushed(rig, ana)
    await ben.publish("@ana before")

    def end(session: Session) -> None:
        if ended == "revoked":
            revoke_token(session, ana.bearer)
        elif ended == "suspended":
            suspend_member(session, session.scalars(select(Member).filter_by(actor_id=ana.actor_id)).one())

    await rig.world.db.write(end)
    if ended == "idle":
        clock.advance(IDLE.total_seconds() + 3600)
    assert await phone.told() == []
    assert await subscriptions(rig) == 1
    await forget_ended_subscriptions(rig.world, {})
    assert await subscriptions(rig) == 0


@pytest.mark.parametrize("status", [404, 410])
async def test_an_app_that_is_gone_is_forgotten(rig: Rig, ana: Client, ben: Client, status: int) -> None:
    phone = await pushed(rig, ana)
    rig.internet.fail(phone.service.authority, status)
    await ben.publish("@ana hello")
    assert await phone.work() == 1
    assert await subscriptions(rig) == 0


async def test_L32_a_push_service_that_is_away_is_tried_for_three_days_and_told_once(
    rig: Rig, ana: Client, ben: Client, clock: FakeClock
) -> None:
    phone = await pushed(rig, ana)
    rig.internet.fail(phone.service.authority, 503)
    await ben.publish("@ana hello")
    tries = 0
    for _ in range(12):
        tries += await phone.work()
        clock.advance(6 * 3600)
    assert 8 <= tries <= 12
    rig.internet.mend(phone.service.authority)
    sent = len(phone.service.requests)
    clock.advance(TRIED_FOR.total_seconds())
    await phone.work()
    assert len(phone.service.requests) == sent
    assert (
        await rig.world.db.read(lambda session: session.scalars(select(Job).filter_by(kind=PUSH)).all()) == []
    )
    assert await subscriptions(rig) == 1


async def test_L32_a_message_that_came_late_came_once(
    rig: Rig, ana: Client, ben: Client, clock: FakeClock
) -> None:
    phone = await pushed(rig, ana)
    rig.internet.fail(phone.service.authority, 503, times=2)
    await ben.publish("@ana hello")
    for _ in range(4):
        await phone.work()
        clock.advance(3600)
    requests = phone.service.requests
    assert [phone.app.decrypt(request)["body"] for request in requests] == ["@ana hello"] * 3
    assert int(requests[-1].headers["TTL"]) < int(requests[0].headers["TTL"])


async def test_R08_a_storm_is_cut_and_its_last_message_says_that_there_is_more(
    rig: Rig, ana: Client, ben: Client, clock: FakeClock
) -> None:
    phone = await pushed(rig, ana)
    for number in range(MOST_AN_HOUR + 5):
        await ben.publish(f"@ana {number}")
    bodies = [each["body"] for each in await phone.told()]
    assert len(bodies) == MOST_AN_HOUR
    assert bodies.count(MORE) == 1
    clock.advance(3600)
    await ben.publish("@ana later")
    assert [each["body"] for each in await phone.told()] == ["@ana later"]


async def test_what_a_push_service_refuses_is_not_tried_again(rig: Rig, ana: Client, ben: Client) -> None:
    phone = await pushed(rig, ana)
    rig.internet.fail(phone.service.authority, 400)
    await ben.publish("@ana hello")
    assert (await phone.work(), await phone.work()) == (1, 0)
    assert await subscriptions(rig) == 1


async def test_every_kind_has_words(rig: Rig, ana: Client, ben: Client) -> None:
    phone = await pushed(rig, ana)
    await ana.post(f"/api/v1/accounts/{ben.id}/follow", notify=True)
    status = await ana.publish("Hello", poll={"options": ["a", "b"], "expires_in": 600})
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    await ben.post(f"/api/v1/statuses/{status['id']}/favourite")
    await ben.post(f"/api/v1/statuses/{status['id']}/reblog")
    posted = await ben.publish("News")
    await ana.post(f"/api/v1/statuses/{posted['id']}/favourite")
    await ben.ask("PUT", f"/api/v1/statuses/{posted['id']}", json={"status": "Newer"})
    titles = {each["notification_type"]: each["title"] for each in await phone.told()}
    assert titles == {
        "follow": "Ben follows you",
        "favourite": "Ben likes your post",
        "reblog": "Ben boosted your post",
        "status": "Ben posted",
        "update": "Ben edited a post",
    }
