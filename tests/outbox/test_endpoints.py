"""What others may read of an outbox."""

from collections.abc import AsyncIterator

import httpx
import orjson
import pytest

from fediunion.actors.models import ActorKind, Reach
from fediunion.actors.service import create_local_actor
from fediunion.app.application import create_app
from tests.outbox.sending_union import SendingUnion, new_keys

OUTBOX = "/actors/author/outbox"


@pytest.fixture
async def reader(union: SendingUnion) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who asks without a signature."""
    transport = httpx.ASGITransport(create_app(union.world))
    async with httpx.AsyncClient(transport=transport, base_url="https://union.test") as client:
        yield client


async def _add_member(union: SendingUnion, name: str, reach: Reach) -> None:
    keys = new_keys(union.world.settings.secrets.master_key)
    await union.world.db.write(
        lambda session: create_local_actor(
            session, kind=ActorKind.MEMBER, username=name, keys=keys, reach=reach
        )
    )


async def test_V03_an_institutions_public_activities_are_read_by_everybody_and_no_others(
    union: SendingUnion, reader: httpx.AsyncClient
) -> None:
    first = await union.publish("first", public=True)
    await union.publish("private")
    boost = await union.publish("boost", type="Announce", public=True)
    await union.publish("liked", type="Like", public=True)
    await union.fan_out()
    answer = await reader.get(OUTBOX)
    assert answer.headers["content-type"] == "application/activity+json"
    collection = answer.json()
    assert collection["id"] == f"{union.author.uri}/outbox"
    assert collection["totalItems"] == 2
    page = (await reader.get(collection["first"])).json()
    assert page["type"] == "OrderedCollectionPage"
    assert [item["id"] for item in page["orderedItems"]] == [boost, first]
    assert "next" not in page


async def test_a_long_outbox_comes_in_pages_that_miss_and_repeat_nothing(
    union: SendingUnion, reader: httpx.AsyncClient
) -> None:
    uris = [await union.publish(f"post-{number}", public=True) for number in range(45)]
    seen: list[str] = []
    url: str | None = (await reader.get(OUTBOX)).json()["first"]
    while url is not None:
        page = (await reader.get(url)).json()
        assert page["id"] == url
        assert len(page["orderedItems"]) <= 20
        seen += [item["id"] for item in page["orderedItems"]]
        url = page.get("next")
    assert seen == uris[::-1]


async def test_an_empty_outbox_has_no_pages(union: SendingUnion, reader: httpx.AsyncClient) -> None:
    collection = (await reader.get(OUTBOX)).json()
    assert collection["totalItems"] == 0
    assert "first" not in collection


async def test_what_was_deleted_or_undone_is_no_longer_shown(
    union: SendingUnion, reader: httpx.AsyncClient
) -> None:
    await union.publish("post", public=True)
    kept = await union.publish("kept", public=True)
    await union.publish("gone", type="Delete", about="post", public=True)
    page = (await reader.get(f"{OUTBOX}?page=true")).json()
    assert [item["id"] for item in page["orderedItems"]] == [kept]
    assert (await reader.get("/actors/author/activities/post")).status_code == 404


async def test_an_edited_post_is_shown_as_it_is_now(union: SendingUnion, reader: httpx.AsyncClient) -> None:
    await union.publish("post", public=True)
    await union.publish("post edited", type="Update", about="post", public=True)
    await union.fan_out()
    (item,) = (await reader.get(f"{OUTBOX}?page=true")).json()["orderedItems"]
    assert item["object"]["content"] == "<p>post edited</p>"
    assert "proof" not in item


async def test_a_public_activity_is_served_as_it_was_sent_and_a_private_one_not_at_all(
    union: SendingUnion, reader: httpx.AsyncClient
) -> None:
    uri = await union.publish("public", public=True)
    await union.publish("private")
    await union.fan_out()
    answer = await reader.get("/actors/author/activities/public")
    assert answer.content == (await union.activity(uri)).body.encode()
    assert orjson.loads(answer.content)["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    private, unknown = [
        await reader.get(f"/actors/author/activities/{slug}") for slug in ("private", "unknown")
    ]
    assert (private.status_code, private.content) == (404, unknown.content)


async def test_a_persons_activities_are_shown_to_who_signs_only(
    union: SendingUnion, reader: httpx.AsyncClient
) -> None:
    await _add_member(union, "ann", Reach.PUBLIC)
    assert (await reader.get("/actors/ann/outbox")).status_code == 401


async def test_I4_a_hidden_member_and_nobody_are_answered_alike(
    union: SendingUnion, reader: httpx.AsyncClient
) -> None:
    await _add_member(union, "hid", Reach.HIDDEN)
    hidden, nobody = await reader.get("/actors/hid/outbox"), await reader.get("/actors/nob/outbox")
    assert hidden.status_code == nobody.status_code == 404
    assert (hidden.content, hidden.headers) == (nobody.content, nobody.headers)


@pytest.mark.parametrize("cursor", ["!!", "AAAA", "A" * 300, "é"])
async def test_a_page_that_does_not_exist_is_refused(reader: httpx.AsyncClient, cursor: str) -> None:
    answer = await reader.get(OUTBOX, params={"page": "true", "before": cursor})
    assert answer.status_code == 422
