"""Policies of members, and the requests of those who are kept back."""

from typing import Any

import pytest
from sqlalchemy import update

from fediunion.actors.models import Actor
from fediunion.db import now_of
from fediunion.members.models import Member, Role
from tests.api.mastodon.pushing import pushed
from tests.api.rig import Client, Rig
from tests.api.streaming.listening import listening
from tests.fakes.clock import FakeClock

POLICY = "/api/v2/notifications/policy"
REQUESTS = "/api/v1/notifications/requests"
ACCEPTED = {
    "for_not_following": "accept",
    "for_not_followers": "accept",
    "for_new_accounts": "accept",
    "for_private_mentions": "accept",
    "for_limited_accounts": "drop",
}
NOTHING = {"pending_requests_count": 0, "pending_notifications_count": 0}


async def choose(client: Client, **policy: str) -> None:
    """Change a member's policy."""
    assert (await client.ask("PATCH", POLICY, json=policy)).status_code == 200


async def told(client: Client, **params: Any) -> list[str]:
    """Return the types of a member's notifications, newest first."""
    return [each["type"] for each in await client.get("/api/v1/notifications", **params)]


async def test_a_policy_is_changed_field_by_field_with_patch_and_put(ana: Client, ben: Client) -> None:
    assert await ana.get(POLICY) == ACCEPTED | {"summary": NOTHING}
    for method, changes in [
        ("PATCH", {"for_not_following": "filter"}),
        ("PUT", {"for_private_mentions": "drop"}),
        ("PUT", {"for_private_mentions": "drop"}),
    ]:
        changed = await ana.ask(method, POLICY, json=changes)
        assert changed.json() == (await ana.get(POLICY))
    expected = {"for_not_following": "filter", "for_private_mentions": "drop"}
    assert await ana.get(POLICY) == ACCEPTED | expected | {"summary": NOTHING}
    assert await ben.get(POLICY) == ACCEPTED | {"summary": NOTHING}
    assert (await ana.ask("PUT", POLICY, json={"for_new_accounts": "perhaps"})).status_code == 422
    assert (await ana.ask("PUT", POLICY, json={"for_new_accounts": ["x"]})).status_code == 422


async def test_the_first_form_of_the_policy_knows_yes_and_no(ana: Client) -> None:
    path = "/api/v1/notifications/policy"
    changed = await ana.ask("PUT", path, data={"filter_new_accounts": "true", "filter_not_followers": "0"})
    assert changed.json() == {
        "filter_not_following": False,
        "filter_not_followers": False,
        "filter_new_accounts": True,
        "filter_private_mentions": False,
        "summary": NOTHING,
    }
    assert await ana.get(path) == changed.json()
    assert (await ana.get(POLICY))["for_new_accounts"] == "filter"


async def test_what_is_filtered_stands_among_the_requests_only(rig: Rig, ana: Client, ben: Client) -> None:
    await choose(ana, for_not_following="filter")
    phone = await pushed(rig, ana)
    async with listening(rig.world, ana.bearer, "user:notification") as socket:
        first = await ben.publish("@ana hello")
        last = await ben.publish("@ana again")
        assert await socket.frames() == []
    assert await phone.told() == []
    assert (await told(ana), await told(ana, include_filtered=True)) == ([], ["mention", "mention"])
    assert (await ana.get("/api/v2/notifications"))["notification_groups"] == []
    assert await ana.get("/api/v1/notifications/unread_count") == {"count": 0}
    (request,) = await ana.get(REQUESTS)
    assert (request["account"]["acct"], request["notifications_count"]) == ("ben", "2")
    assert request["last_status"]["id"] == last["id"] != first["id"]
    assert await ana.get(f"{REQUESTS}/{request['id']}") == request
    summary = {"pending_requests_count": 1, "pending_notifications_count": 2}
    assert (await ana.get(POLICY))["summary"] == summary


async def test_what_is_dropped_is_nowhere(ana: Client, ben: Client) -> None:
    await choose(ana, for_not_following="drop", for_not_followers="filter")
    await ben.publish("@ana hello")
    assert await told(ana, include_filtered=True) == []
    assert await ana.get(REQUESTS) == []


async def test_who_is_accepted_is_heard_from_then_on(rig: Rig, ana: Client, ben: Client) -> None:
    await choose(ana, for_not_following="filter")
    await ben.publish("@ana hello")
    (request,) = await ana.get(REQUESTS)
    async with listening(rig.world, ana.bearer, "user") as socket:
        assert await ana.post(f"{REQUESTS}/{request['id']}/accept") == {}
        assert [frame["event"] for frame in await socket.frames()] == ["notifications_merged"]
    assert await ana.get(f"{REQUESTS}/merged") == {"merged": True}
    assert (await told(ana), await ana.get(REQUESTS)) == (["mention"], [])
    await ben.publish("@ana again")
    assert await told(ana) == ["mention", "mention"]
    assert (await ana.ask("POST", f"{REQUESTS}/{request['id']}/accept")).status_code == 404


