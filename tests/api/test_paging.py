"""Pages and their Link header."""

import re
from typing import Any
from urllib.parse import quote

import pytest

from tests.api.rig import Client, Rig


def links_of(header: str) -> dict[str, str]:
    return {name: url for url, name in re.findall(r'<([^>]*)>; rel="(\w+)"', header)}


async def test_pages_lead_through_the_whole_list_and_end(rig: Rig, ana: Client) -> None:
    posts = await rig.posts(ana, [f"Post {number}" for number in range(5)])
    found: list[str] = []
    url, pages = "/api/v1/timelines/home?limit=2", 0
    while url:
        answer = await ana.ask("GET", url)
        found += [status["id"] for status in answer.json()]
        pages += 1
        header = answer.headers.get("link", "")
        if "next" in links_of(header):
            assert re.match(r'^<[^>]+>; rel="next", <[^>]+>; rel="prev"$', header)
        url = links_of(header).get("next", "")
    assert found == [str(post.id) for post in reversed(posts)]
    assert pages == 3


async def test_links_name_the_public_host_and_keep_other_parameters(rig: Rig, ana: Client) -> None:
    await rig.posts(ana, ["One", "Two"])
    answer = await ana.ask(
        "GET", "/api/v1/timelines/public?local=true&limit=1&since_id=0", headers={"Host": "evil.example"}
    )
    following = links_of(answer.headers["link"])["next"]
    assert following.startswith("https://union.test/api/v1/timelines/public?local=true&limit=1&max_id=")
    assert "since_id" not in following


@pytest.mark.parametrize("tag", ["grève", "إضراب"], ids=["latin", "arabic"])
async def test_links_of_a_path_in_any_letters_lead_on(rig: Rig, ana: Client, tag: str) -> None:
    ids = [post.id for post in await rig.posts(ana, ["First #grève #إضراب", "Second #grève #إضراب"])]
    for reader in (ana, rig.anonymous):
        answer = await reader.ask("GET", f"/api/v1/timelines/tag/{quote(tag)}?limit=1")
        following = links_of(answer.headers["link"])["next"]
        assert following.startswith(f"https://union.test/api/v1/timelines/tag/{quote(tag)}?limit=1&max_id=")
        assert [each["id"] for each in (await reader.ask("GET", following)).json()] == [str(ids[0])]


async def test_min_id_gives_the_page_just_above_and_since_id_the_newest(rig: Rig, ana: Client) -> None:
    ids = [str(post.id) for post in await rig.posts(ana, ["a", "b", "c", "d"])]

    async def page(**params: Any) -> list[str]:
        return [each["id"] for each in await ana.get("/api/v1/timelines/home", **params)]

    assert await page(min_id=ids[0], limit=2) == [ids[2], ids[1]]
    assert await page(since_id=ids[0], limit=2) == [ids[3], ids[2]]
    assert await page(max_id=ids[2], limit=9) == [ids[1], ids[0]]
    assert await page(min_id=ids[0], since_id=ids[1], limit=9) == [ids[3], ids[2]]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=1000000000", 200),
        ("limit=-1", 200),
        ("limit=0", 200),
        ("limit=", 200),
        ("limit=x", 400),
        ("limit[]=1&limit[]=2", 400),
        ("max_id=x", 400),
        ("max_id=-5", 400),
        (f"max_id={2**70}", 200),
        ("max_id=1&max_id=2", 200),
        ("min_id=1&since_id=2&max_id=3", 200),
        ("since_id=%00", 400),
        ("%ff=1", 400),
    ],
)
async def test_O15_bounds_are_clamped_or_refused_never_a_fault(ana: Client, query: str, status: int) -> None:
    for path in ("timelines/home", "timelines/public", "notifications", "favourites", "blocks", "mutes"):
        answer = await ana.ask("GET", f"/api/v1/{path}?{query}")
        assert answer.status_code == status, path


async def test_a_limit_is_clamped_to_the_most(rig: Rig, ana: Client) -> None:
    await rig.posts(ana, [f"Post {number}" for number in range(45)])
    assert len(await ana.get("/api/v1/timelines/home", limit=1000)) == 40
    assert len(await ana.get("/api/v1/timelines/home", limit=-1)) == 1
