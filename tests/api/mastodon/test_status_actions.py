"""What a member does with posts, and what does not exist for others."""

import pytest

from tests.api.rig import Client, Rig

TWINS = [
    ("favourite", "unfavourite", "favourited"),
    ("bookmark", "unbookmark", "bookmarked"),
    ("mute", "unmute", "muted"),
]


@pytest.mark.parametrize(("does", "undoes", "mark"), TWINS)
async def test_a_mark_is_the_members_own_and_can_be_taken_back(
    ana: Client, ben: Client, does: str, undoes: str, mark: str
) -> None:
    path = f"/api/v1/statuses/{(await ana.publish('Hello'))['id']}"
    for _ in range(2):
        assert (await ben.post(f"{path}/{does}"))[mark] is True
    assert (await ben.get(path))[mark] is True
    assert (await ana.get(path))[mark] is False
    for _ in range(2):
        assert (await ben.post(f"{path}/{undoes}"))[mark] is False


async def test_favourites_are_counted_and_listed(rig: Rig, ana: Client, ben: Client) -> None:
    status = await ana.publish("Hello")
    path = f"/api/v1/statuses/{status['id']}"
    assert (await ben.post(f"{path}/favourite"))["favourites_count"] == 1
    assert [each["acct"] for each in await rig.anonymous.get(f"{path}/favourited_by")] == ["ben"]
    assert [each["id"] for each in await ben.get("/api/v1/favourites")] == [status["id"]]
    assert await ana.get("/api/v1/favourites") == []
    assert (await rig.anonymous.get(path))["favourites_count"] == 1


async def test_bookmarks_are_listed_newest_first(ana: Client, ben: Client) -> None:
    ids = [(await ana.publish(f"Post {number}"))["id"] for number in range(3)]
    for post_id in (ids[1], ids[0], ids[2]):
        await ben.post(f"/api/v1/statuses/{post_id}/bookmark")
    assert [each["id"] for each in await ben.get("/api/v1/bookmarks")] == [ids[2], ids[0], ids[1]]
    answer = await ben.ask("GET", "/api/v1/bookmarks", params={"limit": 1})
    assert 'rel="next"' in answer.headers["link"]


async def test_a_boost_is_a_status_around_the_boosted_one(rig: Rig, ana: Client, ben: Client) -> None:
    status = await ana.publish("Hello")
    boost = await ben.post(f"/api/v1/statuses/{status['id']}/reblog")
    assert boost["id"] != status["id"]
    assert boost["account"]["acct"] == "ben"
    assert boost["reblog"]["id"] == status["id"]
    assert boost["reblog"]["reblogged"] is True
    assert boost["reblog"]["reblogs_count"] == 1
    assert boost["content"] == status["content"]
    again = await ben.post(f"/api/v1/statuses/{status['id']}/reblog")
    assert again["id"] == boost["id"]
    boosters = await rig.anonymous.get(f"/api/v1/statuses/{status['id']}/reblogged_by")
    assert [each["acct"] for each in boosters] == ["ben"]
    undone = await ben.post(f"/api/v1/statuses/{status['id']}/unreblog")
    assert (undone["id"], undone["reblogged"], undone["reblogs_count"]) == (status["id"], False, 0)


async def test_what_is_done_with_a_boost_is_done_with_the_boosted(ana: Client, ben: Client) -> None:
    status = await ana.publish("Hello")
    boost = await ben.post(f"/api/v1/statuses/{status['id']}/reblog")
    liked = await ana.post(f"/api/v1/statuses/{boost['id']}/favourite")
    assert liked["id"] == status["id"]
    assert liked["favourited"] is True


async def test_a_pinned_post_is_shown_first(rig: Rig, ana: Client, ben: Client) -> None:
    status = await ana.publish("Hello")
    path = f"/api/v1/statuses/{status['id']}"
    assert (await ana.post(f"{path}/pin"))["pinned"] is True
    pinned = await rig.anonymous.get(f"/api/v1/accounts/{ana.id}/statuses", pinned=True)
    assert [each["id"] for each in pinned] == [status["id"]]
    assert (await ben.ask("POST", f"{path}/pin")).status_code == 404
    assert (await ana.post(f"{path}/unpin"))["pinned"] is False


@pytest.mark.parametrize(
    "what",
    [
        *("GET ", "GET /context", "GET /history", "GET /source", "GET /favourited_by", "GET /reblogged_by"),
        *("GET /quotes", "POST /favourite", "POST /unfavourite", "POST /reblog", "POST /unreblog"),
        *("POST /bookmark", "POST /unbookmark", "POST /mute", "POST /unmute", "POST /pin", "POST /unpin"),
        *("PUT ", "DELETE "),
    ],
)
async def test_V23_a_private_post_and_none_at_all_are_answered_with_the_same_bytes(
    ana: Client, ben: Client, what: str
) -> None:
    private = await ana.publish("Mine", visibility="direct")
    method, _, rest = what.partition(" ")
    body = {} if method == "GET" else {"json": {"status": "x"}}
    known = await ben.ask(method, f"/api/v1/statuses/{private['id']}{rest}", **body)
    unknown = await ben.ask(method, f"/api/v1/statuses/{int(private['id']) + 1}{rest}", **body)
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert (known.status_code, known.json()) == (404, {"error": "Record not found"})


@pytest.mark.parametrize("post_id", ["0", "x", "-1", str(2**63), str(2**70), "1.5", "%00", "１"])
async def test_O15_a_path_that_names_no_id_is_404(ana: Client, post_id: str) -> None:
    for method, rest in (("GET", ""), ("POST", "/favourite"), ("DELETE", "")):
        answer = await ana.ask(method, f"/api/v1/statuses/{post_id}{rest}")
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})
