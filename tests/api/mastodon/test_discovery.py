"""The directory, suggestions, servers and hashtags to feature, as clients ask for them."""

from sqlalchemy.orm import Session

from fediunion.actors.models import Instance
from fediunion.db import now_of
from tests.api.rig import Client, Rig


async def test_the_directory_is_whole_for_members_only(rig: Rig, ana: Client, ben: Client) -> None:
    assert [each["acct"] for each in await rig.anonymous.get("/api/v1/directory")] == ["union"]
    for order in ("active", "new"):
        shown = await ana.get("/api/v1/directory", order=order, local=True, limit=40, offset=0)
        assert sorted(each["acct"] for each in shown) == ["ben", "union"]
    assert (await ana.ask("GET", "/api/v1/directory?order=best")).status_code == 422


async def test_suggestions_are_accounts_and_reasons_until_dismissed(rig: Rig, ana: Client) -> None:
    first = await ana.get("/api/v1/suggestions")
    second = await ana.get("/api/v2/suggestions")
    assert [each["acct"] for each in first] == ["union"]
    assert [(each["source"], each["sources"]) for each in second] == [("staff", ["featured"])]
    assert second[0]["account"]["id"] == first[0]["id"]
    for _ in range(2):
        assert (await ana.ask("DELETE", f"/api/v1/suggestions/{first[0]['id']}")).json() == {}
    assert await ana.get("/api/v1/suggestions") == await ana.get("/api/v2/suggestions") == []
    assert (await ana.ask("DELETE", "/api/v1/suggestions/12345")).status_code == 200
    assert (await ana.ask("DELETE", "/api/v1/suggestions/x")).status_code == 404


async def test_who_may_ask(rig: Rig, ana: Client) -> None:
    narrow = await rig.token(ana, "write")
    for path in (
        "/api/v1/suggestions",
        "/api/v2/suggestions",
        "/api/v1/peers/search?q=f",
        "/api/v1/search?q=x",
    ):
        assert (await rig.anonymous.ask("GET", path)).status_code == 401
        assert (await narrow.ask("GET", path)).status_code == 403
    assert (await rig.anonymous.ask("GET", "/api/v1/featured_tags/suggestions")).status_code == 401


async def test_servers_are_found_by_members(rig: Rig, ana: Client) -> None:
    def unit(session: Session) -> None:
        session.add(Instance(host="far.test", first_seen_at=now_of(session)))

    await rig.world.db.write(unit)
    assert await ana.get("/api/v1/peers/search", q="FA") == ["far.test"]
    assert await ana.get("/api/v1/peers/search", q="") == []


async def test_the_own_hashtags_are_suggested_to_feature(ana: Client) -> None:
    await ana.publish("#strike #pay")
    await ana.publish("#strike")
    shown = await ana.get("/api/v1/featured_tags/suggestions")
    assert [each["name"] for each in shown] == ["strike", "pay"]
    assert {"name", "url", "history", "following"} <= shown[0].keys()
