"""The member's own account: what it says, its pictures, and what its posts start from."""

from typing import Any

import pytest
from sqlalchemy import select

from fediunion.actors.documents import actor_document
from fediunion.actors.models import Reach
from fediunion.actors.queries import get_actor, keys_of
from fediunion.jobs.models import Job
from tests.api.rig import Client, Rig
from tests.social.media import samples

PATH = "/api/v1/accounts/update_credentials"


async def change(client: Client, **request: Any) -> Any:
    answer = await client.ask("PATCH", PATH, **request)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_every_documented_parameter_is_taken_from_a_form(rig: Rig, ana: Client) -> None:
    account = await change(
        ana,
        data={
            "display_name": "Ana A.",
            "note": "I drive buses.",
            "locked": "true",
            "bot": "true",
            "discoverable": "true",
            "indexable": "true",
            "hide_collections": "true",
            "attribution_domains[]": ["News.example", "blog.example"],
            "fields_attributes[0][name]": "Depot",
            "fields_attributes[0][value]": "North",
            "source[privacy]": "unlisted",
            "source[sensitive]": "true",
            "source[language]": "de",
            "source[quote_policy]": "followers",
        },
    )
    assert (account["display_name"], account["locked"], account["bot"]) == ("Ana A.", True, True)
    assert (account["discoverable"], account["indexable"], account["hide_collections"]) == (True, True, True)
    assert account["fields"][0]["name"] == "Depot"
    source = account["source"]
    assert (source["privacy"], source["sensitive"], source["language"]) == ("unlisted", True, "de")
    assert (source["quote_policy"], source["note"]) == ("followers", "I drive buses.")
    assert source["attribution_domains"] == ["news.example", "blog.example"]
    preferences = await ana.get("/api/v1/preferences")
    assert preferences["posting:default:visibility"] == "unlisted"
    assert preferences["posting:default:language"] == "de"
    assert (await ana.publish("Hello"))["visibility"] == "unlisted"


async def test_avatar_and_header_are_ours_and_told_to_others(rig: Rig, ana: Client) -> None:
    account = await change(ana, files={"avatar": samples.photograph(), "header": samples.picture("WEBP")})
    for name in ("avatar", "avatar_static", "header", "header_static"):
        assert account[name].startswith("https://union.test/media/files/"), name
    assert account["avatar"].endswith(".jpg")
    actor = await rig.actor(ana)
    keys = await rig.world.db.read(keys_of, actor.id)
    document = actor_document(actor, keys, rig.world.settings)
    assert document["icon"] == {"type": "Image", "url": account["avatar"], "mediaType": "image/jpeg"}
    jobs = await rig.world.db.read(lambda s: s.scalars(select(Job.kind)).all())
    assert "profiles.tell" in jobs


@pytest.mark.parametrize("which", ["avatar", "header"])
async def test_a_picture_is_replaced_and_removed(rig: Rig, ana: Client, which: str) -> None:
    first = (await change(ana, files={which: samples.picture()}))[which]
    second = (await change(ana, files={which: samples.picture()}))[which]
    assert first != second
    removed = (await ana.ask("DELETE", f"/api/v1/profile/{which}")).json()
    assert removed[which] == f"https://union.test/api/fediunion/pictures/{which}/missing.png"
    assert (await ana.ask("DELETE", f"/api/v1/profile/{which}")).status_code == 200
    actor = await rig.world.db.read(get_actor, ana.actor_id)
    assert (actor.icon_url, actor.header_url) == (None, None)


@pytest.mark.parametrize(
    "request_",
    [
        {"files": {"avatar": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}},
        {"files": {"header": b"no picture"}},
        {"json": {"avatar": "https://evil.test/x.png"}},
        {"data": {"source[privacy]": "everybody"}},
        {"data": {"source[language]": "no language at all"}},
        {"data": {"source[quote_policy]": "everybody"}},
        {"data": {"attribution_domains[]": ["not a domain"]}},
    ],
)
async def test_what_cannot_be_is_422_and_changes_nothing(ana: Client, request_: dict[str, Any]) -> None:
    before = await ana.get("/api/v1/accounts/verify_credentials")
    assert (await ana.ask("PATCH", PATH, **request_)).status_code == 422
    assert await ana.get("/api/v1/accounts/verify_credentials") == before


async def test_a_hidden_members_usual_audience_is_no_wider_than_its_reach(rig: Rig) -> None:
    hidden = await rig.member("hid", reach=Reach.HIDDEN)
    account = await change(hidden, json={"source": {"privacy": "public"}})
    assert account["source"]["privacy"] != "public"
