"""Setting up a scene."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.stranger import Stranger
from tests.fakes.union import TestUnion
from tests.social.posts.scene import Scene


@asynccontextmanager
async def staged(databases: Databases, clock: FakeClock) -> AsyncIterator[Scene]:
    """Give a union with the members ana and cleo, which asks for signatures; bob and mallory are known."""
    internet = FakeInternet()
    plain = settings_for("union.test", Path("/nonexistent"), databases.with_tables())
    settings = replace(plain, federation=replace(plain.federation, authorized_fetch=True))
    union = await TestUnion.start(internet, "union.test", settings.database.url, clock, settings=settings)
    good = await Stranger(internet, "good.example", clock=clock).start()
    evil = await Stranger(internet, "evil.example", clock=clock).start()
    bob, mallory = good.add_actor("bob"), evil.add_actor("mallory")
    for actor in (bob, mallory):
        actor.more["featured"] = f"{actor.uri}/collections/featured"
        actor.serve()
    scene = Scene(union, internet, clock, good, evil, bob, mallory)
    await scene.member("ana")
    await scene.member("cleo")
    await scene.known(bob)
    await scene.known(mallory)
    try:
        yield scene
    finally:
        await union.close()
