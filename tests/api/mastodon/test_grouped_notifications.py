"""Notifications in groups, through the client interface."""

from typing import Any

import pytest

from tests.api.rig import Client, Rig

GROUPS = "/api/v2/notifications"
HALF_A_DAY = 12 * 60 * 60


@pytest.fixture
async def others(rig: Rig, ben: Client) -> list[Client]:
    """Three members, who do things in this order."""
    return [ben, await rig.member("carla"), await rig.member("dora")]


async def favourite(status: dict[str, Any], *clients: Client) -> None:
    for client in clients:
        await client.post(f"/api/v1/statuses/{status['id']}/favourite")


async def groups_of(client: Client, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get(GROUPS, **params))["notification_groups"]
    return found


async def test_what_several_do_with_one_post_is_one_group(ana: Client, others: list[Client]) -> None:
    liked, other = await ana.publish("Hello"), await ana.publish("Again")
    await favourite(liked, *others)
    await favourite(other, others[0])
    for client in others[:2]:
        await client.post(f"/api/v1/statuses/{liked['id']}/reblog")
        await client.post(f"/api/v1/accounts/{ana.id}/follow")
    told = await ana.get("/api/v1/notifications")
    results = await ana.get(GROUPS)
    groups = results["notification_groups"]
    assert [(each["type"], each.get("status_id"), each["notifications_count"]) for each in groups] == [
        ("follow", None, 2),
        ("reblog", liked["id"], 2),
        ("favourite", other["id"], 1),
        ("favourite", liked["id"], 3),
    ]
    group = groups[-1]
    likes = [each for each in told if each["group_key"] == group["group_key"]]
    assert len(likes) == 3
    assert group["sample_account_ids"] == [each["account"]["id"] for each in likes]
    assert group["most_recent_notification_id"] == int(likes[0]["id"])
    assert group["page_max_id"] == likes[0]["id"]
    assert group["page_min_id"] == likes[-1]["id"]
    assert group["latest_page_notification_at"] == likes[0]["created_at"]
    assert sorted(each["id"] for each in results["accounts"]) == sorted(each.id for each in others)
    assert sorted(each["id"] for each in results["statuses"]) == sorted([liked["id"], other["id"]])
    assert "partial_accounts" not in results


async def test_what_happens_half_a_day_later_is_another_group(
    rig: Rig, ana: Client, others: list[Client]
) -> None:
    status = await ana.publish("Hello")
    await favourite(status, others[0])
    rig.clock.advance(HALF_A_DAY)
    await favourite(status, others[1])
    assert [each["notifications_count"] for each in await groups_of(ana)] == [1, 1]


async def test_mentions_stand_alone_and_their_keys_say_so(ana: Client, ben: Client) -> None:
    await ben.publish("@ana one")
    await ben.publish("@ana two")
    told = await ana.get("/api/v1/notifications")
    keys = [f"ungrouped-{each['id']}" for each in told]
    assert [each["group_key"] for each in told] == keys
    assert [each["group_key"] for each in await groups_of(ana)] == keys


async def test_only_the_kinds_that_an_app_can_group_are_grouped(ana: Client, others: list[Client]) -> None:
    status = await ana.publish("Hello")
    await favourite(status, *others)
    for client in others:
        await client.post(f"/api/v1/accounts/{ana.id}/follow")
    groups = await groups_of(ana, **{"grouped_types[]": ["follow", "mention"]})
    assert [each["type"] for each in groups] == ["follow", "favourite", "favourite", "favourite"]
    for group in groups[1:]:
        number = group["most_recent_notification_id"]
        assert (group["group_key"], group["notifications_count"]) == (f"ungrouped-{number}", 1)
        one = (await ana.get(f"{GROUPS}/{group['group_key']}"))["notification_groups"][0]
        assert one["sample_account_ids"] == group["sample_account_ids"]
    counted = await ana.get(f"{GROUPS}/unread_count", **{"grouped_types[]": ["follow"]})
    assert counted == {"count": 4}


