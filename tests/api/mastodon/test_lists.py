"""Lists through the client interface."""

from tests.api.rig import Client, Rig


async def test_a_list_is_made_changed_filled_and_removed(ana: Client, ben: Client) -> None:
    made = await ana.post("/api/v1/lists", title="Shop floor", replies_policy="none", exclusive=True)
    assert (made["replies_policy"], made["exclusive"]) == ("none", True)
    path = f"/api/v1/lists/{made['id']}"
    changed = await ana.ask("PUT", path, json={"title": "Office", "exclusive": False})
    assert changed.json() == {**made, "title": "Office", "exclusive": False}
    assert await ana.get("/api/v1/lists") == [changed.json()]
    unfollowed = await ana.ask("POST", f"{path}/accounts", json={"account_ids": [ben.id]})
    assert unfollowed.status_code == 404
    await ana.post(f"/api/v1/accounts/{ben.id}/follow")
    await ana.post(f"{path}/accounts", account_ids=[ben.id])
    assert [each["acct"] for each in await ana.get(f"{path}/accounts")] == ["ben"]
    assert await ana.get(f"/api/v1/accounts/{ben.id}/lists") == [changed.json()]
    status = await ben.publish("Hello")
    timeline = await ana.get(f"/api/v1/timelines/list/{made['id']}")
    assert [each["id"] for each in timeline] == [status["id"]]
    removed = await ana.ask("DELETE", f"{path}/accounts", json={"account_ids": [ben.id]})
    assert removed.status_code == 200
    assert await ana.get(f"{path}/accounts") == []
    assert (await ana.ask("DELETE", path)).json() == {}
    assert await ana.get("/api/v1/lists") == []


async def test_a_limit_of_0_shows_all_who_are_on_a_list_at_once(rig: Rig, ana: Client) -> None:
    path = f"/api/v1/lists/{(await ana.post('/api/v1/lists', title='All'))['id']}/accounts"
    for number in range(3):
        other = await rig.member(f"member_{number}")
        await ana.post(f"/api/v1/accounts/{other.id}/follow")
        await ana.post(path, account_ids=[other.id])
    answer = await ana.ask("GET", path, params={"limit": 0})
    assert [each["acct"] for each in answer.json()] == ["member_2", "member_1", "member_0"]
    assert 'rel="next"' not in answer.headers["link"]
    assert len(await ana.get(path, limit=1)) == 1


async def test_O12_a_list_is_there_for_its_owner_alone(rig: Rig, ana: Client, ben: Client) -> None:
    made = await ana.post("/api/v1/lists", title="Mine")
    path = f"/api/v1/lists/{made['id']}"
    for method, address in [
        ("GET", path),
        ("PUT", path),
        ("DELETE", path),
        ("GET", f"{path}/accounts"),
        ("POST", f"{path}/accounts"),
        ("DELETE", f"{path}/accounts"),
        ("GET", f"/api/v1/timelines/list/{made['id']}"),
    ]:
        answer = await ben.ask(method, address, params={"title": "x"})
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"}), (method, address)
    assert await ana.get(path) == made


async def test_a_list_without_a_title_is_422(ana: Client) -> None:
    for body in ({}, {"title": " "}, {"title": "x", "replies_policy": "some"}):
        assert (await ana.ask("POST", "/api/v1/lists", json=body)).status_code == 422


async def test_which_lists_nobody_is_on_is_not_found(ana: Client) -> None:
    assert (await ana.ask("GET", "/api/v1/accounts/1/lists")).status_code == 404
