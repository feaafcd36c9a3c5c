"""A post in the reader's language: words of public posts only, through a service that is not believed."""

import ipaddress
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Reach
from fediunion.config import Settings
from fediunion.config.sections import Translation
from fediunion.social.translation.libretranslate import close_translation
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.libretranslate import FakeLibreTranslate, libretranslate
from tests.oauth.rig import Desk, desk_for, fields_of
from tests.web.pages.members import press, write
from tests.web.pages.reaching import set_reach

LOOPBACK = (ipaddress.ip_network("127.0.0.1/32"),)


@pytest.fixture
async def service() -> AsyncIterator[FakeLibreTranslate]:
    async with libretranslate() as running:
        yield running


@pytest.fixture
async def desk(
    databases: Databases, tmp_path: Path, clock: FakeClock, service: FakeLibreTranslate
) -> AsyncIterator[Desk]:
    """An instance that uses a service."""
    wish = Translation(url=service.url, api_key="key", allow_private_addresses=LOOPBACK)

    def change(settings: Settings) -> Settings:
        return replace(settings, translation=wish)

    async with desk_for(databases.with_tables(), tmp_path, clock, change=change) as opened:
        yield opened
        await close_translation(opened.union.world)


async def test_a_public_post_is_shown_in_the_readers_language(desk: Desk) -> None:
    await desk.member()
    await set_reach(desk, "ana", Reach.PUBLIC)
    post = await write(desk, "ana", "Hallo <b>Welt", audience=Audience.PUBLIC, language="de")
    path = f"/posts/{post.id}"
    answer = await press(await desk.signed_in(), path, f"{path}/translate")
    assert answer.status_code == 200
    assert "en: <p>Hallo &lt;b&gt;Welt</p>" in answer.text


async def test_what_is_not_for_all_is_never_sent_to_the_service(
    desk: Desk, service: FakeLibreTranslate
) -> None:
    await desk.member()
    post = await write(desk, "ana", "Unter uns", language="de")
    browser = await desk.signed_in()
    page = (await browser.get(f"/posts/{post.id}")).text
    assert "/translate" not in page
    token = fields_of(page)["form_token"]
    answer = await browser.post(f"/posts/{post.id}/translate", {"form_token": token})
    assert answer.status_code == 403
    assert service.asked == []


async def test_a_post_in_ones_own_language_needs_no_translation(desk: Desk) -> None:
    await desk.member()
    await set_reach(desk, "ana", Reach.PUBLIC)
    post = await write(desk, "ana", "Hello", audience=Audience.PUBLIC, language="en")
    assert "/translate" not in (await (await desk.signed_in()).get(f"/posts/{post.id}")).text
