"""Posts and accounts as entities: every documented field of API 4.5, and nothing that crashes a client."""

from typing import Any

from mastodon.return_types import (
    Account,
    Conversation,
    Poll,
    Relationship,
    ScheduledStatus,
    Status,
    StatusEdit,
    StatusSource,
)
from mastodon.return_types import Context as Thread
from sqlalchemy.orm import Session

from fediunion.social.posts.models import Post
from tests.api.mastodon.conformity import check, miscasts, mistakes
from tests.api.rig import Client, Rig
from tests.social.media import samples
from tests.social.media.test_uploads import upload


async def test_a_checked_entity_may_lack_nothing_and_have_no_null_or_other_type(ana: Client) -> None:
    status = await ana.publish("Hello")
    wrong = status | {"account": None, "tags": None, "id": 7, "created_at": "today"}
    del wrong["poll"]
    assert mistakes(wrong, "Status") == [
        "Status.id is no id: 7",
        "Status.created_at is no time: 'today'",
        "Status.account is null",
        "Status.tags is null",
        "Status.poll is missing",
    ]
    assert miscasts(status | {"created_at": "today", "favourites_count": "many"}, Status) == [
        "Status.created_at is lost: 'today'",
        "Status.favourites_count is lost: 'many'",
    ]


async def test_posts_are_as_documented(rig: Rig, ana: Client, ben: Client) -> None:
    media = await upload(ana, samples.picture(), description="A gate", focus="-0.5,0.25")
    status = await ana.publish("Hello @ben #tag", media_ids=[media["id"]], language="en", spoiler_text="CW")
    here = f"/api/v1/statuses/{status['id']}"
    poll = {"options": ["a", "b"], "expires_in": 600, "hide_totals": True}
    asked = await ana.publish("When?", poll=poll, in_reply_to_id=status["id"])
    quote = await ben.publish("Look", quoted_status_id=asked["id"])
    boost = await ben.post(f"{here}/reblog")
    for shown in (status, asked, quote, quote["quote"]["quoted_status"], boost, boost["reblog"]):
        check(shown, "OwnStatus", Status)
    check(await rig.anonymous.get(here), "Status", Status)
    check(media, "MediaAttachment")
    check(await ben.get(f"/api/v1/polls/{asked['poll']['id']}"), "OwnPoll", Poll)
    check(await ana.get(f"{here}/context"), "Context", Thread)
    await ana.ask("PUT", here, json={"status": "Hello again", "media_ids": [media["id"]]})
    history = await ana.get(f"{here}/history")
    assert len(history) == 2
    check(history, "[StatusEdit]", StatusEdit)
    check(await ana.get(f"{here}/source"), "StatusSource", StatusSource)
    check((await ana.ask("DELETE", here)).json(), "DeletedStatus", Status)


async def test_a_preview_of_a_link_is_as_documented(rig: Rig, ana: Client) -> None:
    [post] = await rig.posts(ana, ["See https://news.example/strike"])
    card = {"url": "https://news.example/strike", "title": "Strike", "author_name": "Cleo"}

    def unit(session: Session) -> None:
        session.get_one(Post, post.id).card = card

    await rig.world.db.write(unit)
    status = await ana.get(f"/api/v1/statuses/{post.id}")
    assert status["card"]["title"] == "Strike"
    check(status, "OwnStatus", Status)


async def test_posts_that_wait_are_as_documented(ana: Client) -> None:
    media = await upload(ana, samples.picture())
    poll = {"options": ["a", "b"], "expires_in": 600}
    later = "2300-01-01T00:00:00.000Z"
    bare = await ana.post("/api/v1/statuses", status="Wait", scheduled_at=later)
    asking = await ana.post("/api/v1/statuses", status="Wait", scheduled_at=later, poll=poll)
    shown = await ana.post("/api/v1/statuses", status="Wait", scheduled_at=later, media_ids=[media["id"]])
    check([bare, shown], "[ScheduledStatus]", ScheduledStatus)
    # The library takes what the poll will be for a poll; the documentation knows better.
    check(asking, "ScheduledStatus")
    check(await ana.get("/api/v1/scheduled_statuses"), "[ScheduledStatus]")


async def test_accounts_are_as_documented(rig: Rig, ana: Client, ben: Client) -> None:
    await ana.ask(
        "PATCH",
        "/api/v1/accounts/update_credentials",
        json={"fields_attributes": [{"name": "a", "value": "b"}]},
    )
    await ana.publish("Hello")
    check(await ana.get("/api/v1/accounts/verify_credentials"), "CredentialAccount", Account)
    check(await rig.anonymous.get(f"/api/v1/accounts/{ana.id}"), "Account", Account)
    check(await ben.post(f"/api/v1/accounts/{ana.id}/follow"), "Relationship", Relationship)
    check(await ben.get("/api/v1/accounts/relationships", id=ana.id), "[Relationship]", Relationship)
    check(await ben.get("/api/v1/accounts/familiar_followers", id=ana.id), "[FamiliarFollowers]")
    await ben.post(f"/api/v1/accounts/{ana.id}/mute", duration=600)
    muted = await ben.get("/api/v1/mutes")
    assert len(muted) == 1
    check(muted, "[MutedAccount]", Account)
    check(await ben.get("/api/v1/preferences"), "Preferences")


async def test_conversations_are_as_documented(ana: Client, ben: Client) -> None:
    await ben.publish("@ana psst", visibility="direct")
    conversations = await ana.get("/api/v1/conversations")
    assert len(conversations) == 1
    check(conversations, "[Conversation]", Conversation)


async def test_ids_are_texts_everywhere(ana: Client) -> None:
    parent = await ana.publish("Hello")
    reply = await ana.publish("Hello again", in_reply_to_id=parent["id"])

    def numbers(entity: Any) -> list[str]:
        if isinstance(entity, list):
            return [found for each in entity for found in numbers(each)]
        if not isinstance(entity, dict):
            return []
        wrong = [k for k, v in entity.items() if (k == "id" or k.endswith("_id")) and isinstance(v, int)]
        return wrong + [found for value in entity.values() for found in numbers(value)]

    assert numbers(reply) == []
    assert numbers(await ana.get("/api/v1/accounts/verify_credentials")) == []


async def test_moments_have_three_digits_of_a_second_and_accounts_know_the_day_only(ana: Client) -> None:
    status = await ana.publish("Hello")
    assert len(status["created_at"]) == len("2026-03-02T09:00:00.000Z")
    assert status["account"]["created_at"] == "2026-03-02T00:00:00.000Z"
    assert status["account"]["last_status_at"] == "2026-03-02"
