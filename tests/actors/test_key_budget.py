"""Row S33: whoever floods with names of keys keeps nobody out whose server we know, nor other strangers."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from fediunion.actors.models import Instance
from fediunion.actors.remote import key_for
from fediunion.actors.service.remote import ensure_instance
from fediunion.db import now_of
from fediunion.kit.errors import BadSignature, Unreachable
from tests.actors.home import Home
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import Stranger


async def _ask(home: Home, key_id: str, caller: str = "") -> bool:
    """Return whether a key was asked for, and not put off for others."""
    try:
        await key_for(home.world, key_id, caller=caller)
    except BadSignature:
        return True
    except Unreachable as error:
        return error.reason != "fetch-budget"
    return True


async def _flood(home: Home, host: str, number: int) -> int:
    return sum([await _ask(home, f"https://{host}/nobody/{each}#main-key") for each in range(number)])


async def _delivered_to(home: Home, host: str) -> None:
    def note(session: Session) -> None:
        ensure_instance(session, host)
        session.flush()
        session.execute(update(Instance).where(Instance.host == host).values(last_success_at=now_of(session)))

    await home.world.db.write(note)


async def test_S33_one_domain_without_a_key_leaves_room_for_other_strangers(
    home: Home, good: Stranger, evil: Stranger
) -> None:
    assert await _flood(home, "evil.example", 60) == 10
    assert len(evil.fetches()) == 10
    alice = good.add_actor("alice")
    assert (await key_for(home.world, alice.key_id)).actor_uri == alice.uri


async def test_S33_strangers_of_many_domains_do_not_keep_out_whom_we_deliver_to(
    home: Home, good: Stranger, internet: FakeInternet
) -> None:
    alice, bob = good.add_actor("alice"), good.add_actor("bob")
    for number in range(70):
        await _ask(home, f"https://dead{number}.example/users/x#main-key")
    with pytest.raises(Unreachable):
        await key_for(home.world, alice.key_id)
    home.clock.advance(61)
    await _delivered_to(home, "good.example")
    for number in range(70, 140):
        await _ask(home, f"https://dead{number}.example/users/x#main-key")
    assert (await key_for(home.world, bob.key_id)).actor_uri == bob.uri


async def test_S33_names_at_a_server_that_we_know_are_bounded_as_well(home: Home, good: Stranger) -> None:
    await _delivered_to(home, "good.example")
    assert await _flood(home, "good.example", 100) == 40
    assert len(good.fetches()) == 40


async def test_S33_one_caller_has_half_of_the_fetches_whatever_servers_it_names(
    home: Home, good: Stranger, internet: FakeInternet
) -> None:
    dead = [f"https://dead{number}.example/users/x#main-key" for number in range(40)]
    asked = [await _ask(home, key_id, "8.8.8.8") for key_id in dead]
    assert (sum(asked), len(internet.requests)) == (30, 30)
    await _delivered_to(home, "good.example")
    alice = good.add_actor("alice")
    assert not await _ask(home, alice.key_id, "8.8.8.8")
    assert await _ask(home, alice.key_id, "8.8.4.4")
    home.clock.advance(61)
    assert await _ask(home, dead[-1], "8.8.8.8")


async def test_an_address_that_stands_for_many_callers_has_no_limit(
    home: Home, internet: FakeInternet
) -> None:
    for number in range(40):
        await _ask(home, f"https://dead{number}.example/users/x#main-key", "127.0.0.1")
    assert len(internet.requests) == 40


@pytest.mark.parametrize(
    ("reason", "asked"),
    [
        ("name-not-found", 1),
        ("connection-failed", 1),
        ("tls-failed", 1),
        ("timeout", 3),
        ("broken-answer", 3),
    ],
)
async def test_F39_what_one_address_does_is_not_held_against_the_keys_of_its_whole_server(
    home: Home, good: Stranger, internet: FakeInternet, reason: str, asked: int
) -> None:
    internet.fail("good.example", Unreachable("no answer", reason=reason))
    for _ in range(2):
        for number in range(3):
            with pytest.raises(Unreachable):
                await key_for(home.world, f"https://good.example/users/{number}#main-key")
    assert len(good.fetches()) == asked
