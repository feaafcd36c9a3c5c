"""Posting, reading, editing and deleting through the client interface."""

from typing import Any

import pytest

from fediunion.actors.models import Reach
from tests.api.rig import Client, Rig
from tests.social.media import samples
from tests.social.media.test_uploads import upload


async def test_a_post_is_answered_with_its_status_and_can_be_read_again(ana: Client) -> None:
    status = await ana.publish("Hello #Union", spoiler_text="Care", language="de", sensitive=True)
    assert status["spoiler_text"] == "Care"
    assert status["language"] == "de"
    assert status["tags"] == [{"name": "union", "url": "https://union.test/tags/union"}]
    assert status["account"]["acct"] == "ana"
    assert await ana.get(f"/api/v1/statuses/{status['id']}") == status


async def test_somebody_without_a_login_reads_what_is_public_without_marks(rig: Rig, ana: Client) -> None:
    status = await ana.publish("Hello")
    seen = await rig.anonymous.get(f"/api/v1/statuses/{status['id']}")
    assert seen["content"] == status["content"]
    assert "favourited" not in seen
    assert seen["created_at"].endswith(":00.000Z")


@pytest.mark.parametrize(
    ("wish", "visibility", "audience", "local_only"),
    [
        ({}, "public", "public", False),
        ({"visibility": "unlisted"}, "unlisted", "unlisted", False),
        ({"visibility": "private"}, "private", "followers", False),
        ({"visibility": "direct"}, "direct", "direct", False),
        ({"local_only": True}, "private", "local", True),
        ({"audience": "network"}, "private", "network", False),
        ({"audience": "local", "visibility": "public"}, "private", "local", True),
    ],
)
async def test_audiences_as_clients_ask_for_them(
    ana: Client, wish: dict[str, Any], visibility: str, audience: str, local_only: bool
) -> None:
    status = await ana.publish("Hello", **wish)
    assert status["visibility"] == visibility
    assert status["fediunion"] == {"audience": audience}
    assert status["local_only"] is local_only


async def test_what_is_asked_beyond_the_reach_is_narrowed_and_the_answer_says_so(rig: Rig) -> None:
    hidden = await rig.member("hid", reach=Reach.HIDDEN)
    followable = await rig.member("fol", reach=Reach.FOLLOWABLE)
    assert (await hidden.publish("Hello", visibility="public"))["fediunion"]["audience"] == "local"
    assert (await hidden.publish("Hello"))["local_only"] is True
    assert (await followable.publish("Hello", visibility="public"))["fediunion"]["audience"] == "followers"


@pytest.mark.parametrize(
    ("named", "language"),
    [
        ("fr-CA", "fr-CA"),
        ("zh_CN", "zh"),
        ("EN_us_POSIX", "en"),
        ("not a language", "es"),
        ("qqq_x", "es"),
        ("", "es"),
        (None, "es"),
    ],
    ids=["tag", "underscore", "capitals", "words", "unknown", "blank", "none"],
)
async def test_a_post_is_in_the_language_that_is_named_as_far_as_it_is_one(
    ana: Client, named: str | None, language: str
) -> None:
    await ana.ask("PATCH", "/api/v1/accounts/update_credentials", data={"source[language]": "es"})
    made = await ana.publish("Hola", language=named)
    assert made["language"] == language
    await ana.ask("PUT", f"/api/v1/statuses/{made['id']}", json={"status": "Olá", "language": "nobody's"})
    assert (await ana.get(f"/api/v1/statuses/{made['id']}"))["language"] == language


async def test_a_blank_moment_is_now(ana: Client) -> None:
    made = await ana.publish("At once", scheduled_at="")
    assert (await ana.get(f"/api/v1/statuses/{made['id']}"))["content"] == "<p>At once</p>"
    assert await ana.get("/api/v1/scheduled_statuses") == []