async def test_who_is_blocked_after_being_accepted_has_to_ask_again(ana: Client, ben: Client) -> None:
    await choose(ana, for_not_following="filter")
    await ben.publish("@ana hello")
    (request,) = await ana.get(REQUESTS)
    await ana.post(f"{REQUESTS}/{request['id']}/accept")
    await ana.post(f"/api/v1/accounts/{ben.id}/block")
    await ana.post(f"/api/v1/accounts/{ben.id}/unblock")
    await ben.publish("@ana again")
    assert (await told(ana), len(await ana.get(REQUESTS))) == ([], 1)


async def test_who_is_dismissed_is_put_away_and_may_ask_again(ana: Client, ben: Client) -> None:
    await choose(ana, for_not_following="filter")
    await ben.publish("@ana hello")
    (request,) = await ana.get(REQUESTS)
    assert await ana.post(f"{REQUESTS}/{request['id']}/dismiss") == {}
    assert (await ana.ask("POST", f"{REQUESTS}/{request['id']}/dismiss")).status_code == 404
    assert (await ana.get(REQUESTS), await told(ana, include_filtered=True)) == ([], [])
    await ben.publish("@ana again")
    assert [each["notifications_count"] for each in await ana.get(REQUESTS)] == ["1"]


async def test_requests_are_decided_several_at_once_and_paged(rig: Rig, ana: Client, ben: Client) -> None:
    await choose(ana, for_not_following="filter")
    others = [ben, await rig.member("carla"), await rig.member("dora")]
    for client in others:
        await client.publish("@ana hello")
    requests = await ana.get(REQUESTS)
    assert [each["account"]["acct"] for each in requests] == ["dora", "carla", "ben"]
    page = await ana.ask("GET", REQUESTS, params={"limit": 2})
    assert [each["id"] for each in page.json()] == [each["id"] for each in requests[:2]]
    assert f"max_id={requests[1]['id']}" in page.headers["link"]
    rest = await ana.get(REQUESTS, max_id=requests[1]["id"])
    above = await ana.get(REQUESTS, min_id=requests[2]["id"], limit=1)
    assert [each["id"] for each in [*rest, *above]] == [requests[2]["id"], requests[1]["id"]]
    assert await ana.post(f"{REQUESTS}/accept", id=[requests[0]["id"], "1", "x"]) == {}
    assert await ana.post(f"{REQUESTS}/dismiss", id=[requests[1]["id"]]) == {}
    assert [each["id"] for each in await ana.get(REQUESTS)] == [requests[2]["id"]]
    listed = await ana.get("/api/v1/notifications")
    assert [each["account"]["acct"] for each in listed] == ["dora"]


async def test_O12_requests_are_there_for_the_member_alone(rig: Rig, ana: Client, ben: Client) -> None:
    await choose(ana, for_not_following="filter")
    await ben.publish("@ana hello")
    (request,) = await ana.get(REQUESTS)
    carla = await rig.member("carla")
    for stranger in (ben, carla):
        assert await stranger.get(REQUESTS) == []
        assert (await stranger.ask("GET", f"{REQUESTS}/{request['id']}")).status_code == 404
        for verb in ("accept", "dismiss"):
            assert (await stranger.ask("POST", f"{REQUESTS}/{request['id']}/{verb}")).status_code == 404
            assert await stranger.post(f"{REQUESTS}/{verb}", id=[request["id"]]) == {}
    assert len(await ana.get(REQUESTS)) == 1
    reader = await rig.token(ana, "read")
    assert (await reader.ask("POST", f"{REQUESTS}/{request['id']}/accept")).status_code == 403
    assert (await rig.anonymous.ask("GET", REQUESTS)).status_code == 401


async def test_who_follows_only_since_yesterday_is_no_follower_yet(
    ana: Client, ben: Client, clock: FakeClock
) -> None:
    await choose(ana, for_not_followers="filter")
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    await ben.publish("@ana hello")
    assert await told(ana) == []
    clock.advance(3 * 86_400)
    await ben.publish("@ana hello again")
    assert await told(ana) == ["mention"]


async def test_a_new_account_is_kept_back_unless_it_is_followed(
    rig: Rig, ana: Client, ben: Client, clock: FakeClock
) -> None:
    await choose(ana, for_new_accounts="filter")
    carla = await rig.member("carla")
    await ana.post(f"/api/v1/accounts/{carla.id}/follow")
    for client in (ben, carla):
        await client.publish("@ana hello")
    listed = await ana.get("/api/v1/notifications")
    assert [each["account"]["acct"] for each in listed] == ["carla"]
    clock.advance(31 * 86_400)
    await ben.publish("@ana later")
    assert await told(ana) == ["mention", "mention"]


