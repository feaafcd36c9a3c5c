"""Something changes while it is read: what was read before is nobody's answer afterwards."""

from collections.abc import Awaitable, Callable

import pytest

from fediunion.actors.domains import host_blocked, set_domain_rule
from fediunion.actors.models import DomainAction, Reach
from fediunion.actors.remote import SenderKey, key_for, resolve_actor
from fediunion.actors.service import mark_actor_deleted, mark_remote_gone, rotate_keys, set_reach
from fediunion.actors.signing import proof_key_of, signer_of
from fediunion.kit.errors import BadSignature
from fediunion.world import World
from tests.actors.home import Home, keys_for
from tests.fakes.changing import world_that_changes
from tests.fakes.stranger import Stranger

WEBFINGER = "/.well-known/webfinger?resource=acct:ana@union.test"


async def read_while(
    home: Home,
    after: str,
    change: Callable[[], Awaitable[object]],
    read: Callable[[World], Awaitable[object]],
) -> None:
    """Let `read` go on with what it read before `change`."""
    world, database = world_that_changes(home.world, after, change)
    await read(world)
    assert database.changed


@pytest.mark.parametrize("path", ["/actors/ana", WEBFINGER], ids=["actor", "webfinger"])
async def test_nobody_is_shown_a_member_who_hid_while_the_answer_was_made(home: Home, path: str) -> None:
    await home.add("ana")
    plain = home.world

    async def read(world: World) -> None:
        home.world = world
        await home.get(path)
        home.world = plain

    await read_while(home, "_render", lambda: home.change("ana", set_reach, Reach.HIDDEN), read)
    assert (await home.get(path)).status == 404


async def test_a_member_deleted_while_the_document_was_made_is_gone(home: Home) -> None:
    await home.add("ana")
    plain = home.world

    async def read(world: World) -> None:
        home.world = world
        await home.get("/actors/ana")
        home.world = plain

    await read_while(home, "_render", lambda: home.change("ana", mark_actor_deleted), read)
    assert (await home.get("/actors/ana")).status == 410


async def test_a_rule_made_while_a_host_was_looked_up_holds(home: Home) -> None:
    async def block() -> None:
        await home.world.db.write(set_domain_rule, "evil.example", DomainAction.BLOCK)

    await read_while(home, "is_blocked", block, lambda world: host_blocked(world, "evil.example"))
    assert await host_blocked(home.world, "evil.example")


async def test_a_key_rotated_while_it_was_read_signs_nothing_more(home: Home) -> None:
    ana = await home.add("ana")

    async def rotate() -> None:
        await home.change("ana", rotate_keys, keys_for(home.settings, 2), keep_old=False)

    await read_while(home, "_signing_key", rotate, lambda world: signer_of(world, ana.id))
    assert (await signer_of(home.world, ana.id)).key_uri.endswith("#main-key-2")


async def test_a_key_for_proofs_rotated_while_it_was_read_proves_nothing_more(home: Home) -> None:
    ana = await home.add("ana")

    async def rotate() -> None:
        await home.change("ana", rotate_keys, keys_for(home.settings, 2), keep_old=False)

    before = await proof_key_of(home.world, ana.id)
    home.world.caches["keys"].clear()
    await read_while(home, "find_proof_key", rotate, lambda world: proof_key_of(world, ana.id))
    assert (await proof_key_of(home.world, ana.id))[1] != before[1]


async def test_the_key_of_an_actor_deleted_while_it_was_read_verifies_nothing_more(
    home: Home, good: Stranger
) -> None:
    alice = good.add_actor("alice")
    await resolve_actor(home.world, alice.uri)
    good.withdraw(alice.uri)

    async def delete() -> None:
        await home.world.db.write(mark_remote_gone, alice.uri)

    async def read(world: World) -> SenderKey:
        return await key_for(world, alice.key_id)

    await read_while(home, "_stored_key", delete, read)
    with pytest.raises(BadSignature):
        await key_for(home.world, alice.key_id)
