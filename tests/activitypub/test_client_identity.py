"""A document is believed only from the address that is its id."""

import pytest

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.kit.clock import Clock
from fediunion.kit.errors import AddressRefused, BadDocument, Unreachable
from tests.fakes.internet import FakeInternet, FakeSite

ALICE = "https://victim.example/alice"


@pytest.fixture
def internet() -> FakeInternet:
    return FakeInternet()


@pytest.fixture
def victim(internet: FakeInternet) -> FakeSite:
    internet.join("victim.example", site := FakeSite())
    site.serve("/alice", {"id": ALICE, "name": "the real Alice"})
    return site


@pytest.fixture
def evil(internet: FakeInternet) -> FakeSite:
    internet.join("evil.example", site := FakeSite())
    site.serve("/x", {"id": ALICE, "name": "a forgery"})
    return site


@pytest.fixture
def client(internet: FakeInternet) -> Client:
    return Client(internet, AddressPolicy(), frozenset({"us.example"}), "FediUnion", Clock())


async def test_an_object_at_its_own_address_is_fetched_once(
    client: Client, internet: FakeInternet, victim: FakeSite
) -> None:
    assert (await client.fetch_object(ALICE))["name"] == "the real Alice"
    assert len(internet.requests) == 1


async def test_a_page_address_leads_to_the_object(client: Client, victim: FakeSite) -> None:
    victim.redirect("/@alice", "/alice")
    victim.serve("/@alice.json", {"id": ALICE, "name": "a copy"})
    for path in ("/@alice", "/@alice.json"):
        assert (await client.fetch_object(f"https://victim.example{path}"))["name"] == "the real Alice"


async def test_F22_an_uploaded_counterfeit_is_not_believed(client: Client, victim: FakeSite) -> None:
    victim.serve("/media/x", {"id": ALICE, "name": "a forgery"})
    assert (await client.fetch_object("https://victim.example/media/x"))["name"] == "the real Alice"


async def test_F22_an_id_that_does_not_hold_is_refused(
    client: Client, internet: FakeInternet, victim: FakeSite
) -> None:
    victim.serve("/a", {"id": "https://victim.example/b"})
    victim.serve("/b", {"id": "https://victim.example/c"})
    victim.serve("/moved", {"id": "https://victim.example/old"})
    victim.redirect("/old", "/moved")
    for path in ("/a", "/moved"):
        internet.requests.clear()
        with pytest.raises(BadDocument):
            await client.fetch_object(f"https://victim.example{path}")
        assert len(internet.requests) <= 3


async def test_F23_an_id_on_another_host_is_asked_there(
    client: Client, victim: FakeSite, evil: FakeSite
) -> None:
    assert (await client.fetch_object("https://evil.example/x"))["name"] == "the real Alice"


async def test_F23_a_foreign_id_is_not_believed_while_its_host_is_away(
    client: Client, internet: FakeInternet, evil: FakeSite
) -> None:
    with pytest.raises(Unreachable):
        await client.fetch_object("https://evil.example/x")
    internet.fail("victim.example", 503)
    with pytest.raises(Unreachable):
        await client.fetch_object("https://evil.example/x")


async def test_F23_a_redirect_does_not_lend_another_hosts_name(
    client: Client, victim: FakeSite, evil: FakeSite
) -> None:
    victim.redirect("/open", "https://evil.example/y")
    evil.serve("/y", {"id": "https://victim.example/open"})
    with pytest.raises(BadDocument):
        await client.fetch_object("https://victim.example/open")


async def test_F14_a_document_in_our_name_is_refused(
    client: Client, internet: FakeInternet, evil: FakeSite
) -> None:
    evil.serve("/y", {"id": "https://us.example/actors/owner"})
    with pytest.raises(AddressRefused):
        await client.fetch_object("https://evil.example/y")
    assert internet.requests_to("us.example") == []


@pytest.mark.parametrize(
    "identity", [None, 1, [ALICE], "", "alice", "/alice", "did:example:1", "https:alice"]
)
async def test_a_document_without_a_usable_id_is_refused(
    client: Client, victim: FakeSite, identity: object
) -> None:
    victim.serve("/odd", {"id": identity})
    with pytest.raises(BadDocument):
        await client.fetch_object("https://victim.example/odd")


async def test_trap_5_the_address_of_a_key_gives_the_actor_that_holds_it(
    client: Client, victim: FakeSite
) -> None:
    assert (await client.fetch_object(f"{ALICE}#main-key"))["id"] == ALICE
    victim.serve("/alice/main-key", {"id": ALICE, "name": "a stub"})
    assert (await client.fetch_object(f"{ALICE}/main-key"))["name"] == "the real Alice"
    victim.serve("/keys/1", {"id": f"{ALICE}#main-key"})
    assert (await client.fetch_object("https://victim.example/keys/1"))["name"] == "the real Alice"


async def test_an_id_with_a_fragment_is_no_other_things_id(client: Client, victim: FakeSite) -> None:
    victim.serve("/bob", {"id": "https://victim.example/bob#part"})
    with pytest.raises(BadDocument):
        await client.fetch_object("https://victim.example/bob")
    assert await client.fetch_object("https://victim.example/bob#part")


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/x",
        "//sub.victim.example/alice",
        "https://victim.example.evil.example/",
        "http://victim.example/alice",
    ],
)
async def test_F39_where_one_origin_is_meant_no_redirect_leads_elsewhere(
    client: Client, internet: FakeInternet, victim: FakeSite, evil: FakeSite, location: str
) -> None:
    victim.redirect("/first", "/open")
    victim.redirect("/open", location)
    with pytest.raises(AddressRefused):
        await client.fetch_object("https://victim.example/first", within_origin=True)
    with pytest.raises(AddressRefused):
        await client.fetch_json("https://victim.example/first", within_origin=True)
    assert internet.requests == internet.requests_to("victim.example")


async def test_F39_where_one_origin_is_meant_no_id_leads_elsewhere(
    client: Client, internet: FakeInternet, victim: FakeSite, evil: FakeSite
) -> None:
    with pytest.raises(BadDocument):
        await client.fetch_object("https://evil.example/x", within_origin=True)
    assert internet.requests_to("victim.example") == []


async def test_within_one_origin_redirects_and_ids_lead_on(client: Client, victim: FakeSite) -> None:
    victim.redirect("/1", "/2", status=301)
    victim.redirect("/2", "https://VICTIM.example:443/@alice.json")
    victim.serve("/@alice.json", {"id": ALICE, "name": "a copy"})
    found = await client.fetch_object("https://victim.example/1", within_origin=True)
    assert found["name"] == "the real Alice"
