"""Background work about servers and actors, run from the queue."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.parse import parse_actor
from fediunion.actors.jobs import JOBS
from fediunion.actors.queries import find_actor_by_uri, find_instance, keys_of
from fediunion.actors.remote import resolve_actor
from fediunion.actors.service import record_remote_actor
from fediunion.jobs.models import Job
from fediunion.jobs.run import run_due
from fediunion.kit.errors import Unreachable
from tests.actors.home import Home
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import Stranger


def _waiting(session: Session) -> list[str]:
    return sorted(session.scalars(select(Job.kind)))


async def test_F24_an_update_with_another_key_leads_to_a_refetch_that_takes_it(
    home: Home, good: Stranger
) -> None:
    alice = good.add_actor("alice")
    known = await resolve_actor(home.world, alice.uri)
    await run_due(home.world, JOBS)
    alice.change_key()
    await home.world.db.write(record_remote_actor, parse_actor(alice.document()))
    assert await home.world.db.read(_waiting) == ["actors.refresh"]
    await run_due(home.world, JOBS)
    assert await home.world.db.read(_waiting) == []
    stored = {row.key_uri: row.public for row in await home.world.db.read(keys_of, known.id)}
    assert stored[alice.key_id] == alice.document()["publicKey"]["publicKeyPem"].strip()


async def test_a_server_that_does_not_answer_is_asked_again_in_a_week(
    home: Home, good: Stranger, internet: FakeInternet
) -> None:
    alice = good.add_actor("alice")
    await resolve_actor(home.world, alice.uri)
    internet.fail("good.example", Unreachable("down"))
    await run_due(home.world, JOBS)
    assert await home.world.db.read(_waiting) == []
    instance = await home.world.db.read(find_instance, "good.example")
    assert instance is not None
    assert (instance.software, instance.checked_at) == (None, home.clock.now())
    internet.mend("good.example")
    home.clock.advance(days=6)
    await resolve_actor(home.world, alice.uri)
    assert await home.world.db.read(_waiting) == []
    home.clock.advance(days=2)
    await resolve_actor(home.world, alice.uri)
    assert await home.world.db.read(_waiting) == ["actors.learn_host"]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_refresh_of_one_who_is_gone_is_not_tried_again(
    home: Home, good: Stranger, internet: FakeInternet, status: int
) -> None:
    alice = good.add_actor("alice")
    await resolve_actor(home.world, alice.uri)
    good.withdraw(alice.uri, status=status)
    await JOBS["actors.refresh"](home.world, {"uri": alice.uri})
    stored = await home.world.db.read(find_actor_by_uri, alice.uri)
    assert stored is not None
    assert (stored.deleted_at is not None) == (status == 410)
