"""Scheduled posts through the client interface, and what publishes them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.actors.service.removal import mark_actor_deleted
from fediunion.api.mastodon.entities.frame import instant
from fediunion.installed import FEATURES
from fediunion.jobs.run import run_due
from fediunion.members.queries import find_member_of
from fediunion.members.service import suspend_member
from fediunion.social.media import jobs as media_jobs
from fediunion.social.unpublished.feature import FEATURE
from fediunion.social.unpublished.jobs import publish_scheduled
from fediunion.social.unpublished.service import MOST_ON_A_DAY, MOST_SCHEDULED, PUBLISH, schedule
from fediunion.social.unpublished.wishes import PostWish
from tests.api.rig import Client, Rig
from tests.social.media import samples

PATH = "/api/v1/scheduled_statuses"


def ahead(rig: Rig, **time: float) -> str:
    return instant(rig.clock.now() + timedelta(**time))


async def statuses(of: Client) -> list[str]:
    return [each["content"] for each in await of.get(f"/api/v1/accounts/{of.id}/statuses")]


async def work(rig: Rig) -> int:
    return await run_due(rig.world, FEATURE.jobs)


async def test_a_post_waits_for_its_moment_and_is_then_published(rig: Rig, ana: Client) -> None:
    at = ahead(rig, minutes=10)
    made = await ana.publish(
        "Later",
        scheduled_at=at,
        spoiler_text="Soon",
        visibility="unlisted",
        language="en",
        poll={"options": ["a", "b"], "expires_in": 600, "multiple": True},
    )
    assert made == {
        "id": made["id"],
        "scheduled_at": at,
        "params": {
            "text": "Later",
            "content_type": "text/plain",
            "poll": {"options": ["a", "b"], "expires_in": "600", "multiple": True, "hide_totals": False},
            "media_ids": None,
            "sensitive": False,
            "spoiler_text": "Soon",
            "visibility": "unlisted",
            "in_reply_to_id": None,
            "quoted_status_id": None,
            "quote_approval_policy": "public",
            "allowed_mentions": None,
            "language": "en",
            "local_only": False,
            "fediunion": {"audience": "unlisted"},
            "scheduled_at": None,
            "application_id": None,
            "idempotency": None,
            "with_rate_limit": False,
        },
        "media_attachments": [],
    }
    assert await ana.get(PATH) == [made]
    assert await ana.get(f"{PATH}/{made['id']}") == made
    rig.clock.advance(minutes=9)
    assert await work(rig) == 0
    assert await statuses(ana) == []
    rig.clock.advance(minutes=1)
    assert await work(rig) == 1
    ends = ahead(rig, minutes=10)
    (status,) = await ana.get(f"/api/v1/accounts/{ana.id}/statuses")
    assert (status["content"], status["spoiler_text"]) == ("<p>Later</p>", "Soon")
    assert (status["visibility"], status["language"]) == ("unlisted", "en")
    assert status["poll"]["expires_at"] == ends
    assert await ana.get(PATH) == []
    assert (await ana.ask("GET", f"{PATH}/{made['id']}")).status_code == 404


async def test_it_is_published_once_however_often_the_job_runs(rig: Rig, ana: Client) -> None:
    made = await ana.publish("Once", scheduled_at=ahead(rig, minutes=6))
    rig.clock.advance(minutes=6)
    payload = {"row_id": int(made["id"])}
    # A worker that was killed after the commit left the job behind; another one had it at the same time.
    await asyncio.gather(*(publish_scheduled(rig.world, payload) for _ in range(4)))
    await publish_scheduled(rig.world, payload)
    await work(rig)
    assert await statuses(ana) == ["<p>Once</p>"]


async def test_another_moment_counts_and_the_old_one_does_not(rig: Rig, ana: Client) -> None:
    made = await ana.publish("Later", scheduled_at=ahead(rig, minutes=10))
    at = ahead(rig, hours=2)
    changed = (await ana.ask("PUT", f"{PATH}/{made['id']}", json={"scheduled_at": at})).json()
    assert changed == made | {"scheduled_at": at}
    assert (await ana.ask("PUT", f"{PATH}/{made['id']}", json={})).json() == changed
    rig.clock.advance(minutes=11)
    await work(rig)
    assert await statuses(ana) == []
    rig.clock.advance(hours=2)
    await work(rig)
    assert await statuses(ana) == ["<p>Later</p>"]


async def test_what_is_deleted_is_not_published(rig: Rig, ana: Client) -> None:
    made = await ana.publish("Never", scheduled_at=ahead(rig, minutes=10))
    assert (await ana.ask("DELETE", f"{PATH}/{made['id']}")).json() == {}
    assert (await ana.ask("DELETE", f"{PATH}/{made['id']}")).status_code == 404
    rig.clock.advance(minutes=11)
    await work(rig)
    assert await statuses(ana) == []


@pytest.mark.parametrize("at", ["x", "2026-13-01T00:00:00Z", "-5", "99999-01-01T00:00:00Z"])
async def test_what_is_no_moment_is_422(ana: Client, at: str) -> None:
    answer = await ana.ask("POST", "/api/v1/statuses", json={"status": "x", "scheduled_at": at})
    assert (answer.status_code, list(answer.json()["details"])) == (422, ["scheduled_at"])
    assert await statuses(ana) == await ana.get(PATH) == []


async def test_a_moment_is_five_minutes_ahead_at_least_and_centuries_at_most(rig: Rig, ana: Client) -> None:
    made = await ana.publish("x", scheduled_at=ahead(rig, minutes=6))
    for method, path, soon in (
        ("POST", "/api/v1/statuses", ahead(rig, minutes=4, seconds=59)),
        ("POST", "/api/v1/statuses", ahead(rig, seconds=1)),
        ("PUT", f"{PATH}/{made['id']}", ahead(rig, minutes=4, seconds=59)),
        ("PUT", f"{PATH}/{made['id']}", ahead(rig, minutes=-5)),
    ):
        answer = await ana.ask(method, path, json={"status": "x", "scheduled_at": soon})
        assert (answer.status_code, list(answer.json()["details"])) == (422, ["scheduled_at"])
    far = await ana.publish("A draft", scheduled_at="9999-12-31T23:59:59.000Z")
    assert far["scheduled_at"] == "9999-12-31T23:59:59.000Z"
    assert (await ana.publish("x", scheduled_at="2999-01-01T00:00:00"))["scheduled_at"].endswith("00.000Z")


async def test_what_was_to_be_published_in_the_past_is_published_at_once(rig: Rig, ana: Client) -> None:
    for at in (ahead(rig, minutes=-1), "2020-01-01T00:00:00Z"):
        assert (await ana.publish("Now", scheduled_at=at))["content"] == "<p>Now</p>"
    assert (await statuses(ana), await ana.get(PATH)) == (["<p>Now</p>"] * 2, [])


async def test_what_was_scheduled_with_nothing_said_has_no_gaps_that_apps_stumble_on(
    rig: Rig, ana: Client
) -> None:
    """Tusky shows no list where the visibility of one is null."""

    def unit(session: Session) -> None:
        at = rig.clock.now() + timedelta(days=1)
        schedule(session, get_actor(session, ana.actor_id), PostWish(text="x"), at)

    await rig.world.db.write(unit)
    await ana.publish("y", scheduled_at=ahead(rig, hours=1), spoiler_text="")
    params = [each["params"] for each in await ana.get(PATH)]
    assert [each["visibility"] for each in params] == ["public", "private"]
    assert {(each["spoiler_text"], each["language"], each["sensitive"]) for each in params} == {
        ("", "en", False)
    }


async def test_there_is_a_bound_to_what_waits(rig: Rig, ana: Client) -> None:
    near, far = rig.clock.now() + timedelta(days=3), datetime(4000, 1, 1, tzinfo=UTC)

    def fill(session: Session, at: datetime, count: int) -> None:
        for _ in range(count):
            schedule(session, get_actor(session, ana.actor_id), PostWish(text="x"), at)
            session.flush()

    async def refused(at: datetime) -> list[str]:
        body = {"status": "x", "scheduled_at": instant(at)}
        answer = await ana.ask("POST", "/api/v1/statuses", json=body)
        return list(answer.json()["details"]) if answer.status_code == 422 else []

    await rig.world.db.write(fill, near, MOST_ON_A_DAY)
    assert await refused(near) == ["scheduled_at"]
    assert await refused(near + timedelta(days=1)) == []
    # Apps that keep drafts so have them all on one day.
    await rig.world.db.write(fill, far, MOST_SCHEDULED - MOST_ON_A_DAY - 2)
    assert await refused(far) == []
    assert await refused(far) == ["scheduled_at"]
    assert len(await ana.get(PATH, limit=40)) == 40


async def test_what_could_not_be_published_now_is_not_scheduled(rig: Rig, ana: Client, ben: Client) -> None:
    hidden = await ben.publish("Psst", visibility="direct")
    at = ahead(rig, hours=1)
    for body, status in (
        ({"status": " "}, 422),
        ({"status": "x", "media_ids": ["17"]}, 422),
        ({"status": "x", "content_type": "text/html"}, 422),
        ({"status": "x", "poll": {"options": ["a"], "expires_in": 600}}, 422),
        ({"status": "x", "in_reply_to_id": hidden["id"]}, 404),
        ({"status": "x", "quoted_status_id": hidden["id"]}, 404),
    ):
        answer = await ana.ask("POST", "/api/v1/statuses", json={**body, "scheduled_at": at})
        assert answer.status_code == status, body
    assert await ana.get(PATH) == []


async def test_O12_what_waits_is_there_for_its_author_alone(rig: Rig, ana: Client, ben: Client) -> None:
    made = await ana.publish("Mine", scheduled_at=ahead(rig, hours=1))
    assert await ben.get(PATH) == []
    for method in ("GET", "PUT", "DELETE"):
        request: dict[str, Any] = {} if method == "GET" else {"json": {"scheduled_at": ahead(rig, hours=2)}}
        answer = await ben.ask(method, f"{PATH}/{made['id']}", **request)
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})
    assert await ana.get(PATH) == [made]
    assert (await rig.anonymous.ask("GET", PATH)).status_code == 401
    narrow = await rig.token(ana, "read:accounts")
    assert (await narrow.ask("GET", PATH)).status_code == 403
    assert (await narrow.ask("DELETE", f"{PATH}/{made['id']}")).status_code == 403


async def test_O24_the_same_key_schedules_one_post(rig: Rig, ana: Client) -> None:
    async def once(**body: Any) -> Any:
        headers = {"Idempotency-Key": "key"}
        return await ana.ask("POST", "/api/v1/statuses", json={"status": "x", **body}, headers=headers)

    at = ahead(rig, hours=1)
    first, *others = [
        each.json() for each in await asyncio.gather(*(once(scheduled_at=at) for _ in range(4)))
    ]
    assert others == [first] * 3
    assert first["params"]["idempotency"] == "key"
    assert (await once()).json() == first
    rig.clock.advance(hours=1)
    await work(rig)
    # It is published: a late repetition makes no second one.
    assert (await once(scheduled_at=ahead(rig, hours=1))).status_code == 404
    assert (await once()).status_code == 404
    assert await statuses(ana) == ["<p>x</p>"]
    await ana.ask("POST", "/api/v1/statuses", json={"status": "y"}, headers={"Idempotency-Key": "other"})
    body = {"status": "y", "scheduled_at": ahead(rig, hours=1)}
    answer = await ana.ask("POST", "/api/v1/statuses", json=body, headers={"Idempotency-Key": "other"})
    assert answer.status_code == 422


async def test_files_wait_with_their_post_however_long(rig: Rig, ana: Client, ben: Client) -> None:
    async def upload(by: Client) -> str:
        return str((await by.ask("POST", "/api/v2/media", files={"file": samples.picture()})).json()["id"])

    file_id = await upload(ana)
    made = await ana.publish("Look", scheduled_at=ahead(rig, days=60), media_ids=[file_id])
    assert [each["id"] for each in made["media_attachments"]] == made["params"]["media_ids"] == [file_id]
    # It is taken: by no other post, and it cannot be removed from under this one.
    for body in ({}, {"scheduled_at": ahead(rig, days=1)}):
        answer = await ana.ask("POST", "/api/v1/statuses", json={"media_ids": [file_id], **body})
        assert answer.status_code == 422
    assert (await ana.ask("DELETE", f"/api/v1/media/{file_id}")).status_code == 422
    stolen = {"status": "x", "scheduled_at": ahead(rig, days=1), "media_ids": [await upload(ben)]}
    assert (await ana.ask("POST", "/api/v1/statuses", json=stolen)).status_code == 422
    for _ in range(3):
        rig.clock.advance(days=20)
        await media_jobs.sweep(rig.world, {})
    await work(rig)
    (status,) = await ana.get(f"/api/v1/accounts/{ana.id}/statuses")
    assert [each["id"] for each in status["media_attachments"]] == [file_id]
    address = status["media_attachments"][0]["url"]
    assert address is not None


async def test_files_of_a_post_that_is_not_published_after_all_can_be_posted(rig: Rig, ana: Client) -> None:
    file_id = (await ana.ask("POST", "/api/v2/media", files={"file": samples.picture()})).json()["id"]
    made = await ana.publish("Look", scheduled_at=ahead(rig, days=60), media_ids=[file_id])
    rig.clock.advance(days=2)
    await ana.ask("DELETE", f"{PATH}/{made['id']}")
    await media_jobs.sweep(rig.world, {})
    status = await ana.publish("Now", media_ids=[file_id])
    assert [each["id"] for each in status["media_attachments"]] == [file_id]


async def test_nothing_of_a_suspended_member_is_published(rig: Rig, ana: Client) -> None:
    await ana.publish("Later", scheduled_at=ahead(rig, hours=1))

    def suspend(session: Session) -> None:
        member = find_member_of(session, ana.actor_id)
        assert member is not None
        suspend_member(session, member)

    await rig.world.db.write(suspend)
    rig.clock.advance(hours=1)
    assert await work(rig) == 1
    assert (await rig.world.db.read(_posts_count, ana.actor_id)) == 0
    assert await work(rig) == 0


async def test_nothing_of_a_member_who_is_gone_is_published(rig: Rig, ana: Client) -> None:
    await ana.publish("Later", scheduled_at=ahead(rig, hours=1))

    def remove(session: Session) -> None:
        mark_actor_deleted(session, get_actor(session, ana.actor_id))

    await rig.world.db.write(remove)
    rig.clock.advance(hours=1)
    assert await work(rig) == 1
    assert (await rig.world.db.read(_posts_count, ana.actor_id)) == 0


def _posts_count(session: Session, actor_id: int) -> int:
    return session.get_one(Actor, actor_id).posts_count


async def test_what_cannot_be_published_any_more_becomes_a_draft_that_says_why(
    rig: Rig, ana: Client, ben: Client
) -> None:
    parent = await ben.publish("Question?")
    await ana.publish("Answer", scheduled_at=ahead(rig, hours=1), in_reply_to_id=parent["id"])
    await ben.ask("DELETE", f"/api/v1/statuses/{parent['id']}")
    rig.clock.advance(hours=1)
    assert await work(rig) == 1
    assert await statuses(ana) == await ana.get(PATH) == []
    (draft,) = await ana.get("/api/fediunion/drafts")
    assert (draft["params"]["text"], draft["problem"]) == ("Answer", "There is no such post.")
    assert await work(rig) == 0


def test_the_job_is_installed() -> None:
    assert FEATURE in FEATURES
    assert FEATURE.jobs == {PUBLISH: publish_scheduled}
