"""What filters put into the statuses that their owner is shown, and into nobody else's."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from fediunion.actors.viewer import Viewer
from fediunion.api.mastodon.fragments import statuses_of
from fediunion.db import Database
from tests.api.rig import Client, Rig
from tests.social.media import samples

PATH = "/api/v2/filters"


async def hide(of: Client, *keywords: str, **body: Any) -> Any:
    words = [{"keyword": keyword} for keyword in keywords]
    return await of.post(PATH, title="Pets", context=["home"], keywords_attributes=words, **body)


def result(
    made: dict[str, Any], keywords: list[str] | None, posts: list[str] | None = None
) -> dict[str, Any]:
    fields = {name: made[name] for name in ("id", "title", "context", "expires_at", "filter_action")}
    return {"filter": fields, "keyword_matches": keywords, "status_matches": posts}


async def test_a_status_says_which_filters_it_matches_wherever_it_is_shown(ana: Client, ben: Client) -> None:
    await ana.post(f"/api/v1/accounts/{ben.id}/follow")
    status = await ben.publish("A Cat for @ana")
    other = await ben.publish("Nothing to see")
    made = await hide(ana, "cat", "dog", filter_action="hide")
    expected = [result(made, ["cat"])]
    home = await ana.get("/api/v1/timelines/home")
    assert [(each["id"], each["filtered"]) for each in home] == [(other["id"], []), (status["id"], expected)]
    again = await ana.get("/api/v1/timelines/home")
    assert again == home
    public = await ana.get("/api/v1/timelines/public", local=True)
    account = await ana.get(f"/api/v1/accounts/{ben.id}/statuses")
    assert [each["filtered"] for each in (*public, *account)] == [[], expected, [], expected]
    assert (await ana.get(f"/api/v1/statuses/{status['id']}"))["filtered"] == expected
    answer = await ana.publish("What?", in_reply_to_id=status["id"])
    context = await ana.get(f"/api/v1/statuses/{answer['id']}/context")
    assert context["ancestors"][0]["filtered"] == expected
    told = await ana.get("/api/v1/notifications")
    assert [each["status"]["filtered"] for each in told if each["type"] == "mention"] == [expected]
    grouped = await ana.get("/api/v2/notifications")
    assert [each["filtered"] for each in grouped["statuses"]] == [expected]
    # What an app does with a post gives it back as it is shown.
    assert (await ana.post(f"/api/v1/statuses/{status['id']}/favourite"))["filtered"] == expected


async def test_nobody_else_is_told_what_somebody_filters(rig: Rig, ana: Client, ben: Client) -> None:
    status = await ben.publish("A cat")
    await hide(ana, "cat")
    path = f"/api/v1/statuses/{status['id']}"
    for _ in range(2):
        assert (await ana.get(path))["filtered"] != []
        assert (await ben.get(path))["filtered"] == []
        assert "filtered" not in await rig.anonymous.get(path)


async def test_boosts_and_quoted_posts_are_looked_through_too(rig: Rig, ana: Client, ben: Client) -> None:
    await ana.post(f"/api/v1/accounts/{ben.id}/follow")
    status = await (await rig.member("cem")).publish("A cat", visibility="public")
    await ben.post(f"/api/v1/statuses/{status['id']}/reblog")
    own = await ben.publish("My dog")
    quoting = await ben.publish("Look", quoted_status_id=own["id"])
    made = await hide(ana, "cat", "dog")
    shown = {each["id"]: each for each in await ana.get("/api/v1/timelines/home")}
    (boost,) = [each for each in shown.values() if each["reblog"]]
    assert boost["filtered"] == boost["reblog"]["filtered"] == [result(made, ["cat"])]
    assert shown[quoting["id"]]["filtered"] == []
    assert shown[quoting["id"]]["quote"]["quoted_status"]["filtered"] == [result(made, ["dog"])]
    named = await ana.post(PATH, title="One", context=["home"])
    await ana.post(f"{PATH}/{named['id']}/statuses", status_id=status["id"])
    (boost,) = [each for each in await ana.get("/api/v1/timelines/home") if each["reblog"]]
    assert boost["filtered"][1] == result(named, None, [status["id"]])


@pytest.mark.parametrize(
    "body",
    [
        {"status": "x", "spoiler_text": "About my cat"},
        {"status": "x", "poll": {"options": ["Cat", "Dog"], "expires_in": 600}},
        {"status": "x <b>cat</b>"},
        {"status": "with a picture"},
    ],
)
async def test_everything_that_somebody_wrote_is_looked_through(
    ana: Client, ben: Client, body: dict[str, Any]
) -> None:
    if "picture" in body["status"]:
        request = {"files": {"file": samples.picture()}, "data": {"description": "A cat asleep"}}
        body = body | {"media_ids": [(await ben.ask("POST", "/api/v2/media", **request)).json()["id"]]}
    await hide(ana, "cat", "span", "href")
    status = await ben.post("/api/v1/statuses", **body)
    shown = await ana.get(f"/api/v1/statuses/{status['id']}")
    assert [each["keyword_matches"] for each in shown["filtered"]] == [["cat"]]


async def test_what_changes_in_filters_and_posts_counts_at_once(rig: Rig, ana: Client, ben: Client) -> None:
    status = await ben.publish("A cat")
    path = f"/api/v1/statuses/{status['id']}"
    made = await hide(ana, "cat", expires_in=600)
    assert (await ana.get(path))["filtered"]
    await ben.ask("PUT", path, json={"status": "A dog"})
    assert (await ana.get(path))["filtered"] == []
    await ana.post(f"{PATH}/{made['id']}/keywords", keyword="dog")
    assert (await ana.get(path))["filtered"]
    rig.clock.advance(601)
    assert (await ana.get(path))["filtered"] == []
    await ana.ask("PUT", f"{PATH}/{made['id']}", json={"expires_in": None})
    assert (await ana.get(path))["filtered"]
    await ana.ask("DELETE", f"{PATH}/{made['id']}")
    assert (await ana.get(path))["filtered"] == []


async def test_members_without_filters_are_shown_statuses_without_a_query_more(
    rig: Rig, ana: Client, ben: Client
) -> None:
    status = int((await ben.publish("A cat"))["id"])
    await hide(ben, "cat")
    counting = CountingReads(rig.world.db)
    world = replace(rig.world, db=cast("Database", counting))
    viewers = [Viewer(each.actor_id, None, is_member=True) for each in (ana, ana, ben, ben)]
    asked = []
    for viewer in viewers:
        await statuses_of(world, viewer, [status])
        asked.append(counting.asked)
        counting.asked = []
    # Once it is known who has filters, only Ben's are ever read.
    assert asked[0].count("find_owners") == 1
    assert asked[1] == ["gather"]
    assert asked[2].count("list_filters") == 1
    assert asked[3] == ["gather"]


class CountingReads:
    """A database that writes down what is read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.asked: list[str] = []

    async def read(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        self.asked.append(work.__name__)
        return await self._database.read(work, *args, **kwargs)

    def subscribe(self, channel: str, subscriber: Callable[[str], None]) -> None:
        self._database.subscribe(channel, subscriber)