async def test_blank_options_of_a_poll_are_left_out(ana: Client) -> None:
    made = await ana.publish("Which?", poll={"options": ["a", "", "b", "  "], "expires_in": 600})
    assert [option["title"] for option in made["poll"]["options"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": ""}, "status"),
        ({"status": "x", "visibility": "secret"}, "visibility"),
        ({"status": "x", "audience": "everybody"}, "audience"),
        ({"status": "x", "language": ["en"]}, "language"),
        ({"status": "x", "poll": {"options": ["a", " ", ""], "expires_in": 600}}, "poll[options]"),
        ({"status": "x", "poll": {"options": ["a"], "expires_in": 600}}, "poll[options]"),
        ({"status": "x", "poll": {"options": ["a", "b"], "expires_in": 5}}, "poll[expires_in]"),
        ({"status": "x", "media_ids": ["12345"]}, "media_ids"),
        ({"status": "x", "scheduled_at": "2026-03-02T09:04:00Z"}, "scheduled_at"),
    ],
)
async def test_a_draft_that_cannot_be_published_is_422_with_the_field(
    ana: Client, body: dict[str, Any], field: str
) -> None:
    answer = await ana.ask("POST", "/api/v1/statuses", json=body)
    assert answer.status_code == 422, answer.text
    assert list(answer.json()["details"]) == [field]
    assert answer.json()["error"].startswith("Validation failed: ")


async def test_O24_the_same_idempotency_key_shows_the_same_post(ana: Client, ben: Client) -> None:
    async def publish(client: Client, text: str, key: str) -> str:
        answer = await client.ask(
            "POST", "/api/v1/statuses", json={"status": text}, headers={"Idempotency-Key": key}
        )
        assert answer.status_code == 200
        return str(answer.json()["id"])

    first = await publish(ana, "Hello", "key")
    assert await publish(ana, "Something else", "key") == first
    assert await publish(ana, "Hello", "other key") != first
    assert await publish(ben, "Hello", "key") != first
    assert len(await ana.get(f"/api/v1/accounts/{ana.id}/statuses")) == 2


async def test_O24_a_key_is_kept_longer_than_an_hour_and_not_for_ever(rig: Rig, ana: Client) -> None:
    async def publish(key: str = "key") -> str:
        answer = await ana.ask(
            "POST", "/api/v1/statuses", json={"status": "Hello"}, headers={"Idempotency-Key": key}
        )
        return str(answer.json()["id"])

    first = await publish()
    rig.clock.advance(hours=2)
    assert await publish() == first
    rig.clock.advance(hours=25)
    await publish("another")
    assert await publish() != first


async def test_a_reply_hangs_under_its_parent(ana: Client, ben: Client) -> None:
    parent = await ana.publish("Question?")
    reply = await ben.publish("@ana Answer!", in_reply_to_id=parent["id"])
    assert reply["in_reply_to_id"] == parent["id"]
    assert reply["in_reply_to_account_id"] == ana.id
    assert [mention["acct"] for mention in reply["mentions"]] == ["ana"]
    above = await ben.get(f"/api/v1/statuses/{reply['id']}/context")
    below = await ana.get(f"/api/v1/statuses/{parent['id']}/context")
    assert [each["id"] for each in above["ancestors"]] == [parent["id"]]
    assert [each["id"] for each in below["descendants"]] == [reply["id"]]
    assert (await ana.get(f"/api/v1/statuses/{parent['id']}"))["replies_count"] == 1


async def test_a_reply_to_what_is_not_there_is_not_found(ana: Client, ben: Client) -> None:
    private = await ben.publish("Only mine", visibility="direct")
    for parent in (private["id"], "1", "nonsense"):
        answer = await ana.ask("POST", "/api/v1/statuses", json={"status": "x", "in_reply_to_id": parent})
        assert answer.status_code == 404


