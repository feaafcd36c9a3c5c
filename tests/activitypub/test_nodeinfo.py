"""What servers say about their software."""

import pytest

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.activitypub.nodeinfo import (
    NodeFacts,
    Software,
    Usage,
    fetch_software,
    nodeinfo_document,
    nodeinfo_links,
)
from fediunion.kit.clock import Clock
from fediunion.kit.errors import Unreachable
from tests.fakes.internet import FakeInternet, FakeSite

FACTS = NodeFacts(
    Software("fediunion", "0.1.0", repository="https://code.example/fediunion"),
    usage=Usage(members=100),
    metadata={"upstream": {"name": "mastodon"}},
)


@pytest.fixture
def internet() -> FakeInternet:
    return FakeInternet()


@pytest.fixture
def good(internet: FakeInternet) -> FakeSite:
    internet.join("good.example", site := FakeSite())
    return site


@pytest.fixture
def client(internet: FakeInternet) -> Client:
    return Client(internet, AddressPolicy(), frozenset({"us.example"}), "FediUnion", Clock())


def serve_links(site: FakeSite, links: object) -> None:
    site.serve("/.well-known/nodeinfo", {"links": links}, content_type="application/json")


def test_our_documents_have_the_members_that_the_schemas_require() -> None:
    common = {
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": False,
        "usage": {"users": {"total": 100}},
        "metadata": {"upstream": {"name": "mastodon"}},
    }
    software = {"name": "fediunion", "version": "0.1.0"}
    assert nodeinfo_document("2.0", FACTS) == {"version": "2.0", "software": software, **common}
    assert nodeinfo_document("2.1", FACTS) == {
        "version": "2.1",
        "software": {**software, "repository": "https://code.example/fediunion"},
        **common,
    }


def test_counts_are_left_out_unless_they_are_told() -> None:
    assert nodeinfo_document("2.0", NodeFacts(FACTS.software))["usage"] == {"users": {}}


async def test_our_documents_are_found_by_our_own_client(client: Client, good: FakeSite) -> None:
    good.serve(
        "/.well-known/nodeinfo", nodeinfo_links("https://good.example"), content_type="application/json"
    )
    good.serve(
        "/nodeinfo/2.1",
        nodeinfo_document("2.1", FACTS),
        content_type='application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#"',
    )
    assert await fetch_software(client, "good.example") == ("fediunion", "0.1.0")


@pytest.mark.parametrize(
    "href",
    [
        *(
            "https://10.0.0.1/nodeinfo",
            "data:application/json,{}",
            "http://good.example/n",
            "https://[::1]/",
            7,
        ),
        *("https://evil.example/nodeinfo", "https://us.example/nodeinfo/2.0", "https://good.example:22/"),
    ],
)
async def test_F16_a_link_elsewhere_is_refused(
    client: Client, internet: FakeInternet, good: FakeSite, href: object
) -> None:
    serve_links(good, [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": href}])
    assert await fetch_software(client, "good.example") is None
    assert len(internet.requests) == 1


@pytest.mark.parametrize("links", [None, [], {}, ["x"], [{"rel": "other", "href": "https://good.example/n"}]])
async def test_a_server_without_usable_links_tells_nothing(
    client: Client, good: FakeSite, links: object
) -> None:
    serve_links(good, links)
    assert await fetch_software(client, "good.example") is None


@pytest.mark.parametrize(
    "software", [None, "mastodon", {}, {"name": 1, "version": "2"}, {"name": " ", "version": "2"}]
)
async def test_a_server_that_names_no_software_tells_nothing(
    client: Client, good: FakeSite, software: object
) -> None:
    serve_links(
        good, [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "https://good.example/n"}]
    )
    good.serve("/n", {"software": software}, content_type="application/json")
    assert await fetch_software(client, "good.example") is None


async def test_names_and_versions_are_kept_short(client: Client, good: FakeSite) -> None:
    serve_links(
        good, [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "https://good.example/n"}]
    )
    good.serve(
        "/n", {"software": {"name": "Mastodon", "version": "4" * 1000}}, content_type="application/json"
    )
    assert await fetch_software(client, "good.example") == ("mastodon", "4" * 64)


async def test_a_server_in_trouble_may_be_asked_again(
    client: Client, internet: FakeInternet, good: FakeSite
) -> None:
    assert await fetch_software(client, "good.example") is None
    internet.fail("good.example", 503)
    with pytest.raises(Unreachable):
        await fetch_software(client, "good.example")
