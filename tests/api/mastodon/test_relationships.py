"""Following, blocking and muting through the client interface."""

from typing import Any

import pytest

from fediunion.actors.models import Reach
from fediunion.social.follows.queries import find_follow
from tests.api.rig import Client, Rig


async def test_a_follow_shows_in_the_relationship_of_both(ana: Client, ben: Client) -> None:
    shown = await ben.post(f"/api/v1/accounts/{ana.id}/follow", reblogs=False, notify=True, languages=["en"])
    assert (shown["following"], shown["showing_reblogs"], shown["notifying"]) == (True, False, True)
    assert shown["languages"] == ["en"]
    seen = await ana.get("/api/v1/accounts/relationships", **{"id[]": ben.id})
    assert [(each["id"], each["followed_by"]) for each in seen] == [(ben.id, True)]
    single = await ana.get("/api/v1/accounts/relationships", id=ben.id)
    assert single == seen
    assert (await ben.post(f"/api/v1/accounts/{ana.id}/unfollow"))["following"] is False


@pytest.mark.parametrize("reach", [Reach.PUBLIC, Reach.FOLLOWABLE], ids=["a-follow", "a-request"])
async def test_a_follow_keeps_what_a_later_call_does_not_name(rig: Rig, ben: Client, reach: Reach) -> None:
    followed = await rig.member("fol", reach=reach)

    async def follow(**options: Any) -> tuple[bool, bool, list[str] | None]:
        shown = await ben.post(f"/api/v1/accounts/{followed.id}/follow", **options)
        row = await rig.world.db.read(find_follow, ben.actor_id, followed.actor_id)
        assert row is not None
        assert (shown["following"], shown["requested"]) == (reach is Reach.PUBLIC, reach is not Reach.PUBLIC)
        return row.shows_boosts, row.notifies, list(row.languages)

    assert await follow() == (True, False, [])
    assert await follow(reblogs=False, languages=["fr"]) == (False, False, ["fr"])
    assert await follow(notify=True) == (False, True, ["fr"])
    assert await follow() == (False, True, ["fr"])
    assert await follow(reblogs=True, languages=[]) == (True, True, [])
    assert await follow(notify=False) == (True, False, [])


async def test_a_request_is_listed_and_answered(rig: Rig, ben: Client) -> None:
    locked = await rig.member("fol", reach=Reach.FOLLOWABLE)
    assert (await ben.post(f"/api/v1/accounts/{locked.id}/follow"))["requested"] is True
    assert [each["acct"] for each in await locked.get("/api/v1/follow_requests")] == ["ben"]
    credentials = await locked.get("/api/v1/accounts/verify_credentials")
    assert credentials["source"]["follow_requests_count"] == 1
    answered = await locked.post(f"/api/v1/follow_requests/{ben.id}/authorize")
    assert answered["followed_by"] is True
    assert await locked.get("/api/v1/follow_requests") == []
    removed = await locked.post(f"/api/v1/accounts/{ben.id}/remove_from_followers")
    assert removed["followed_by"] is False


async def test_a_request_can_be_rejected_and_one_that_nobody_made_is_not_found(rig: Rig, ben: Client) -> None:
    locked = await rig.member("fol", reach=Reach.FOLLOWABLE)
    assert (await locked.ask("POST", f"/api/v1/follow_requests/{ben.id}/authorize")).status_code == 404
    await ben.post(f"/api/v1/accounts/{locked.id}/follow")
    await locked.post(f"/api/v1/follow_requests/{ben.id}/reject")
    assert (await locked.ask("POST", f"/api/v1/follow_requests/{ben.id}/reject")).status_code == 404
    relationship = await ben.get("/api/v1/accounts/relationships", id=locked.id)
    assert relationship[0]["requested"] is False


async def test_a_block_ends_what_was_and_hides_both_from_each_other(ana: Client, ben: Client) -> None:
    await ben.post(f"/api/v1/accounts/{ana.id}/follow")
    status = await ana.publish("Hello")
    blocked = await ana.post(f"/api/v1/accounts/{ben.id}/block")
    assert (blocked["blocking"], blocked["followed_by"]) == (True, False)
    assert [each["acct"] for each in await ana.get("/api/v1/blocks")] == ["ben"]
    assert (await ben.ask("GET", f"/api/v1/statuses/{status['id']}")).status_code == 404
    assert (await ben.ask("POST", f"/api/v1/accounts/{ana.id}/follow")).status_code == 403
    assert (await ana.post(f"/api/v1/accounts/{ben.id}/unblock"))["blocking"] is False
    assert (await ben.ask("GET", f"/api/v1/statuses/{status['id']}")).status_code == 200


async def test_a_mute_ends_by_itself(rig: Rig, ana: Client, ben: Client) -> None:
    muted = await ana.post(f"/api/v1/accounts/{ben.id}/mute", notifications=False, duration=60)
    assert (muted["muting"], muted["muting_notifications"]) == (True, False)
    assert [each["acct"] for each in await ana.get("/api/v1/mutes")] == ["ben"]
    rig.clock.advance(61)
    assert (await ana.get("/api/v1/accounts/relationships", id=ben.id))[0]["muting"] is False
    assert await ana.get("/api/v1/mutes") == []


async def test_nobody_follows_or_blocks_themselves_or_nobody(ana: Client) -> None:
    for act, status in (("follow", 403), ("block", 422), ("mute", 422)):
        assert (await ana.ask("POST", f"/api/v1/accounts/{ana.id}/{act}")).status_code == status, act
        assert (await ana.ask("POST", f"/api/v1/accounts/12345/{act}")).status_code == 404


@pytest.mark.parametrize("form", ["json", "data", "params"])
async def test_a_server_is_blocked_and_unblocked_in_every_form(ana: Client, form: str) -> None:
    path = "/api/v1/domain_blocks"
    assert (await ana.ask("POST", path, **{form: {"domain": "Evil.Example"}})).status_code == 200
    assert await ana.get(path) == ["evil.example"]
    answer = await ana.ask(
        "DELETE", path, **{form if form == "params" else "params": {"domain": "evil.example"}}
    )
    assert answer.status_code == 200
    assert await ana.get(path) == []
    assert (await ana.ask("POST", path, json={"domain": "no host!"})).status_code == 422


@pytest.mark.parametrize("own", ["union.test", "https://UNION.test/", "UNION.TEST."])
async def test_nobody_refuses_the_own_union_and_loses_all_colleagues(
    ana: Client, ben: Client, own: str
) -> None:
    await ana.post(f"/api/v1/accounts/{ben.id}/follow")
    refused = await ana.ask("POST", "/api/v1/domain_blocks", json={"domain": own})
    assert (refused.status_code, list(refused.json()["details"])) == (422, ["domain"])
    assert await ana.get("/api/v1/domain_blocks") == []
    assert (await ana.get("/api/v1/accounts/relationships", id=ben.id))[0]["following"]