async def test_no_group_is_on_two_pages(ana: Client, others: list[Client]) -> None:
    first, second = await ana.publish("First"), await ana.publish("Second")
    for client in others:
        await favourite(first, client)
        await favourite(second, client)
    await others[0].publish("@ana hello")
    whole = await groups_of(ana)
    assert [each["notifications_count"] for each in whole] == [1, 3, 3]
    pages = [await groups_of(ana, limit=1)]
    while pages[-1]:
        pages.append(await groups_of(ana, limit=1, max_id=pages[-1][-1]["page_max_id"]))
    assert [each["group_key"] for page in pages for each in page] == [each["group_key"] for each in whole]
    assert [page[0]["page_min_id"] for page in pages[:-1]] == [page[0]["page_max_id"] for page in pages[:-1]]
    oldest = whole[-1]["page_max_id"]
    assert [each["group_key"] for each in await groups_of(ana, min_id=oldest, limit=1)] == [
        whole[1]["group_key"]
    ]
    assert [each["group_key"] for each in await groups_of(ana, since_id=oldest, limit=1)] == [
        whole[0]["group_key"]
    ]
    answer = await ana.ask("GET", GROUPS, params={"limit": 2})
    assert f"max_id={whole[1]['page_max_id']}>" in answer.headers["link"]
    assert f"min_id={whole[0]['page_max_id']}>" in answer.headers["link"]


async def test_an_app_that_asks_for_what_is_new_sees_how_far_back_that_goes(
    ana: Client, others: list[Client]
) -> None:
    status = await ana.publish("Hello")
    await favourite(status, others[0])
    (before,) = await groups_of(ana)
    await favourite(status, *others[1:])
    newer = [each["id"] for each in (await ana.get("/api/v1/notifications"))[:2]]
    for bound in ("since_id", "min_id"):
        (after,) = await groups_of(ana, **{bound: before["page_max_id"]})
        assert after["group_key"] == before["group_key"]
        assert (after["page_max_id"], after["page_min_id"]) == (newer[0], newer[1])
        assert after["notifications_count"] == 3
    assert await groups_of(ana, since_id=newer[0]) == []


async def test_eight_accounts_are_shown_of_many(rig: Rig, ana: Client) -> None:
    status = await ana.publish("Hello")
    many = [await rig.member(f"member{number}") for number in range(10)]
    await favourite(status, *many)
    results = await ana.get(GROUPS, expand_accounts="partial_avatars")
    (group,) = results["notification_groups"]
    newest = [each.id for each in reversed(many)]
    assert group["notifications_count"] == 10
    assert group["sample_account_ids"] == newest[:8]
    assert [each["id"] for each in results["accounts"]] == newest[:1]
    assert [each["id"] for each in results["partial_accounts"]] == newest[1:8]
    assert set(results["partial_accounts"][0]) == {
        *("id", "acct", "url", "avatar", "avatar_static", "locked", "bot")
    }
    assert len((await ana.get(GROUPS, expand_accounts="full"))["accounts"]) == 8
    assert (await ana.ask("GET", GROUPS, params={"expand_accounts": "none"})).status_code == 400
    path = f"{GROUPS}/{group['group_key']}/accounts"
    assert [each["id"] for each in await ana.get(path)] == newest
    page = await ana.ask("GET", path, params={"limit": 6})
    assert [each["id"] for each in page.json()] == newest[:6]
    further = page.headers["link"].partition("max_id=")[2].partition(">")[0]
    assert [each["id"] for each in await ana.get(path, limit=6, max_id=further)] == newest[6:]
    assert await ana.get(path, max_id=1) == []


async def test_one_group_is_shown_without_a_page_and_put_away_as_a_whole(
    ana: Client, others: list[Client]
) -> None:
    kept, away = await ana.publish("Kept"), await ana.publish("Away")
    await favourite(kept, *others)
    await favourite(away, *others[:2])
    first, second = await groups_of(ana)
    one = await ana.get(f"{GROUPS}/{first['group_key']}")
    assert one["notification_groups"] == [
        {name: value for name, value in first.items() if "page" not in name}
    ]
    assert [each["id"] for each in one["statuses"]] == [away["id"]]
    for _ in range(2):
        assert await ana.post(f"{GROUPS}/{first['group_key']}/dismiss") == {}
    assert await groups_of(ana) == [second]
    assert len(await ana.get("/api/v1/notifications")) == 3
    assert (await ana.ask("GET", f"{GROUPS}/{first['group_key']}")).status_code == 404
    await favourite(away, others[2])
    assert [each["notifications_count"] for each in await groups_of(ana)] == [1, 3]


