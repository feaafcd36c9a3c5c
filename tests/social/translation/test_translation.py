"""Posts in another language: public ones only, through a service on a real socket that is not believed."""

import ipaddress
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from mastodon import return_types
from sqlalchemy import update

from fediunion.config import DatabaseSettings, Settings
from fediunion.config.sections import Translation
from fediunion.social.posts.models import Post
from fediunion.social.translation.libretranslate import close_translation
from tests.api.mastodon.conformity import miscasts
from tests.api.rig import Client, Rig, rig_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.libretranslate import FakeLibreTranslate, libretranslate
from tests.social.media import samples

LOOPBACK = (ipaddress.ip_network("127.0.0.1/32"),)


@pytest.fixture
async def service() -> AsyncIterator[FakeLibreTranslate]:
    """A translation service."""
    async with libretranslate() as running:
        yield running


@pytest.fixture
async def rig(
    databases: Databases, settings: Settings, clock: FakeClock, service: FakeLibreTranslate
) -> AsyncIterator[Rig]:
    """An instance that uses the service."""
    wish = Translation(url=service.url, api_key="key", allow_private_addresses=LOOPBACK)
    settings = replace(settings, database=DatabaseSettings(url=databases.with_tables()), translation=wish)
    async with rig_for(settings, clock) as opened:
        yield opened
        await close_translation(opened.world)


@pytest.fixture
async def ana(rig: Rig) -> Client:
    """A public member."""
    return await rig.member("ana")


async def translated(client: Client, status_id: str, **body: Any) -> Any:
    return await client.ask("POST", f"/api/v1/statuses/{status_id}/translate", json=body)


async def test_all_words_of_a_public_post_are_translated(ana: Client, service: FakeLibreTranslate) -> None:
    poll = {"options": ["ja & nein", "<b>"], "expires_in": 600}
    status = await ana.publish("Hallo *Welt*", spoiler_text="Achtung", language="de", poll=poll)
    answer = await translated(ana, status["id"])
    assert answer.status_code == 200, answer.text
    assert miscasts(answer.json(), return_types.Translation) == []
    assert answer.json() == {
        "content": f"en: {status['content']}",
        "spoiler_text": "en: Achtung",
        "language": "en",
        "poll": {"id": status["id"], "options": [{"title": "en: ja & nein"}, {"title": "en: <b>"}]},
        "media_attachments": [],
        "detected_source_language": "de",
        "provider": "LibreTranslate",
    }
    [asked] = service.asked
    assert (asked["api_key"], asked["source"], asked["target"], asked["format"]) == (
        "key",
        "de",
        "en",
        "html",
    )


async def test_descriptions_of_pictures_are_translated_and_an_unnamed_language_is_found_out(
    rig: Rig, ana: Client
) -> None:
    picture = await ana.ask(
        "POST", "/api/v2/media", files={"file": samples.picture()}, data={"description": "Ein Tor"}
    )
    status = await ana.publish("Hallo", media_ids=[picture.json()["id"]])
    await rig.world.db.write(lambda session: session.execute(update(Post).values(language=None)))
    answer = (await translated(ana, status["id"], lang="fr")).json()
    assert answer["media_attachments"] == [{"id": picture.json()["id"], "description": "fr: Ein Tor"}]
    assert (answer["detected_source_language"], answer["language"], answer["poll"]) == ("de", "fr", None)


