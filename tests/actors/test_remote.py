"""Finding actors elsewhere: by id, by handle, again, and when they are gone."""

import asyncio

import pytest
from structlog.testing import capture_logs

from fediunion.actors import jobs
from fediunion.actors.domains import set_domain_rule
from fediunion.actors.events import ActorDeleted
from fediunion.actors.models import DomainAction, Reach
from fediunion.actors.queries import find_actor_by_handle, find_actor_by_uri, find_instance, keys_of
from fediunion.actors.remote import refresh_actor, resolve_actor, resolve_handle
from fediunion.kit.errors import BadDocument, FediUnionError, Gone, NotAllowed, NotFound, Unreachable
from tests.actors.conftest import StartHome
from tests.actors.home import Home
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import Stranger

JRD = "application/jrd+json"


async def test_an_actor_is_fetched_when_unknown_and_then_a_day_later(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    first = await resolve_actor(home.world, alice.uri)
    assert (first.display_name, first.inbox_url, first.shared_inbox_url) == (
        "Alice",
        alice.inbox,
        "https://good.example/inbox",
    )
    home.clock.advance(hours=23)
    await resolve_actor(home.world, alice.uri)
    assert len(good.fetches(alice.uri)) == 1
    alice.more["name"] = "Alice the second"
    alice.serve()
    home.clock.advance(hours=2)
    later = await resolve_actor(home.world, alice.uri)
    assert (later.id, later.display_name) == (first.id, "Alice the second")


async def test_a_known_actor_is_given_as_known_while_its_server_is_down(
    home: Home, good: Stranger, internet: FakeInternet
) -> None:
    alice = good.add_actor("alice")
    known = await resolve_actor(home.world, alice.uri)
    internet.fail("good.example", 502)
    home.clock.advance(days=3)
    assert (await resolve_actor(home.world, alice.uri)).id == known.id
    with pytest.raises(Unreachable):
        await refresh_actor(home.world, alice.uri)
    with pytest.raises(Unreachable):
        await resolve_actor(home.world, f"{good.base_url}/users/stranger")


@pytest.mark.parametrize("wire_type", ["Person", "Organization", "Service", "Group", "Application"])
async def test_all_five_types_of_actors_are_taken(home: Home, good: Stranger, wire_type: str) -> None:
    actor = await resolve_actor(home.world, good.add_actor("x", type=wire_type).uri)
    assert (actor.wire_type, actor.local) == (wire_type, False)


async def test_an_actor_that_answers_410_is_buried_and_not_asked_again(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    known = await resolve_actor(home.world, alice.uri)
    good.withdraw(alice.uri)
    with pytest.raises(Gone):
        await refresh_actor(home.world, alice.uri)
    asked = len(good.fetches())
    with pytest.raises(Gone):
        await resolve_actor(home.world, alice.uri)
    assert len(good.fetches()) == asked
    assert home.announced == [ActorDeleted(known.id, alice.uri, local=False)]


async def test_F13_our_own_actors_are_never_fetched_nor_overwritten(home: Home, good: Stranger) -> None:
    await home.add("ana", reach=Reach.HIDDEN)
    found = await resolve_actor(home.world, "https://union.test/actors/ana")
    assert (found.username, found.local) == ("ana", True)
    assert (await resolve_handle(home.world, "@Ana@union.test")).id == found.id
    for uri in ("https://UNION.test/actors/nobody", "https://union.test./actors/nobody"):
        with pytest.raises(NotFound):
            await resolve_actor(home.world, uri)
    assert home.internet.requests == []


async def test_F14_a_document_that_claims_an_id_of_ours_is_refused(home: Home, evil: Stranger) -> None:
    await home.add("ana")
    mallory = evil.add_actor("mallory")
    evil.serve(mallory.uri, mallory.document() | {"id": "https://union.test/actors/ana"})
    with pytest.raises(FediUnionError):
        await resolve_actor(home.world, mallory.uri)
    found = await resolve_actor(home.world, "https://union.test/actors/ana")
    assert found.local


async def test_F22_an_uploaded_counterfeit_is_not_believed(home: Home, good: Stranger) -> None:
    victim = good.add_actor("victim")
    good.serve("/media/x", victim.document() | {"name": "Counterfeit"})
    with pytest.raises(FediUnionError):
        await resolve_actor(home.world, "https://good.example/media/other")
    found = await resolve_actor(home.world, "https://good.example/media/x")
    assert (found.uri, found.display_name) == (victim.uri, "Victim")


async def test_F23_an_id_on_another_server_is_refused_even_if_that_is_down(
    home: Home, good: Stranger, evil: Stranger, internet: FakeInternet
) -> None:
    victim, mallory = good.add_actor("victim"), evil.add_actor("mallory")
    evil.serve(mallory.uri, victim.document())
    internet.fail("good.example", 503)
    with pytest.raises(FediUnionError):
        await resolve_actor(home.world, mallory.uri)
    assert await home.world.db.read(find_actor_by_uri, victim.uri) is None


async def test_F25_a_foreign_inbox_refuses_the_actor_and_foreign_collections_are_left_out(
    home: Home, evil: Stranger
) -> None:
    foreign = "https://victim.example/x"
    refused = evil.add_actor("one", inbox=foreign)
    with pytest.raises(BadDocument):
        await resolve_actor(home.world, refused.uri)
    taken = evil.add_actor(
        "two",
        endpoints={"sharedInbox": foreign},
        outbox=foreign,
        followers=foreign,
        featured=foreign,
        url=foreign,
    )
    actor = await resolve_actor(home.world, taken.uri)
    assert actor.shared_inbox_url is None
    assert (actor.outbox_url, actor.followers_url, actor.featured_url) == (None, None, None)
    assert actor.url == taken.uri


async def test_an_inbox_that_fits_into_no_index_refuses_the_actor_and_a_shared_one_is_left_out(
    home: Home, evil: Stranger
) -> None:
    long = f"https://evil.example/{'工会' * 100}"
    refused = evil.add_actor("one", inbox=long)
    with pytest.raises(BadDocument, match="too long"):
        await resolve_actor(home.world, refused.uri)
    taken = evil.add_actor("two", endpoints={"sharedInbox": long})
    assert (await resolve_actor(home.world, taken.uri)).shared_inbox_url is None


async def test_F24_a_refetch_replaces_the_keys_and_says_so(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    known = await resolve_actor(home.world, alice.uri)
    before = {key.key_uri: key.public for key in await home.world.db.read(keys_of, known.id)}
    alice.change_key()
    with capture_logs() as logs:
        await refresh_actor(home.world, alice.uri)
    after = {key.key_uri: key.public for key in await home.world.db.read(keys_of, known.id)}
    assert before.keys() == after.keys()
    assert before[alice.key_id] != after[alice.key_id]
    told = [entry for entry in logs if entry["event"] == "an actor of another server has other keys"]
    assert [(entry["actor"], entry["host"]) for entry in told] == [(known.id, known.host)]


async def test_S44_a_blocked_server_is_not_asked_for_actors(home: Home, evil: Stranger) -> None:
    mallory = evil.add_actor("mallory")
    await home.world.db.write(set_domain_rule, "evil.example", DomainAction.BLOCK)
    with pytest.raises(NotAllowed):
        await resolve_actor(home.world, mallory.uri)
    with pytest.raises(NotAllowed):
        await resolve_handle(home.world, "mallory@evil.example")
    assert evil.fetches() == []


async def test_many_who_want_one_actor_cause_one_fetch(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    found = await asyncio.gather(*(resolve_actor(home.world, alice.uri) for _ in range(10)))
    assert len({actor.id for actor in found}) == 1
    assert len(good.fetches()) == 1


async def test_a_handle_is_resolved_and_known_afterwards(home: Home, good: Stranger) -> None:
    alice = good.add_actor("alice")
    actor = await resolve_handle(home.world, "@alice@good.example")
    assert (actor.uri, actor.handle_host) == (alice.uri, "good.example")
    asked = len(good.fetches())
    assert (await resolve_handle(home.world, "Alice@GOOD.example")).id == actor.id
    assert len(good.fetches()) == asked


async def test_a_split_domain_is_the_handle_when_both_sides_say_so(
    home: Home, good: Stranger, internet: FakeInternet
) -> None:
    await _serve_split(internet, good)
    actor = await resolve_handle(home.world, "alice@apex.example")
    assert (actor.username, actor.handle_host, actor.host) == ("alice", "apex.example", "good.example")
    found = await home.world.db.read(find_actor_by_handle, "ALICE", "apex.example")
    assert found is not None
    assert found.id == actor.id


async def test_a_split_domain_is_found_out_for_an_actor_that_came_by_its_id(
    home: Home, good: Stranger, internet: FakeInternet
) -> None:
    uri = await _serve_split(internet, good)
    assert (await resolve_actor(home.world, uri)).handle_host == "good.example"
    await jobs.verify_handle(home.world, {"uri": uri})
    actor = await resolve_actor(home.world, uri)
    assert (actor.username_key, actor.handle_host) == ("alice", "apex.example")


@pytest.mark.parametrize("claimed", ["admin@union.test", "victim@good.example", "mallory@other.example"])
async def test_F26_a_handle_that_does_not_lead_back_is_not_shown(
    home: Home, good: Stranger, evil: Stranger, claimed: str
) -> None:
    good.add_actor("victim")
    mallory = evil.add_actor("mallory", webfinger=claimed)
    link = {"rel": "self", "type": "application/activity+json", "href": mallory.uri}
    jrd = {"subject": f"acct:{claimed}", "links": [link]}
    evil.serve("/.well-known/webfinger?resource=acct:mallory@evil.example", jrd, content_type=JRD)
    actor = await resolve_actor(home.world, mallory.uri)
    await jobs.verify_handle(home.world, {"uri": mallory.uri})
    actor = await resolve_actor(home.world, mallory.uri)
    assert (actor.username, actor.handle_host) == ("mallory", "evil.example")


async def test_F26_a_handle_elsewhere_that_points_to_an_actor_who_does_not_say_so_is_not_its(
    home: Home, good: Stranger, evil: Stranger
) -> None:
    victim = good.add_actor("victim")
    link = {"rel": "self", "type": "application/activity+json", "href": victim.uri}
    jrd = {"subject": "acct:victim@evil.example", "links": [link]}
    evil.serve("/.well-known/webfinger?resource=acct:victim@evil.example", jrd, content_type=JRD)
    actor = await resolve_handle(home.world, "victim@evil.example")
    assert (actor.uri, actor.handle_host) == (victim.uri, "good.example")


async def test_of_two_with_one_name_the_confirmed_one_has_the_handle(home: Home, good: Stranger) -> None:
    first, second = good.add_actor("twin"), good.add_actor("other", preferredUsername="twin")
    squatter = await resolve_actor(home.world, second.uri)
    assert squatter.username_key == "twin"
    await jobs.verify_handle(home.world, {"uri": second.uri})
    confirmed = await resolve_handle(home.world, "twin@good.example")
    assert (confirmed.uri, confirmed.username_key) == (first.uri, "twin")
    found = await home.world.db.read(find_actor_by_uri, second.uri)
    assert found is not None
    assert found.username == "twin"
    assert found.username_key != "twin"


async def test_two_unions_resolve_each_other(start_home: StartHome) -> None:
    home, other = (
        await start_home(),
        await start_home(domain="other.test", federation={"authorized_fetch": True}),
    )
    await other.add("ben", display_name="Ben")
    actor = await resolve_handle(home.world, "ben@other.test")
    assert (actor.display_name, actor.uri) == ("Ben", "https://other.test/actors/ben")
    instance = await home.world.db.read(find_instance, "other.test")
    assert instance is not None
    assert instance.signature_scheme == "rfc9421"


async def test_the_software_of_a_new_server_is_learnt(start_home: StartHome) -> None:
    home, other = await start_home(), await start_home(domain="other.test")
    await resolve_handle(home.world, "union@other.test")
    await jobs.learn_host(home.world, {"host": "other.test"})
    instance = await home.world.db.read(find_instance, "other.test")
    assert instance is not None
    assert (instance.software, instance.version) == ("fediunion", "0.1.0")
    assert instance.checked_at == home.clock.now()
    await other.world.client.close()


async def _serve_split(internet: FakeInternet, good: Stranger) -> str:
    """Let @alice@apex.example be served from good.example; return the id."""
    alice = good.add_actor("alice")
    link = {"rel": "self", "type": "application/activity+json", "href": alice.uri}
    jrd = {"subject": "acct:alice@apex.example", "links": [link]}
    apex = await Stranger(internet, "apex.example", clock=good.clock).start()
    for server, host in ((good, "good.example"), (apex, "apex.example")):
        server.serve(f"/.well-known/webfinger?resource=acct:alice@{host}", jrd, content_type=JRD)
    return alice.uri