async def test_unread_groups_are_counted_from_the_marker_on(ana: Client, others: list[Client]) -> None:
    first, second = await ana.publish("First"), await ana.publish("Second")
    await favourite(first, *others)
    await favourite(second, *others)
    await others[0].publish("@ana hello")
    for base in (GROUPS, "/api/v2_alpha/notifications"):
        assert await ana.get(f"{base}/unread_count") == {"count": 3}
        assert await ana.get(f"{base}/unread_count", limit=2) == {"count": 2}
        assert await ana.get(f"{base}/unread_count", **{"types[]": "favourite"}) == {"count": 2}
        assert await ana.get(f"{base}/unread_count", **{"exclude_types[]": "favourite"}) == {"count": 1}
        assert await ana.get(f"{base}/unread_count", account_id=others[1].id) == {"count": 2}
    newest = (await groups_of(ana))[1]["page_max_id"]
    await ana.post("/api/v1/markers", notifications={"last_read_id": newest})
    assert await ana.get(f"{GROUPS}/unread_count") == {"count": 1}


async def test_groups_of_one_account_say_what_that_account_did(ana: Client, others: list[Client]) -> None:
    status = await ana.publish("Hello")
    await favourite(status, *others)
    (group,) = await groups_of(ana, account_id=others[0].id)
    assert (group["notifications_count"], group["sample_account_ids"]) == (1, [others[0].id])


async def test_who_is_blocked_and_what_is_deleted_is_in_no_group(ana: Client, others: list[Client]) -> None:
    kept, gone = await ana.publish("Kept"), await ana.publish("Gone")
    await favourite(kept, *others)
    await favourite(gone, *others)
    await ana.ask("DELETE", f"/api/v1/statuses/{gone['id']}")
    await ana.post(f"/api/v1/accounts/{others[2].id}/mute")
    await ana.post(f"/api/v1/accounts/{others[1].id}/block")
    results = await ana.get(GROUPS)
    (group,) = results["notification_groups"]
    assert (group["notifications_count"], group["sample_account_ids"]) == (1, [others[0].id])
    assert [each["id"] for each in results["accounts"]] == [others[0].id]
    path = f"{GROUPS}/{group['group_key']}"
    assert [each["id"] for each in await ana.get(f"{path}/accounts")] == [others[0].id]
    assert await ana.get(f"{GROUPS}/unread_count") == {"count": 1}
    await ana.post(f"/api/v1/accounts/{others[2].id}/unmute")
    assert (await ana.get(path))["notification_groups"][0]["notifications_count"] == 2


async def test_what_a_policy_keeps_back_is_counted_where_it_is_asked_for(
    ana: Client, others: list[Client]
) -> None:
    status = await ana.publish("Hello")
    await favourite(status, others[0])
    await ana.ask("PATCH", f"{GROUPS}/policy", json={"for_not_following": "filter"})
    await favourite(status, *others[1:])
    (group,) = await groups_of(ana)
    assert (group["notifications_count"], group["sample_account_ids"]) == (1, [others[0].id])
    (whole,) = await groups_of(ana, include_filtered="true")
    assert (whole["notifications_count"], whole["group_key"]) == (3, group["group_key"])
    path = f"{GROUPS}/{group['group_key']}"
    assert len(await ana.get(f"{path}/accounts")) == 1
    assert len(await ana.get(f"{path}/accounts", include_filtered="true")) == 3
    await ana.post(f"{path}/dismiss")
    assert await groups_of(ana) == []
    assert len(await ana.get("/api/v1/notifications/requests")) == 2


async def test_O12_a_group_is_there_for_its_recipient_alone(ana: Client, others: list[Client]) -> None:
    status = await ana.publish("Hello")
    await favourite(status, *others)
    (group,) = await groups_of(ana)
    keys = [group["group_key"], "ungrouped-1", "ungrouped-9999999999999999999", "a%00b", "favourite-1-1", "-"]
    for key in keys:
        for method, path in [("GET", ""), ("GET", "/accounts"), ("POST", "/dismiss")]:
            answer = await others[0].ask(method, f"{GROUPS}/{key}{path}")
            assert answer.status_code == 404, (key, path)
    assert await groups_of(ana) == [group]