async def test_a_private_answer_to_somebodys_own_post_is_no_unasked_one(ana: Client, ben: Client) -> None:
    await choose(ana, for_private_mentions="filter")
    question = await ana.publish("@ben when?", visibility="direct")
    await ben.publish("@ana at ten", visibility="direct", in_reply_to_id=question["id"])
    await ben.publish("@ana and buy this", visibility="direct")
    await ben.publish("@ana in public")
    assert (await told(ana), len(await ana.get(REQUESTS))) == (["mention", "mention"], 1)


@pytest.mark.parametrize(("choice", "heard", "asks"), [("accept", 1, 0), ("filter", 0, 1), ("drop", 0, 0)])
async def test_a_member_decides_about_accounts_that_are_silenced(
    rig: Rig, ana: Client, ben: Client, choice: str, heard: int, asks: int
) -> None:
    await choose(ana, for_limited_accounts=choice)
    await rig.world.db.write(
        lambda session: session.execute(
            update(Actor).where(Actor.id == ben.actor_id).values(silenced_at=now_of(session))
        )
    )
    await ben.publish("@ana hello")
    assert (len(await told(ana)), len(await ana.get(REQUESTS))) == (heard, asks)


async def test_several_notifications_are_put_away_at_once(rig: Rig, ana: Client, ben: Client) -> None:
    for number in range(3):
        await ben.publish(f"@ana {number}")
    ids = [each["id"] for each in await ana.get("/api/v1/notifications")]
    path = "/api/v1/notifications/destroy_multiple"
    stranger = await ben.ask("DELETE", path, params={"ids[]": ids})
    assert stranger.status_code == 200
    assert len(await told(ana)) == 3
    for _ in range(2):
        gone = await ana.ask("DELETE", path, params={"ids[]": [*ids[:2], "7", "x"]})
        assert (gone.status_code, gone.json()) == (200, {})
    assert [each["id"] for each in await ana.get("/api/v1/notifications")] == ids[2:]
    assert (await (await rig.token(ana, "read")).ask("DELETE", path)).status_code == 403


async def test_apps_of_the_time_of_4_3_find_groups_where_they_ask(ana: Client, ben: Client) -> None:
    await ben.publish("@ana hello")
    old, new = "/api/v2_alpha/notifications", "/api/v2/notifications"
    assert await ana.get(old) == await ana.get(new)
    assert await ana.get(f"{old}/unread_count") == {"count": 1}
    key = (await ana.get(old))["notification_groups"][0]["group_key"]
    assert await ana.get(f"{old}/{key}") == await ana.get(f"{new}/{key}")
    await ana.post(f"{old}/{key}/dismiss")
    assert (await ana.get(new))["notification_groups"] == []


async def test_all_groups_are_put_away_where_apps_ask_for_groups(rig: Rig, ana: Client, ben: Client) -> None:
    path = "/api/v2/notifications"
    await ben.publish("@ana hello")
    assert (await (await rig.token(ana, "read")).ask("POST", f"{path}/clear")).status_code == 403
    assert await ana.post(f"{path}/clear") == {}
    assert (await ana.get(path))["notification_groups"] == []


async def test_whoever_quoted_a_post_is_told_of_its_edit(ana: Client, ben: Client) -> None:
    status = await ben.publish("First words", quote_approval_policy="public")
    await ana.publish("Look", quoted_status_id=status["id"])
    await ben.ask("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "Other words"})
    (notification,) = await ana.get("/api/v1/notifications")
    assert (notification["type"], notification["status"]["id"]) == ("quoted_update", status["id"])
    await ben.ask("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "Again"})
    assert await told(ana) == ["quoted_update"]


async def test_moderators_are_told_of_reports_and_others_are_not(rig: Rig, ana: Client, ben: Client) -> None:
    await rig.world.db.write(
        lambda session: session.execute(
            update(Member).where(Member.actor_id == ana.actor_id).values(role=Role.MODERATOR)
        )
    )
    phone = await pushed(rig, ana)
    carla = await rig.member("carla")
    status = await carla.publish("Buy this")
    filed = await ben.post("/api/v1/reports", account_id=carla.id, status_ids=[status["id"]], comment="spam")
    (notification,) = await ana.get("/api/v1/notifications")
    assert (notification["type"], notification["report"]) == ("admin.report", filed)
    assert (await ana.get(f"/api/v1/notifications/{notification['id']}"))["report"] == filed
    (group,) = (await ana.get("/api/v2/notifications"))["notification_groups"]
    assert (group["type"], group["report"]) == ("admin.report", filed)
    (pushed_report,) = await phone.told()
    assert (pushed_report["title"], pushed_report["body"]) == ("There is a new report", "")
    await rig.world.db.write(
        lambda session: session.execute(
            update(Member).where(Member.actor_id == ana.actor_id).values(role=Role.MEMBER)
        )
    )
    former = await rig.token(ana, "read")
    assert await former.get("/api/v1/notifications") == []
    assert (await former.ask("GET", f"/api/v1/notifications/{notification['id']}")).status_code == 404
