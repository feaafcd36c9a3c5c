"""What a member likes and keeps for later, through the client interface."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.api.rig import Client

KINDS = (("favourites", "favourite"), ("bookmarks", "bookmark"))


def _next_page(link: str) -> dict[str, str]:
    """Return the parameters of the next page that a Link header names."""
    found = re.search(r'<([^>]+)>; rel="next"', link)
    assert found is not None, link
    return dict(parse_qsl(urlsplit(found[1]).query))


@pytest.mark.parametrize(("listed", "act"), KINDS)
async def test_what_is_kept_is_listed_in_the_order_of_keeping_page_by_page(
    ana: Client, ben: Client, listed: str, act: str
) -> None:
    posts = [await ben.publish(str(number)) for number in range(3)]
    for post in (posts[1], posts[2], posts[0]):
        await ana.post(f"/api/v1/statuses/{post['id']}/{act}")
    first = await ana.ask("GET", f"/api/v1/{listed}", params={"limit": 2})
    assert [status["id"] for status in first.json()] == [posts[0]["id"], posts[2]["id"]]
    rest = await ana.get(f"/api/v1/{listed}", **_next_page(first.headers["Link"]))
    assert [status["id"] for status in rest] == [posts[1]["id"]]
    assert await ben.get(f"/api/v1/{listed}") == []


@pytest.mark.parametrize(("listed", "act"), KINDS)
async def test_what_is_kept_of_somebody_blocked_or_muted_is_not_shown_meanwhile(
    ana: Client, ben: Client, listed: str, act: str
) -> None:
    post = await ben.publish("Hello")
    await ana.post(f"/api/v1/statuses/{post['id']}/{act}")
    for begin, end in (("mute", "unmute"), ("block", "unblock")):
        await ana.post(f"/api/v1/accounts/{ben.id}/{begin}")
        assert await ana.get(f"/api/v1/{listed}") == [], begin
        await ana.post(f"/api/v1/accounts/{ben.id}/{end}")
        assert [status["id"] for status in await ana.get(f"/api/v1/{listed}")] == [post["id"]], end


@pytest.mark.parametrize(("listed", "act"), KINDS)
async def test_V14_what_is_kept_goes_when_it_may_no_longer_be_seen(
    ana: Client, ben: Client, listed: str, act: str
) -> None:
    await ana.post(f"/api/v1/accounts/{ben.id}/follow")
    private = await ben.publish("Among us", visibility="private")
    gone = await ben.publish("Regretted")
    for post in (private, gone):
        await ana.post(f"/api/v1/statuses/{post['id']}/{act}")
    assert len(await ana.get(f"/api/v1/{listed}")) == 2
    await ana.post(f"/api/v1/accounts/{ben.id}/unfollow")
    assert (await ben.ask("DELETE", f"/api/v1/statuses/{gone['id']}")).status_code == 200
    assert await ana.get(f"/api/v1/{listed}") == []