async def test_an_edit_changes_the_post_and_keeps_how_it_read(rig: Rig, ana: Client) -> None:
    status = await ana.publish("First")
    await rig.anonymous.get(f"/api/v1/statuses/{status['id']}")
    rig.clock.advance(60)
    edited = await ana.ask("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "Second"})
    assert edited.json()["edited_at"] is not None
    assert "Second" in (await rig.anonymous.get(f"/api/v1/statuses/{status['id']}"))["content"]
    history = await ana.get(f"/api/v1/statuses/{status['id']}/history")
    assert [("First" in each["content"], "Second" in each["content"]) for each in history] == [
        (True, False),
        (False, True),
    ]
    source = await ana.get(f"/api/v1/statuses/{status['id']}/source")
    expected = {"id": status["id"], "text": "Second", "spoiler_text": "", "content_type": "text/plain"}
    assert source == expected


async def test_the_history_names_no_picture_that_is_gone(ana: Client) -> None:
    kept, removed = [(await upload(ana, samples.picture()))["id"] for _ in range(2)]
    status = await ana.publish("Two pictures", media_ids=[kept, removed])
    path = f"/api/v1/statuses/{status['id']}"
    await ana.ask("PUT", path, json={"status": "One picture", "media_ids": [kept]})
    history = await ana.get(f"{path}/history")
    assert [[each["id"] for each in version["media_attachments"]] for version in history] == [[kept]] * 2
    assert all(each["url"] for version in history for each in version["media_attachments"])


async def test_a_deleted_post_is_shown_once_more_with_what_was_typed(rig: Rig, ana: Client) -> None:
    status = await ana.publish("Hello *you*")
    answer = await ana.ask("DELETE", f"/api/v1/statuses/{status['id']}")
    assert answer.json()["text"] == "Hello *you*"
    assert answer.json()["id"] == status["id"]
    for client in (ana, rig.anonymous):
        assert (await client.ask("GET", f"/api/v1/statuses/{status['id']}")).status_code == 404
    assert (await ana.ask("DELETE", f"/api/v1/statuses/{status['id']}")).status_code == 404


async def test_several_statuses_come_in_one_answer(ana: Client, ben: Client) -> None:
    ids = [(await ana.publish(f"Post {number}"))["id"] for number in range(3)]
    hidden = (await ben.publish("Mine", visibility="direct"))["id"]
    found = await ana.get("/api/v1/statuses", **{"id[]": [*ids, hidden, "x", "5"]})
    assert [each["id"] for each in found] == ids


async def test_a_quote_shows_what_it_quotes(rig: Rig, ana: Client, ben: Client) -> None:
    quoted = await ana.publish("Original")
    quoting = await ben.publish("Look", quoted_status_id=quoted["id"])
    assert quoting["quote"]["state"] == "accepted"
    assert quoting["quote"]["quoted_status"]["id"] == quoted["id"]
    again = await ana.publish("Look at that", quoted_status_id=quoting["id"])
    assert again["quote"]["quoted_status"]["quote"] == {
        "state": "accepted",
        "quoted_status_id": quoted["id"],
    }
    assert (await ana.get(f"/api/v1/statuses/{quoted['id']}"))["quotes_count"] == 1
    quotes = await ana.get(f"/api/v1/statuses/{quoted['id']}/quotes")
    assert [each["id"] for each in quotes] == [quoting["id"]]
    await ana.ask("DELETE", f"/api/v1/statuses/{quoted['id']}")
    left = await rig.anonymous.get(f"/api/v1/statuses/{quoting['id']}")
    assert left["quote"]["quoted_status"] is None


async def test_a_hidden_member_is_not_named_to_strangers(rig: Rig, ana: Client) -> None:
    await rig.member("hid", reach=Reach.HIDDEN)
    status = await ana.publish("Thanks @hid")
    assert [each["acct"] for each in status["mentions"]] == ["hid"]
    assert (await rig.anonymous.get(f"/api/v1/statuses/{status['id']}"))["mentions"] == []