async def test_a_post_is_asked_for_once_until_it_is_edited(
    rig: Rig, ana: Client, service: FakeLibreTranslate
) -> None:
    status = await ana.publish("Hallo", language="de")
    ben = await rig.member("ben")
    first = (await translated(ana, status["id"])).json()
    assert (await translated(ben, status["id"])).json() == first
    assert len(service.asked) == 1
    await ana.ask("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "Neu", "language": "de"})
    assert "Neu" in (await translated(ben, status["id"])).json()["content"]
    assert len(service.asked) == 2


@pytest.mark.parametrize("wish", [{"visibility": "private"}, {"visibility": "direct"}, {"local_only": True}])
async def test_what_not_everybody_may_read_never_leaves_the_instance(
    rig: Rig, ana: Client, service: FakeLibreTranslate, wish: dict[str, Any]
) -> None:
    status = await ana.publish("Unter uns", language="de", **wish)
    assert (await translated(ana, status["id"])).status_code == 403
    stranger = await rig.member("ben")
    expected = 403 if "local_only" in wish else 404
    assert (await translated(stranger, status["id"])).status_code == expected
    assert service.asked == []


async def test_markup_that_the_service_makes_up_is_cleaned(ana: Client, service: FakeLibreTranslate) -> None:
    status = await ana.publish("Hallo", language="de", spoiler_text="x")
    service.says = {"translatedText": ['<p onclick="x()">Hi<script>alert(1)</script></p>', "<b>y</b>"]}
    answer = (await translated(ana, status["id"])).json()
    assert "script" not in answer["content"]
    assert "onclick" not in answer["content"]
    assert answer["spoiler_text"] == "y"


@pytest.mark.parametrize(
    ("status_code", "says"),
    [
        (500, None),
        (429, {"error": "slow down"}),
        (200, []),
        (200, {"translatedText": "one"}),
        (200, {"translatedText": [1]}),
    ],
)
async def test_a_service_that_fails_is_503(
    ana: Client, service: FakeLibreTranslate, status_code: int, says: Any
) -> None:
    status = await ana.publish("Hallo", language="de", spoiler_text="x")
    service.status, service.says = status_code, says if says is not None else {}
    answer = await translated(ana, status["id"])
    assert answer.status_code == 503
    assert list(answer.json()) == ["error"]
    service.status, service.says = 200, None
    assert (await translated(ana, status["id"])).status_code == 200


async def test_a_language_that_the_service_does_not_know_is_refused(
    ana: Client, service: FakeLibreTranslate
) -> None:
    status = await ana.publish("Hello", language="en")
    assert (await translated(ana, status["id"], lang="fr")).status_code == 403
    assert (await translated(ana, status["id"], lang="not a language")).status_code == 422
    assert (await translated(ana, status["id"], lang="en")).status_code == 403
    assert (await translated(ana, "1")).status_code == 404
    assert service.asked == []


async def test_the_instance_says_what_it_translates(rig: Rig, ana: Client) -> None:
    assert await rig.anonymous.get("/api/v1/instance/translation_languages") == {
        "de": ["en", "fr"],
        "en": ["de"],
        "und": ["de", "en", "fr"],
    }
    assert (await ana.get("/api/v2/instance"))["configuration"]["translation"] == {"enabled": True}


async def test_a_private_address_is_not_asked_unless_the_operator_allows_it(
    databases: Databases, settings: Settings, clock: FakeClock, service: FakeLibreTranslate
) -> None:
    database = DatabaseSettings(url=databases.with_tables())
    wish = Translation(url=service.url)
    async with rig_for(replace(settings, database=database, translation=wish), clock) as rig:
        ana = await rig.member("ana")
        status = await ana.publish("Hallo", language="de")
        assert (await translated(ana, status["id"])).status_code == 503
        await close_translation(rig.world)
    assert service.asked == []


async def test_without_a_service_nothing_is_translated_and_the_instance_says_so(
    databases: Databases, settings: Settings, clock: FakeClock
) -> None:
    database = DatabaseSettings(url=databases.with_tables())
    async with rig_for(replace(settings, database=database), clock) as rig:
        ana = await rig.member("ana")
        status = await ana.publish("Hallo", language="de")
        assert (await translated(ana, status["id"])).status_code == 404
        assert await rig.anonymous.get("/api/v1/instance/translation_languages") == {}
        assert (await ana.get("/api/v2/instance"))["configuration"]["translation"] == {"enabled": False}
