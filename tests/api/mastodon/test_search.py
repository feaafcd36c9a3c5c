"""Search, reports, and what clients ask for on their way in."""

from tests.api.rig import Client, Rig


async def test_search_finds_accounts_hashtags_and_the_own_posts(rig: Rig, ana: Client, ben: Client) -> None:
    status = await ana.publish("A picnic for #Picnickers")
    await ana.publish("#picnic in secret", visibility="direct")
    await rig.index()
    found = await ana.get("/api/v2/search", q="picnic")
    assert [each["id"] for each in found["statuses"]][-1] == status["id"]
    assert [each["name"] for each in found["hashtags"]] == ["picnickers"]
    assert (await ben.get("/api/v2/search", q="picnic"))["statuses"] == []
    assert [each["acct"] for each in (await ben.get("/api/v2/search", q="an"))["accounts"]] == ["ana"]
    only = await ana.get("/api/v2/search", q="picnic", type="hashtags")
    assert (only["statuses"], len(only["hashtags"])) == ([], 1)


async def test_the_first_version_of_search_names_hashtags_by_text(rig: Rig, ana: Client) -> None:
    status = await ana.publish("A picnic for #Picnickers")
    await rig.index()
    found = await ana.get("/api/v1/search", q="picnic")
    assert ([each["id"] for each in found["statuses"]], found["hashtags"]) == ([status["id"]], ["picnickers"])


async def test_V09_a_search_shows_what_the_reader_may_see_now(rig: Rig, ana: Client, ben: Client) -> None:
    await ana.ask("PATCH", "/api/v1/accounts/update_credentials", json={"indexable": True})
    public, private = await ana.publish("picnic"), await ana.publish("picnic", visibility="private")
    await rig.index()

    async def found(client: Client, **more: object) -> list[str]:
        answer = await client.get("/api/v2/search", q="picnic", type="statuses", **more)
        return [each["id"] for each in answer["statuses"]]

    assert await found(ana) == [private["id"], public["id"]]
    assert await found(ben) == await found(ben, account_id=ana.id) == [public["id"]]
    assert await found(ben, account_id=ben.id) == await found(ben, max_id=public["id"]) == []
    assert await found(rig.anonymous) == []
    await ana.ask("DELETE", f"/api/v1/statuses/{public['id']}")
    assert await found(ben) == []


async def test_O16_operators_and_signs_are_answered(ana: Client) -> None:
    for text in (
        "from:me",
        "has:media -x",
        '"',
        "before:0000-00-00",
        "is:reply language:zz in:public",
        "a\x00b",
    ):
        answer = await ana.ask("GET", "/api/v2/search", params={"q": text, "offset": 3, "min_id": 5})
        assert answer.status_code in (200, 400, 422), text


async def test_an_address_of_ours_leads_to_the_thing_for_who_may_see_it(ana: Client, ben: Client) -> None:
    public, private = await ana.publish("Hello"), await ana.publish("Mine", visibility="direct")
    for address in (public["url"], public["uri"]):
        found = await ben.get("/api/v2/search", q=address, resolve=True)
        assert [each["id"] for each in found["statuses"]] == [public["id"]]
    assert (await ben.get("/api/v2/search", q=private["uri"], resolve=True))["statuses"] == []
    for address in ("https://union.test/@ana", "https://union.test/actors/ana"):
        found = await ben.get("/api/v2/search", q=address)
        assert [each["acct"] for each in found["accounts"]] == ["ana"]


async def test_nobody_elsewhere_is_asked_without_resolve_or_a_login(rig: Rig, ana: Client) -> None:
    for client, resolve in ((ana, "false"), (rig.anonymous, "true")):
        for text in ("@zoe@elsewhere.test", "https://elsewhere.test/users/zoe"):
            found = await client.get("/api/v2/search", q=text, resolve=resolve)
            assert found == {"accounts": [], "statuses": [], "hashtags": []}
    assert rig.internet.requests == []


async def test_a_server_that_cannot_be_reached_is_no_fault(rig: Rig, ana: Client) -> None:
    for text in ("@zoe@elsewhere.test", "https://elsewhere.test/users/zoe", "https://[::1", "http://x"):
        found = await ana.get("/api/v2/search", q=text, resolve=True)
        assert found["accounts"] == []
    assert rig.internet.requests != []


async def test_an_unknown_type_of_search_is_422(ana: Client) -> None:
    assert (await ana.ask("GET", "/api/v2/search?q=x&type=secrets")).status_code == 422


async def test_a_report_reaches_the_moderators_without_leaving(rig: Rig, ana: Client, ben: Client) -> None:
    status = await ben.publish("Spam")
    report = await ana.post(
        "/api/v1/reports", account_id=ben.id, status_ids=[status["id"]], comment="Look", category="spam"
    )
    assert (report["category"], report["forwarded"]) == ("spam", False)
    assert report["target_account"]["id"] == ben.id
    assert rig.internet.requests == []


async def test_V23_a_report_of_what_one_cannot_see_is_404(ana: Client, ben: Client) -> None:
    private = await ben.publish("Mine", visibility="direct")
    for body in (
        {"account_id": ben.id, "status_ids": [private["id"]]},
        {"account_id": ben.id, "status_ids": ["1"]},
        {"account_id": "12345"},
    ):
        assert (await ana.ask("POST", "/api/v1/reports", json=body)).status_code == 404, body
    for body in ({}, {"account_id": ana.id}, {"account_id": ben.id, "category": "x"}):
        assert (await ana.ask("POST", "/api/v1/reports", json=body)).status_code == 422, body


async def test_the_instance_is_described_with_everything_that_clients_read(rig: Rig, ana: Client) -> None:
    one = await rig.anonymous.get("/api/v1/instance")
    two = await rig.anonymous.get("/api/v2/instance")
    assert one["uri"] == two["domain"] == "union.test"
    assert one["urls"]["streaming_api"] == "wss://union.test"
    assert one["version"].startswith("4.5.0 (compatible; FediUnion ")
    assert two["api_versions"] == {"mastodon": 7}
    assert two["contact"]["account"]["acct"] == "union"
    for group in ("statuses", "polls", "media_attachments", "accounts", "urls"):
        assert one["configuration"][group] == two["configuration"][group] != {}
    assert two["configuration"]["statuses"]["max_characters"] == 10_000
    assert one["thumbnail"].startswith("https://")


async def test_what_clients_ask_for_on_their_way_in_is_answered(rig: Rig, ana: Client) -> None:
    for path in ("custom_emojis", "filters", "followed_tags", "announcements", "scheduled_statuses"):
        assert await ana.get(f"/api/v1/{path}") == []
    assert await ana.get("/api/v2/filters") == []
    assert (await ana.ask("GET", "/api/v2/filters/1")).status_code == 404
    assert (await rig.anonymous.ask("GET", "/api/v1/streaming/health")).text == "OK"
    app = await ana.get("/api/v1/apps/verify_credentials")
    assert app["name"] == "Test App"
    assert "bearer" not in str(app).lower()


async def test_peers_are_shown_to_members_only(rig: Rig, ana: Client) -> None:
    assert (await rig.anonymous.ask("GET", "/api/v1/instance/peers")).status_code == 401
    assert await ana.get("/api/v1/instance/peers") == []
