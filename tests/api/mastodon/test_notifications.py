"""Notifications through the client interface."""

from tests.api.rig import Client, Rig


async def test_what_others_do_is_told_newest_first(ana: Client, ben: Client) -> None:
    status = await ana.publish("Hello")
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    await ben.post(f"/api/v1/statuses/{status['id']}/favourite")
    await ben.post(f"/api/v1/statuses/{status['id']}/reblog")
    reply = await ben.publish("@ana yes", in_reply_to_id=status["id"])
    told = await ana.get("/api/v1/notifications")
    assert [each["type"] for each in told] == ["mention", "reblog", "favourite", "follow"]
    assert {each["account"]["acct"] for each in told} == {"ben"}
    assert told[0]["status"]["id"] == reply["id"]
    assert told[2]["status"]["id"] == status["id"]
    assert "status" not in told[3]
    assert await ben.get("/api/v1/notifications") == []


async def test_notifications_are_narrowed_by_type_and_account(rig: Rig, ana: Client, ben: Client) -> None:
    carla = await rig.member("carla")
    for client in (ben, carla):
        await client.post(f"/api/v1/accounts/{ana.id}/follow")
    await ben.publish("@ana hello")

    async def kinds(**params: object) -> list[str]:
        return [each["type"] for each in await ana.get("/api/v1/notifications", **params)]

    assert await kinds(**{"types[]": "mention"}) == ["mention"]
    assert await kinds(**{"exclude_types[]": ["mention"]}) == ["follow", "follow"]
    assert await kinds(account_id=carla.id) == ["follow"]
    assert await kinds(**{"types[]": "unheard-of"}) == []


async def test_notifications_are_put_away(ana: Client, ben: Client) -> None:
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    await ben.publish("@ana hello")
    first, second = await ana.get("/api/v1/notifications")
    assert (await ana.get(f"/api/v1/notifications/{first['id']}"))["id"] == first["id"]
    await ana.post(f"/api/v1/notifications/{first['id']}/dismiss")
    assert [each["id"] for each in await ana.get("/api/v1/notifications")] == [second["id"]]
    await ana.post("/api/v1/notifications/clear")
    assert await ana.get("/api/v1/notifications") == []


async def test_unread_ones_are_counted_from_the_marker_on(ana: Client, ben: Client) -> None:
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    await ben.publish("@ana hello")
    told = await ana.get("/api/v1/notifications")
    assert await ana.get("/api/v1/notifications/unread_count") == {"count": 2}
    saved = await ana.post("/api/v1/markers", notifications={"last_read_id": told[1]["id"]})
    assert saved["notifications"]["last_read_id"] == told[1]["id"]
    assert await ana.get("/api/v1/notifications/unread_count") == {"count": 1}
    for choice in ({"types[]": ["follow"]}, {"exclude_types[]": ["mention"]}, {"account_id": ana.id}):
        assert await ana.get("/api/v1/notifications/unread_count", **choice) == {"count": 0}


async def test_groups_say_the_same_as_single_ones(ana: Client, ben: Client) -> None:
    status = await ana.publish("Hello")
    await ben.post(f"/api/v1/statuses/{status['id']}/favourite")
    single = (await ana.get("/api/v1/notifications"))[0]
    results = await ana.get("/api/v2/notifications")
    group = results["notification_groups"][0]
    assert group["group_key"] == single["group_key"]
    assert (group["status_id"], group["sample_account_ids"]) == (status["id"], [ben.id])
    assert [each["id"] for each in results["accounts"]] == [ben.id]
    assert [each["id"] for each in results["statuses"]] == [status["id"]]
    path = f"/api/v2/notifications/{group['group_key']}"
    alone = {name: value for name, value in group.items() if "page" not in name}
    assert await ana.get(path) == results | {"notification_groups": [alone]}
    assert [each["id"] for each in await ana.get(f"{path}/accounts")] == [ben.id]
    await ana.post(f"{path}/dismiss")
    assert (await ana.get("/api/v2/notifications"))["notification_groups"] == []
    assert (await ana.get("/api/v2/notifications/policy"))["for_new_accounts"] == "accept"


async def test_O12_a_notification_is_there_for_its_recipient_alone(ana: Client, ben: Client) -> None:
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    told = (await ana.get("/api/v1/notifications"))[0]
    for method, path in [
        ("GET", f"/api/v1/notifications/{told['id']}"),
        ("POST", f"/api/v1/notifications/{told['id']}/dismiss"),
        ("GET", f"/api/v2/notifications/{told['group_key']}"),
        ("GET", f"/api/v2/notifications/{told['group_key']}/accounts"),
        ("POST", f"/api/v2/notifications/{told['group_key']}/dismiss"),
        ("GET", "/api/v2/notifications/nonsense"),
    ]:
        assert (await ben.ask(method, path)).status_code == 404, path
    assert len(await ana.get("/api/v1/notifications")) == 1


async def test_markers_are_kept_for_each_member(ana: Client, ben: Client) -> None:
    await ana.post("/api/v1/markers", home={"last_read_id": "5"})
    again = await ana.ask("POST", "/api/v1/markers", data={"home[last_read_id]": "7"})
    assert (again.json()["home"]["last_read_id"], again.json()["home"]["version"]) == ("7", 2)
    kept = await ana.get("/api/v1/markers", **{"timeline[]": ["home", "notifications"]})
    assert list(kept) == ["home"]
    assert await ben.get("/api/v1/markers", **{"timeline[]": "home"}) == {}


async def test_conversations_are_threads_of_direct_messages(rig: Rig, ana: Client, ben: Client) -> None:
    carla = await rig.member("carla")
    message = await ana.publish("@ben psst", visibility="direct")
    shown = (await ben.get("/api/v1/conversations"))[0]
    assert (shown["unread"], shown["last_status"]["id"]) == (True, message["id"])
    assert [each["acct"] for each in shown["accounts"]] == ["ana"]
    path = f"/api/v1/conversations/{shown['id']}"
    for stranger in (ana, carla):
        assert (await stranger.ask("POST", f"{path}/read")).status_code == 404
        assert (await stranger.ask("DELETE", path)).status_code == 404
    assert (await ben.post(f"{path}/read"))["unread"] is False
    assert (await ben.ask("DELETE", path)).json() == {}
    assert await ben.get("/api/v1/conversations") == []
    assert await carla.get("/api/v1/conversations") == []
