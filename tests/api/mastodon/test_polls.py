"""Polls through the client interface."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from fediunion.api.mastodon.entities.frame import instant
from tests.api.rig import Client, Rig

POLL = {"options": ["Yes", "No", "Later"], "expires_in": 600}


async def test_a_vote_is_counted_and_cannot_be_changed(rig: Rig, ana: Client, ben: Client) -> None:
    status = await ana.publish("Strike?", poll=POLL)
    assert status["poll"]["voted"] is True
    assert [option["title"] for option in status["poll"]["options"]] == POLL["options"]
    path = f"/api/v1/polls/{status['poll']['id']}"
    assert (await ben.get(path))["voted"] is False
    voted = await ben.post(f"{path}/votes", choices=[1])
    assert (voted["voted"], voted["own_votes"], voted["votes_count"]) == (True, [1], 1)
    assert (await ben.ask("POST", f"{path}/votes", json={"choices": [0]})).status_code == 422
    shown = (await rig.anonymous.get(f"/api/v1/statuses/{status['id']}"))["poll"]
    assert [option["votes_count"] for option in shown["options"]] == [0, 1, 0]
    assert "own_votes" not in shown


async def test_a_poll_comes_as_a_form_and_ends_with_time(rig: Rig, ana: Client, ben: Client) -> None:
    answer = await ana.ask(
        "POST",
        "/api/v1/statuses",
        content="status=Which&poll[options][]=a&poll[options][]=b&poll[expires_in]=300&poll[multiple]=true"
        "&poll[hide_totals]=1",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    poll = answer.json()["poll"]
    assert poll["multiple"] is True
    voted = await ben.ask("POST", f"/api/v1/polls/{poll['id']}/votes", data={"choices[]": ["0", "1"]})
    assert voted.json()["own_votes"] == [0, 1]
    assert voted.json()["options"][0]["votes_count"] is None
    rig.clock.advance(301)
    ended = await ben.get(f"/api/v1/polls/{poll['id']}")
    assert (ended["expired"], ended["options"][0]["votes_count"]) == (True, 1)
    assert (await ana.get(f"/api/v1/statuses/{poll['id']}"))["poll"]["expired"] is True


async def test_choices_that_are_none_are_422(ana: Client, ben: Client) -> None:
    path = f"/api/v1/polls/{(await ana.publish('Strike?', poll=POLL))['id']}/votes"
    for choices in ([], ["x"], [7], [-1], [0, 1], ["٣"], [None]):
        assert (await ben.ask("POST", path, json={"choices": choices})).status_code == 422, choices


async def test_V23_the_poll_of_a_private_post_is_not_there(ana: Client, ben: Client) -> None:
    private = await ana.publish("Strike?", poll=POLL, visibility="direct")
    plain = await ana.publish("No poll")
    for poll_id in (private["id"], plain["id"], "1"):
        assert (await ben.ask("GET", f"/api/v1/polls/{poll_id}")).status_code == 404
        answer = await ben.ask("POST", f"/api/v1/polls/{poll_id}/votes", json={"choices": [0]})
        assert answer.status_code == 404


async def test_a_poll_without_a_post_is_refused_in_a_sentence(ana: Client) -> None:
    answer = await ana.ask("POST", "/api/v1/polls", json=POLL)
    assert answer.status_code == 422
    assert "POST /api/v1/statuses" in answer.json()["error"]


async def edit(ana: Client, status_id: str, **poll: Any) -> httpx.Response:
    asked = {**POLL, **poll}
    return await ana.ask("PUT", f"/api/v1/statuses/{status_id}", json={"status": "Strike?", "poll": asked})


@pytest.mark.parametrize(
    "change",
    [{"options": ["Yes", "No"]}, {"options": ["No", "Yes", "Later"]}, {"multiple": True}],
    ids=["fewer", "turned", "several"],
)
async def test_a_poll_that_asks_something_else_begins_anew(
    rig: Rig, ana: Client, ben: Client, change: dict[str, Any]
) -> None:
    made = await ana.publish("Strike?", poll=POLL)
    path = f"/api/v1/polls/{made['id']}"
    await ben.post(f"{path}/votes", choices=[1])
    rig.clock.advance(60)
    edited = (await edit(ana, made["id"], **change)).json()
    wanted = {**POLL, **change}
    assert [option["title"] for option in edited["poll"]["options"]] == wanted["options"]
    assert (edited["poll"]["multiple"], edited["poll"]["votes_count"]) == (wanted.get("multiple", False), 0)
    shown = await ben.get(path)
    assert (shown["voted"], shown["own_votes"], shown["voters_count"]) == (False, [], 0)
    voted = await ben.post(f"{path}/votes", choices=[0])
    assert (voted["own_votes"], voted["votes_count"]) == ([0], 1)
    history = await ana.get(f"/api/v1/statuses/{made['id']}/history")
    assert [[each["title"] for each in version["poll"]["options"]] for version in history] == [
        POLL["options"],
        wanted["options"],
    ]


async def test_a_poll_that_only_ends_later_keeps_its_votes(rig: Rig, ana: Client, ben: Client) -> None:
    made = await ana.publish("Strike?", poll=POLL)
    path = f"/api/v1/polls/{made['id']}"
    await ben.post(f"{path}/votes", choices=[1])
    edited = (await edit(ana, made["id"], expires_in=3600)).json()["poll"]
    assert edited["votes_count"] == 1
    assert edited["expires_at"] == instant(rig.clock.now() + timedelta(hours=1))
    rig.clock.advance(601)
    assert (await ben.get(path))["expired"] is False
    # Words alone leave the poll as it is.
    await ana.ask("PUT", f"/api/v1/statuses/{made['id']}", json={"status": "Well?"})
    shown = await ben.get(path)
    assert (shown["own_votes"], shown["expires_at"]) == ([1], edited["expires_at"])


async def test_a_poll_that_has_ended_stays_as_it_is_whatever_becomes_of_the_words(
    rig: Rig, ana: Client, ben: Client
) -> None:
    made = await ana.publish("Strike?", poll=POLL)
    path = f"/api/v1/polls/{made['id']}"
    await ben.post(f"{path}/votes", choices=[1])
    rig.clock.advance(601)
    before = await ben.get(path)
    assert (await edit(ana, made["id"])).status_code == 200
    refused = await edit(ana, made["id"], options=["Other", "Options"])
    assert (refused.status_code, list(refused.json()["details"])) == (422, ["poll[options]"])
    assert await ben.get(path) == before


async def test_a_poll_cannot_be_added_to_a_post_nor_be_asked_badly(ana: Client) -> None:
    plain, asked = await ana.publish("Plain"), await ana.publish("Strike?", poll=POLL)
    for status_id, poll in ((plain["id"], {}), (asked["id"], {"options": ["one"]})):
        assert (await edit(ana, status_id, **poll)).status_code == 422
    assert (await ana.get(f"/api/v1/statuses/{plain['id']}"))["edited_at"] is None
