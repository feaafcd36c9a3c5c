"""A union that wants every file described (row M21)."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from fediunion.app.application import create_app
from fediunion.config import DatabaseSettings, Settings
from tests.api.rig import Client, Rig, rig_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.social.media import samples
from tests.social.media.test_uploads import upload

NEXT_YEAR = "2999-01-01T00:00:00Z"


@pytest.fixture
async def rig(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Rig]:
    """An instance `union.test` where descriptions are required."""
    settings = replace(
        settings,
        database=DatabaseSettings(url=databases.with_tables()),
        media=replace(settings.media, require_descriptions=True),
    )
    async with rig_for(settings, clock) as opened:
        transport = httpx.ASGITransport(app=create_app(opened.world))
        async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as http:
            yield replace(opened, http=http)


@pytest.mark.parametrize("when", [{}, {"scheduled_at": NEXT_YEAR}], ids=["now", "later"])
async def test_M21_a_file_without_a_description_cannot_be_posted(ana: Client, when: dict[str, str]) -> None:
    bare, blank = await upload(ana, samples.picture()), await upload(ana, samples.picture(), description=" ")
    told = await upload(ana, samples.picture(), description="The gate")
    for ids in ([bare["id"]], [blank["id"]], [told["id"], bare["id"]]):
        refused = await ana.ask("POST", "/api/v1/statuses", json={"status": "Look", "media_ids": ids, **when})
        assert refused.status_code == 422
        assert refused.json()["details"]["media_ids"][0]["error"] == "ERR_BLANK"
    await ana.ask("PUT", f"/api/v1/media/{bare['id']}", json={"description": "A gradient"})
    posted = await ana.ask(
        "POST", "/api/v1/statuses", json={"status": "Look", "media_ids": [told["id"], bare["id"]], **when}
    )
    assert posted.status_code == 200, posted.text


async def test_M21_no_edit_takes_a_description_away_or_adds_a_file_without_one(ana: Client) -> None:
    told, bare = await upload(ana, samples.picture(), description="A"), await upload(ana, samples.picture())
    status = await ana.publish("Look", media_ids=[told["id"]])
    wordless = {"media_ids": [told["id"]], "media_attributes": [{"id": told["id"], "description": ""}]}
    for change in (wordless, {"media_ids": [told["id"], bare["id"]]}):
        refused = await ana.ask("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "Look", **change})
        assert refused.status_code == 422
    described = [{"id": bare["id"], "description": "B"}]
    edited = await ana.ask(
        "PUT",
        f"/api/v1/statuses/{status['id']}",
        json={"status": "Look", "media_ids": [told["id"], bare["id"]], "media_attributes": described},
    )
    assert [each["description"] for each in edited.json()["media_attachments"]] == ["A", "B"]


async def test_apps_are_told_that_descriptions_are_required(rig: Rig) -> None:
    told = (await rig.anonymous.get("/api/v2/instance"))["fediunion"]
    assert told["descriptions_required"] is True
