"""Following and featuring hashtags, and what that brings home."""

import pytest

from tests.api.rig import Client, Rig


async def texts_at_home(client: Client) -> list[str]:
    return [status["content"] for status in await client.get("/api/v1/timelines/home")]


async def test_public_posts_with_a_followed_hashtag_come_home_once(rig: Rig) -> None:
    ana, ben = await rig.member("ana"), await rig.member("ben")
    followed = await ana.post("/api/v1/tags/PensionFund/follow")
    assert (followed["name"], followed["following"]) == ("pensionfund", True)
    await ben.publish("About the #pensionFund and #Pay")
    await ben.publish("About #Pay alone")
    await ben.publish("Quietly about the #PensionFund", visibility="unlisted")
    await ben.publish("To followers about the #PensionFund", visibility="private")
    home = await texts_at_home(ana)
    assert len(home) == 1
    assert "pensionFund" in home[0]
    await ana.post(f"/api/v1/accounts/{ben.id}/follow")
    assert len([text for text in await texts_at_home(ana) if "pensionFund" in text]) == 1


async def test_a_blocked_author_does_not_come_home_by_a_hashtag(rig: Rig) -> None:
    ana, ben = await rig.member("ana"), await rig.member("ben")
    await ana.post("/api/v1/tags/strike/follow")
    await ana.post(f"/api/v1/accounts/{ben.id}/block")
    await ben.publish("On the #strike")
    assert await texts_at_home(ana) == []


async def test_following_twice_is_following_once_and_can_be_ended(rig: Rig) -> None:
    ana = await rig.member("ana")
    for _ in range(2):
        await ana.post("/api/v1/tags/strike/follow")
    await ana.post("/api/v1/tags/pay/follow")
    shown = await ana.get("/api/v1/followed_tags", limit=1)
    assert [tag["name"] for tag in shown] == ["pay"]
    assert [tag["name"] for tag in await ana.get("/api/v1/followed_tags")] == ["pay", "strike"]
    for _ in range(2):
        ended = await ana.post("/api/v1/tags/strike/unfollow")
        assert ended["following"] is False
    assert [tag["name"] for tag in await ana.get("/api/v1/followed_tags")] == ["pay"]


async def test_nobody_else_learns_which_hashtags_a_member_follows(rig: Rig) -> None:
    ana, ben = await rig.member("ana"), await rig.member("ben")
    await ana.post("/api/v1/tags/strike/follow")
    assert (await ben.get("/api/v1/tags/strike"))["following"] is False
    assert (await rig.anonymous.get("/api/v1/tags/strike"))["following"] is False
    assert await ben.get("/api/v1/followed_tags") == []
    assert (await rig.anonymous.ask("GET", "/api/v1/followed_tags")).status_code == 401


@pytest.mark.parametrize("name", ["12345", "two words", "a-b", "%20"])
async def test_what_is_no_hashtag_is_not_found(rig: Rig, name: str) -> None:
    ana = await rig.member("ana")
    for act in ("follow", "unfollow", "feature", "unfeature"):
        assert (await ana.ask("POST", f"/api/v1/tags/{name}/{act}")).status_code == 404


async def test_a_hashtag_is_featured_on_the_profile_and_taken_off(rig: Rig) -> None:
    ana = await rig.member("ana")
    assert (await ana.post("/api/v1/tags/Strike/feature"))["featuring"] is True
    shown = await rig.anonymous.get(f"/api/v1/accounts/{ana.id}/featured_tags")
    assert [tag["name"] for tag in shown] == ["strike"]
    assert (await ana.post("/api/v1/tags/strike/unfeature"))["featuring"] is False
    assert await rig.anonymous.get(f"/api/v1/accounts/{ana.id}/featured_tags") == []
