"""`allowed_mentions`: an app says whom a post may reach by name, and a post that reaches others is not sent.

Source: https://docs.joinmastodon.org/methods/statuses/#create
"""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.api.mastodon.entities.frame import instant
from fediunion.jobs.run import run_due
from fediunion.social.posts.models import Post
from fediunion.social.unpublished.feature import FEATURE
from fediunion.social.unpublished.models import UnpublishedPost
from tests.api.rig import Client, Rig

PATH = "/api/v1/statuses"
TEXT = "@ben hm, @cleo is annoying"


@pytest.fixture
async def cleo(rig: Rig) -> Client:
    """A member whom nobody meant to write to."""
    return await rig.member("cleo")


async def stored(rig: Rig) -> int:
    """Return how many posts there are, published or not."""

    def load(session: Session) -> int:
        return session.query(Post).count() + session.query(UnpublishedPost).count()

    return await rig.world.db.read(load)


async def told(of: Client) -> list[str]:
    return [each["type"] for each in await of.get("/api/v1/notifications")]


@pytest.mark.parametrize("visibility", ["public", "private", "direct"])
async def test_a_post_that_names_another_than_was_said_is_refused_and_not_stored(
    rig: Rig, ana: Client, ben: Client, cleo: Client, visibility: str
) -> None:
    body = {"status": TEXT, "visibility": visibility, "allowed_mentions": [ben.id]}
    refused = await ana.ask("POST", PATH, json=body, headers={"Idempotency-Key": "k"})
    assert refused.status_code == 422
    answer = refused.json()
    assert answer.keys() == {"error", "unexpected_accounts"}
    assert answer["unexpected_accounts"] == [await ana.get(f"/api/v1/accounts/{cleo.id}")]
    assert (await stored(rig), await told(ben), await told(cleo)) == (0, [], [])
    # Whom the app asks about, and the member allows, is allowed in the next request, with the same key.
    body["allowed_mentions"] = [ben.id, cleo.id]
    assert (await ana.ask("POST", PATH, json=body, headers={"Idempotency-Key": "k"})).status_code == 200
    assert (await told(ben), await told(cleo)) == (["mention"], ["mention"])


@pytest.mark.parametrize(
    "request_body",
    [
        {"json": {"status": "@cleo", "allowed_mentions": []}},
        {"data": {"status": "@cleo", "allowed_mentions[]": ""}},
        {"json": {"status": "@cleo", "allowed_mentions": ["no id", None, {}]}},
    ],
    ids=["empty list", "empty form field", "no ids"],
)
async def test_an_empty_list_allows_nobody(
    rig: Rig, ana: Client, cleo: Client, request_body: dict[str, Any]
) -> None:
    refused = await ana.ask("POST", PATH, **request_body)
    assert [each["id"] for each in refused.json()["unexpected_accounts"]] == [cleo.id]
    assert (refused.status_code, await stored(rig)) == (422, 0)


async def test_whoever_is_allowed_need_not_be_named(ana: Client, ben: Client, cleo: Client) -> None:
    await ana.publish("@ben hello", allowed_mentions=[ben.id, cleo.id])
    await ana.publish("@ana to myself, and @nobody", allowed_mentions=[])
    await ana.publish("@cleo unbounded", allowed_mentions=None)
    assert (await told(ben), await told(cleo)) == (["mention"], ["mention"])


@pytest.mark.parametrize("visibility", ["public", "direct"])
async def test_an_answer_reaches_its_author_unnamed_only_where_that_is_allowed(
    ana: Client, ben: Client, visibility: str
) -> None:
    asked = await ben.publish("@ana what is it?", visibility=visibility)
    await ana.publish("unnamed", in_reply_to_id=asked["id"], visibility=visibility, allowed_mentions=[])
    assert await told(ben) == []
    allowed = [ben.id]
    await ana.publish("told", in_reply_to_id=asked["id"], visibility=visibility, allowed_mentions=allowed)
    assert await told(ben) == ["mention"]


async def test_what_is_scheduled_is_refused_likewise(
    rig: Rig, ana: Client, ben: Client, cleo: Client
) -> None:
    at = instant(rig.clock.now() + timedelta(minutes=10))
    body = {"status": TEXT, "scheduled_at": at, "allowed_mentions": [ben.id]}
    refused = await ana.ask("POST", PATH, json=body)
    assert [each["id"] for each in refused.json()["unexpected_accounts"]] == [cleo.id]
    assert (refused.status_code, await stored(rig)) == (422, 0)


async def test_what_is_scheduled_keeps_whom_it_may_reach(rig: Rig, ana: Client, ben: Client) -> None:
    at = instant(rig.clock.now() + timedelta(minutes=10))
    made = await ana.publish("@ben, and @dora", scheduled_at=at, allowed_mentions=[ben.id])
    assert made["params"]["allowed_mentions"] == [ben.id]
    dora = await rig.member("dora")
    rig.clock.advance(600)
    await run_due(rig.world, FEATURE.jobs)
    [kept] = await ana.get("/api/fediunion/drafts")
    assert kept["params"]["text"] == "@ben, and @dora"
    assert kept["problem"]
    assert (await told(ben), await told(dora)) == ([], [])
    # As a draft it still says so, until the member allows more.
    refused = await ana.ask("POST", f"/api/fediunion/drafts/{kept['id']}/publish")
    assert [each["id"] for each in refused.json()["unexpected_accounts"]] == [dora.id]
    assert (refused.status_code, await told(dora)) == (422, [])
