"""The collection of featured hashtags, as other servers get it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import ActorKind, Reach
from fediunion.config import Settings
from fediunion.social.profiles.service import feature_tag
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.union import TestUnion
from tests.social.builders import local_actor


@pytest.fixture
async def union(databases: Databases, clock: FakeClock, tmp_path: Path) -> AsyncIterator[TestUnion]:
    """A union that asks for signatures, with an actor of each reach who features one hashtag."""
    settings: Settings = settings_for("union.test", tmp_path, databases.with_tables())
    settings = replace(settings, federation=replace(settings.federation, authorized_fetch=True))
    internet = FakeInternet()
    started = await TestUnion.start(internet, "union.test", "", clock, settings=settings)

    def prepare(session: Session) -> None:
        for reach in Reach:
            feature_tag(session, local_actor(session, f"a{reach}", reach), "Strike")
        feature_tag(session, local_actor(session, "jobs1", kind=ActorKind.BOARD), "Vacancies")

    await started.world.db.write(prepare)
    yield started
    await started.close()


async def get(union: TestUnion, name: str) -> httpx.Response:
    """Return what an unsigned GET of the collection answers."""
    transport = httpx.ASGITransport(app=union.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://union.test") as client:
        return await client.get(
            f"/actors/{name}/collections/tags", headers={"accept": "application/activity+json"}
        )


async def test_V05_an_institutions_hashtags_are_for_anybody(union: TestUnion) -> None:
    answer = await get(union, "jobs1")
    document = answer.json()
    assert answer.status_code == 200
    assert document["id"] == "https://union.test/actors/jobs1/collections/tags"
    assert [tag["name"] for tag in document["items"]] == ["#Vacancies"]


async def test_V05_a_members_need_a_signature_and_a_hidden_one_is_nobody(union: TestUnion) -> None:
    assert (await get(union, "apublic")).status_code == 401
    assert (await get(union, "afollowable")).status_code == 401
    hidden, nobody = await get(union, "ahidden"), await get(union, "nobody")
    assert hidden.status_code == nobody.status_code == 404
    assert hidden.content == nobody.content
