"""Row F17: whatever makes us ask others, a name that leads to this machine is not connected to."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.parse import parse_actor
from fediunion.activitypub.transport import AiohttpTransport
from fediunion.activitypub.vocab import activity_document
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_local_actor
from fediunion.actors.remote import confirm_handle, refresh_actor, resolve_handle
from fediunion.actors.sender_keys import key_for
from fediunion.actors.service import ensure_institution_actors, record_remote_actor
from fediunion.app.metrics import Metrics
from fediunion.app.opening import open_world
from fediunion.app.serve import close_world
from fediunion.inbox.origin import Errand
from fediunion.installed import deliverer, job_handlers
from fediunion.jobs.run import run_due
from fediunion.kit.errors import FediUnionError
from fediunion.outbox.publish import Recipients, publish
from fediunion.social.cards.jobs import fetch_card
from fediunion.social.cards.models import PostLink
from fediunion.social.follows.synchronization import synchronise
from fediunion.social.media.remote import RemoteMedia
from fediunion.social.posts.backfilling import fetch_latest
from fediunion.social.posts.fetching import entries_of, fetch_post
from fediunion.social.profiles.verification import links_back
from fediunion.union.vacancies.watching.looking import look
from fediunion.union.vacancies.watching.service import watch_page
from fediunion.world import World
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.raw_server import RawServer, http_answer
from tests.fakes.settings import settings_for
from tests.fakes.union import new_keys
from tests.social.builders import post_by

Act: TypeAlias = Callable[[World, Actor], Awaitable[object]]


async def _deliver(world: World, mallory: Actor) -> None:
    def send(session: Session) -> None:
        union = find_local_actor(session, "union")
        assert union is not None
        like = activity_document("Like", f"{union.uri}#likes/1", union.uri, mallory.uri, to=[mallory.uri])
        publish(session, union, like, Recipients(actor_ids=(mallory.id,)))

    await world.db.write(send)
    sending = deliverer(world)
    fan_out = {"outbox.fan_out": job_handlers(world.part(Metrics).rejections)["outbox.fan_out"]}
    await run_due(world, fan_out)
    await sending.deliver_due()
    await sending.close()


async def _entries(world: World, mallory: Actor) -> None:
    async for _ in entries_of(world, f"{mallory.uri}/replies", 10):
        pass


async def _synchronise(world: World, mallory: Actor) -> None:
    header = f'collectionId="{mallory.uri}/f", url="{mallory.uri}/f", digest="{"1" * 64}"'
    await synchronise(world, {"sender_uri": mallory.uri, "header": header})


async def _preview(world: World, mallory: Actor) -> None:
    def link(session: Session) -> None:
        post = post_by(session, mallory)
        session.add(PostLink(post_id=post.id, url=f"{mallory.uri}/page"))

    await world.db.write(link)
    await fetch_card(world, {"url": f"{mallory.uri}/page"})


async def _watch(world: World, mallory: Actor) -> None:
    def watch(session: Session) -> int:
        union = find_local_actor(session, "union")
        assert union is not None
        page = watch_page(
            session,
            union,
            f"{mallory.uri}/jobs",
            kind="page",
            publishes=False,
            every_minutes=60,
            by="tests",
        )
        return page.id

    await look(world, await world.db.write(watch))


_ACTS: dict[str, Act] = {
    "key": lambda world, mallory: key_for(world, f"{mallory.uri}/other#main-key"),
    "actor": lambda world, mallory: refresh_actor(world, mallory.uri),
    "webfinger": lambda world, mallory: resolve_handle(world, f"somebody@{mallory.host}"),
    "handle": lambda world, mallory: confirm_handle(world, mallory.uri),
    "post": lambda world, mallory: fetch_post(world, f"{mallory.uri}/notes/1"),
    "object of an activity": lambda world, mallory: Errand(world).fetch(f"{mallory.uri}/notes/2"),
    "outbox": lambda world, mallory: fetch_latest(world, mallory, at_most=5),
    "collection": _entries,
    "followers": _synchronise,
    "media": lambda world, mallory: world.part(RemoteMedia).get("avatar", f"{mallory.uri}/avatar.png"),
    "preview": _preview,
    "page of a profile field": lambda world, mallory: links_back(world, f"{mallory.uri}/me", {mallory.uri}),
    "delivery": _deliver,
    "watched page": _watch,
}


@pytest.fixture
async def listener() -> AsyncIterator[RawServer]:
    """What an attacker wants us to talk to."""
    async with RawServer(http_answer(status="404 Not Found")) as server:
        yield server


async def _attack(
    databases: Databases, directory: Path, listener: RawServer, act: Act, *, allow_private: bool
) -> None:
    settings = settings_for("us.example", directory, databases.with_tables())
    federation = replace(settings.federation, allow_private_addresses=allow_private)
    settings = replace(settings, federation=federation)
    policy = AddressPolicy(allow_http=True, allow_private=allow_private, any_port=True)

    async def lookup(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    transport = AiohttpTransport(policy, lookup=lookup)
    world = open_world(settings, clock=FakeClock(), transport=transport)
    await world.db.start()
    keys = new_keys(settings)
    await world.db.write(
        ensure_institution_actors, instance_keys=keys, reader_keys=keys, union_keys=new_keys(settings)
    )
    uri = listener.url("evil.example", "/mallory")
    told = {"id": uri, "type": "Person", "preferredUsername": "mallory", "inbox": f"{uri}/inbox"}
    mallory = await world.db.write(record_remote_actor, parse_actor(told | {"outbox": f"{uri}/outbox"}))
    try:
        await act(world, mallory)
    except FediUnionError:
        pass
    finally:
        await close_world(world)


@pytest.mark.parametrize("act", _ACTS.values(), ids=_ACTS.keys())
async def test_F17_no_feature_connects_to_a_private_address(
    databases: Databases, tmp_path: Path, listener: RawServer, act: Act
) -> None:
    await _attack(databases, tmp_path, listener, act, allow_private=False)
    assert listener.connections == 0


@pytest.mark.parametrize("act", _ACTS.values(), ids=_ACTS.keys())
async def test_F17_each_of_them_would_have_connected_without_the_guard(
    databases: Databases, tmp_path: Path, listener: RawServer, act: Act
) -> None:
    await _attack(databases, tmp_path, listener, act, allow_private=True)
    assert listener.connections > 0
