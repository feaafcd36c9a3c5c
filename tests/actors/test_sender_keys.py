"""Keys of those who sign: proven by their owner, fetched once, within limits."""

import asyncio

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from fediunion.activitypub.keys import PublicKey
from fediunion.actors.domains import set_domain_rule
from fediunion.actors.models import DomainAction
from fediunion.actors.queries import find_actor_by_uri, find_key
from fediunion.actors.remote import SenderKey, key_again, key_for, resolve_actor
from fediunion.kit.errors import BadSignature, Gone, Unreachable
from tests.actors.home import Home
from tests.fakes.internet import FakeInternet
from tests.fakes.signing import public_pem, rsa_key
from tests.fakes.stranger import StrangeActor, Stranger


async def _refusal(home: Home, key_id: str) -> str:
    with pytest.raises(BadSignature) as caught:
        await key_for(home.world, key_id)
    return caught.value.reason


def _is(key: SenderKey, actor: StrangeActor) -> bool:
    return key.public == PublicKey("rsa", actor.rsa.public_key())


async def test_an_unknown_key_is_fetched_once_and_its_actor_recorded(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    for _ in range(3):
        key = await key_for(home.world, alice.key_id)
        assert (key.key_uri, key.actor_uri) == (alice.key_id, alice.uri)
        assert _is(key, alice)
    assert good.fetches() == [alice.uri]
    stored = await home.world.db.read(find_actor_by_uri, alice.uri)
    assert stored is not None
    assert (stored.id, stored.username, stored.host) == (key.actor_id, "alice", "good.example")


async def test_R10_the_spellings_of_one_key_id_take_one_place_in_memory(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    await key_for(home.world, alice.key_id)
    for base in ("https://GOOD.example/", "https://good.example:443/", "https://good.Example./"):
        spelled = alice.key_id.replace("https://good.example/", base)
        assert (await key_for(home.world, spelled)).key_uri == alice.key_id
        assert home.world.caches["keys"].get(spelled) is None
    assert good.fetches() == [alice.uri]


async def test_a_key_is_read_from_its_row_after_a_restart(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    await key_for(home.world, alice.key_id)
    home.world.caches["keys"].clear()
    assert _is(await key_for(home.world, alice.key_id), alice)
    assert len(good.fetches()) == 1


async def test_an_ed25519_key_of_the_actor_is_known_as_well(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    key = await key_for(home.world, alice.ed25519_key_id)
    assert key.public == PublicKey("ed25519", alice.ed25519.public_key())


async def test_many_at_once_cause_one_fetch(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    keys = await asyncio.gather(*(key_for(home.world, alice.key_id) for _ in range(20)))
    assert len({key.actor_id for key in keys}) == 1
    assert good.fetches() == [alice.uri]


async def test_fetches_are_signed_by_the_instance_actor(home: Home, good: Stranger) -> None:
    await key_for(home.world, good.add_actor("alice").key_id)
    (sent,) = home.internet.requests_to("good.example")
    assert 'keyId="https://union.test/actors/instance#main-key"' in sent.headers["Signature"]


async def test_trap_5_a_key_under_its_own_address_is_believed_when_its_actor_lists_it(
    home: Home, good: Stranger
) -> None:
    alice = good.add_actor("alice")
    key_id = f"{alice.uri}/main-key"
    document = alice.document()
    document["publicKey"] |= {"id": key_id}
    good.serve(alice.uri, document)
    stub = {name: document[name] for name in ("@context", "id", "type", "preferredUsername", "publicKey")}
    good.serve(key_id, stub)
    key = await key_for(home.world, key_id)
    assert key.actor_uri == alice.uri
    assert _is(key, alice)


async def test_a_key_document_of_its_own_must_point_to_an_actor_that_names_it(
    home: Home, good: Stranger
) -> None:
    alice = good.add_actor("alice")
    key_id = f"{good.base_url}/keys/1"
    good.serve(key_id, alice.document()["publicKey"] | {"id": key_id})
    alice.more["publicKey"] = key_id
    alice.serve()
    assert _is(await key_for(home.world, key_id), alice)
    home.world.caches["keys"].clear()
    assert _is(await key_for(home.world, key_id), alice)
    assert await _refusal(home, f"{good.base_url}/keys/2") == "key-absent"


@pytest.mark.parametrize("bits", [1024, 16_384])
async def test_S20_S21_keys_of_bad_sizes_are_refused(home: Home, evil: Stranger, bits: int) -> None:
    mallory = evil.add_actor("mallory")
    pem = _PEM_16384 if bits == 16_384 else public_pem(rsa_key(1, bits))
    mallory.more["publicKey"] = mallory.document()["publicKey"] | {"publicKeyPem": pem}
    mallory.serve()
    assert await _refusal(home, mallory.key_id) == "key-refused"
    assert await home.world.db.read(find_key, mallory.key_id) is None


@pytest.mark.parametrize("kind", ["private", "certificate", "ec", "garbage", "two", "huge"])
async def test_S22_what_is_no_public_key_is_refused(home: Home, evil: Stranger, kind: str) -> None:
    mallory = evil.add_actor("mallory")
    good_pem = public_pem(mallory.rsa)
    pem = {
        "private": good_pem.replace("PUBLIC", "PRIVATE"),
        "certificate": good_pem.replace("PUBLIC KEY", "CERTIFICATE"),
        "ec": public_pem(ec.generate_private_key(ec.SECP256R1())),  # type: ignore[arg-type]  # on purpose
        "garbage": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "two": good_pem + public_pem(rsa_key(2)),
        "huge": good_pem + "A" * 900_000,
    }[kind]
    mallory.more["publicKey"] = mallory.document()["publicKey"] | {"publicKeyPem": pem}
    mallory.serve()
    assert await _refusal(home, mallory.key_id) == "key-refused"


async def test_S23_a_key_whose_owner_is_on_another_server_is_refused(
    home: Home, good: Stranger, evil: Stranger
) -> None:
    victim, mallory = good.add_actor("victim"), evil.add_actor("mallory")
    key_id = f"{evil.base_url}/key"
    evil.serve(key_id, {"id": key_id, "owner": victim.uri, "publicKeyPem": public_pem(mallory.rsa)})
    assert await _refusal(home, key_id) == "key-owner"
    assert await home.world.db.read(find_actor_by_uri, victim.uri) is None


async def test_S31_a_key_whose_owner_does_not_list_it_is_refused(home: Home, evil: Stranger) -> None:
    mallory, other = evil.add_actor("mallory"), evil.add_actor("other")
    key_id = f"{evil.base_url}/key"
    evil.serve(key_id, {"id": key_id, "owner": other.uri, "publicKeyPem": public_pem(mallory.rsa)})
    assert await _refusal(home, key_id) == "key-not-listed"


async def test_S31_an_actor_cannot_take_the_key_id_of_another(home: Home, evil: Stranger) -> None:
    victim, mallory = evil.add_actor("victim"), evil.add_actor("mallory")
    await key_for(home.world, victim.key_id)
    pem = public_pem(mallory.rsa)
    mallory.more["publicKey"] = {"id": victim.key_id, "owner": mallory.uri, "publicKeyPem": pem}
    mallory.serve()
    await resolve_actor(home.world, mallory.uri)
    home.world.caches["keys"].clear()
    key = await key_for(home.world, victim.key_id)
    assert key.actor_uri == victim.uri
    assert _is(key, victim)


async def test_S25_a_key_document_with_another_id_is_refused_and_neither_is_kept(
    home: Home, evil: Stranger
) -> None:
    mallory = evil.add_actor("mallory")
    asked = f"{evil.base_url}/keys/asked"
    evil.serve(asked, {"id": mallory.key_id, "owner": mallory.uri, "publicKeyPem": public_pem(mallory.rsa)})
    await _refusal(home, asked)
    for key_id in (asked, mallory.key_id):
        assert home.world.caches["keys"].get(key_id) is None
        assert await home.world.db.read(find_key, key_id) is None


@pytest.mark.parametrize(
    "key_id", ["acct:alice@good.example", "https://user@good.example/key", "ftp://good.example/key", "x"]
)
async def test_S26_what_is_no_address_is_refused_without_asking(
    home: Home, good: Stranger, key_id: str
) -> None:
    assert await _refusal(home, key_id) == "key-id-refused"
    assert good.fetches() == []


async def test_F13_our_own_keys_are_read_from_the_database_alone(home: Home, internet: FakeInternet) -> None:
    await home.add("ana")
    key = await key_for(home.world, "https://union.test/actors/ana#main-key")
    assert key.actor_uri == "https://union.test/actors/ana"
    assert await _refusal(home, "https://UNION.test/actors/nobody#main-key") == "key-absent"
    assert internet.requests == []


async def test_S44_a_blocked_server_is_not_asked_for_keys(home: Home, evil: Stranger) -> None:
    mallory = evil.add_actor("mallory")
    await home.world.db.write(set_domain_rule, "example", DomainAction.BLOCK)
    assert await _refusal(home, mallory.key_id) == "blocked"
    assert evil.fetches() == []


@pytest.mark.parametrize("status", [404, 403, 400])
async def test_a_key_that_is_not_there_is_not_asked_for_again_for_five_minutes(
    home: Home, good: Stranger, internet: FakeInternet, status: int
) -> None:
    alice = good.add_actor("alice")
    internet.fail("good.example", status)
    for _ in range(3):
        assert await _refusal(home, alice.key_id) == "key-absent"
    asked = len(good.fetches())
    assert asked <= 2
    internet.mend("good.example")
    home.clock.advance(299)
    assert await _refusal(home, alice.key_id) == "key-absent"
    home.clock.advance(2)
    assert _is(await key_for(home.world, alice.key_id), alice)


@pytest.mark.parametrize("fault", [503, 429, Unreachable("no connection", reason="connection-failed")])
async def test_a_passing_failure_is_said_so_and_forgotten_soon(
    home: Home, good: Stranger, internet: FakeInternet, fault: int | Exception
) -> None:
    alice = good.add_actor("alice")
    internet.fail("good.example", fault)
    for _ in range(3):
        with pytest.raises(Unreachable):
            await key_for(home.world, alice.key_id)
    assert len(good.fetches()) == 1
    internet.mend("good.example")
    home.clock.advance(16)
    assert _is(await key_for(home.world, alice.key_id), alice)


async def test_S34_a_key_that_is_gone_buries_its_actor_and_says_so_again(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    await resolve_actor(home.world, alice.uri)
    good.withdraw(alice.uri)
    for _ in range(2):
        with pytest.raises(BadSignature) as caught:
            await key_for(home.world, f"{alice.uri}#another-key")
        assert caught.value.reason == "key-gone"
        assert isinstance(caught.value.__cause__, Gone)
    stored = await home.world.db.read(find_actor_by_uri, alice.uri)
    assert stored is not None
    assert stored.deleted_at is not None
    assert await home.world.db.read(find_key, alice.key_id) is None


async def test_S32_a_changed_key_is_fetched_again_once_in_five_minutes(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    await key_for(home.world, alice.key_id)
    alice.change_key()
    again = await key_again(home.world, alice.key_id)
    assert again is not None
    assert _is(again, alice)
    assert _is(await key_for(home.world, alice.key_id), alice)
    assert await key_again(home.world, alice.key_id) is None
    assert len(good.fetches()) == 2
    home.clock.advance(301)
    assert await key_again(home.world, alice.key_id) is not None


async def test_S33_dead_hosts_cost_sixty_attempts_a_minute_in_all(home: Home, internet: FakeInternet) -> None:
    async def ask(number: int) -> None:
        with pytest.raises(Unreachable):
            await key_for(home.world, f"https://dead{number}.example/users/x#main-key")

    await asyncio.gather(*(ask(number) for number in range(200)))
    assert len(internet.requests) == 60
    home.clock.advance(61)
    await asyncio.gather(*(ask(number) for number in range(200, 400)))
    assert len(internet.requests) == 120


async def test_S33_one_domain_is_asked_by_two_at_once_and_the_others_wait_their_turn(
    home: Home, internet: FakeInternet, good: Stranger
) -> None:
    actors = [good.add_actor(f"actor{number}") for number in range(6)]
    internet.slow("good.example", 0.02)
    keys = await asyncio.gather(*(key_for(home.world, actor.key_id) for actor in actors))
    assert [key.actor_uri for key in keys] == [actor.uri for actor in actors]


_PEM_16384 = "-----BEGIN PUBLIC KEY-----\n" + "A" * 2800 + "\n-----END PUBLIC KEY-----\n"
