"""Handles and the actors they mean."""

import pytest

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.activitypub.webfinger import find_actor_uri, jrd_document, parse_acct, self_link
from fediunion.kit.clock import Clock
from fediunion.kit.errors import AddressRefused, BadDocument, NotFound, Unreachable
from tests.fakes.internet import FakeInternet, FakeSite

ALICE = "https://good.example/alice"
ACTIVITY = "application/activity+json"
JRD = "application/jrd+json"


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


def path_of(acct: str) -> str:
    return f"/.well-known/webfinger?resource=acct:{acct}"


def answer(site: FakeSite, acct: str, *, subject: str | None = None, href: str = ALICE) -> None:
    site.serve(path_of(acct), jrd_document(subject or acct, href), content_type=JRD)


def test_our_document_names_the_actor_in_both_media_types() -> None:
    document = jrd_document(
        "alice@union.example",
        "https://union.example/actors/alice",
        profile_url="https://union.example/@alice",
        templates={"https://w3id.org/fep/3b86/Object": "https://union.example/intents/object?uri={object}"},
    )
    assert document == {
        "subject": "acct:alice@union.example",
        "aliases": ["https://union.example/actors/alice", "https://union.example/@alice"],
        "links": [
            {"rel": "self", "type": ACTIVITY, "href": "https://union.example/actors/alice"},
            {
                "rel": "self",
                "type": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
                "href": "https://union.example/actors/alice",
            },
            {
                "rel": "http://webfinger.net/rel/profile-page",
                "type": "text/html",
                "href": "https://union.example/@alice",
            },
            {
                "rel": "https://w3id.org/fep/3b86/Object",
                "template": "https://union.example/intents/object?uri={object}",
                "href": "https://union.example/intents/object?uri={object}",
            },
        ],
    }


@pytest.mark.parametrize(
    "media_type",
    [
        *(ACTIVITY, "Application/Activity+JSON;charset=utf-8"),
        *('application/ld+json; profile="https://www.w3.org/ns/activitystreams"',),
        "application/ld+json;profile=https://www.w3.org/ns/activitystreams",
    ],
)
def test_trap_3_the_self_link_may_have_either_media_type(media_type: str) -> None:
    assert self_link({"links": [{"rel": "self", "type": media_type, "href": ALICE}]}) == ALICE


@pytest.mark.parametrize(
    "link",
    [
        {"rel": "self", "type": "text/html", "href": ALICE},
        {"rel": "self", "type": "application/ld+json", "href": ALICE},
        {"rel": "self", "href": ALICE},
        {"rel": "me", "type": ACTIVITY, "href": ALICE},
        {"rel": "self", "type": ACTIVITY, "href": 7},
        {"rel": "self", "type": ACTIVITY},
        {"rel": "self", "type": ACTIVITY, "href": "data:application/json,{}"},
        "self",
    ],
)
def test_other_links_are_no_self_link(link: object) -> None:
    assert self_link({"links": [link]}) is None
    assert self_link({"links": link}) is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("alice@good.example", ("alice", "good.example")),
        ("@Alice@Good.Example", ("Alice", "good.example")),
        ("acct:night-shifts@nurses.test", ("night-shifts", "nurses.test")),
        ("alice@union-a.localhost:8101", ("alice", "union-a.localhost:8101")),
        ("alice@bücher.example", ("alice", "xn--bcher-kva.example")),
    ],
)
def test_a_handle_has_a_user_and_a_host(text: str, parts: tuple[str, str]) -> None:
    assert parse_acct(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        *(
            "alice",
            "@alice",
            "alice@",
            "@good.example",
            "a b@good.example",
            "alice@good.example/x",
            "alice@a@b.example",
        ),
        *(
            "alice@good.example?x",
            "alice@good.example#x",
            "alice@127.1",
            "../x@good.example",
            "a&b@good.example",
        ),
        *("alice@good.example\r\nX: y", "a" * 513 + "@good.example", "alice@evil.example\\@good.example"),
    ],
)
def test_F19_what_is_no_handle_is_refused(text: str) -> None:
    with pytest.raises(BadDocument):
        parse_acct(text)


async def test_a_handle_is_looked_up_once(client: Client, internet: FakeInternet, good: FakeSite) -> None:
    answer(good, "alice@good.example")
    found = await find_actor_uri(client, "@alice@Good.Example")
    assert (found.subject, found.actor_uri) == ("alice@good.example", ALICE)
    assert [request.url for request in internet.requests] == [
        f"https://good.example{path_of('alice@good.example')}"
    ]


async def test_trap_4_a_split_domain_takes_one_hop(
    client: Client, internet: FakeInternet, good: FakeSite
) -> None:
    internet.join("union.example", apex := FakeSite())
    answer(good, "alice@good.example", subject="alice@union.example")
    answer(apex, "alice@union.example", subject="Alice@union.example")
    found = await find_actor_uri(client, "alice@good.example")
    assert (found.subject, found.actor_uri) == ("Alice@union.example", ALICE)
    assert len(internet.requests) == 2


async def test_F26_a_subject_that_leads_on_is_refused(
    client: Client, internet: FakeInternet, good: FakeSite
) -> None:
    internet.join("b.example", other := FakeSite())
    answer(good, "a@good.example", subject="b@b.example")
    answer(other, "b@b.example", subject="a@good.example")
    with pytest.raises(BadDocument) as raised:
        await find_actor_uri(client, "a@good.example")
    assert raised.value.reason == "webfinger-mismatch"
    assert len(internet.requests) == 2


async def test_F26_nobody_elsewhere_has_a_handle_of_ours(
    client: Client, internet: FakeInternet, good: FakeSite
) -> None:
    answer(good, "mallory@good.example", subject="admin@us.example")
    with pytest.raises(AddressRefused):
        await find_actor_uri(client, "mallory@good.example")
    assert internet.requests_to("us.example") == []


@pytest.mark.parametrize(
    "href",
    [
        *(
            "https://10.0.0.1/alice",
            "https://localhost/alice",
            "http://good.example/alice",
            "data:,x",
            "ftp://a.example/",
        ),
        *("https://good.example:25/", "https:evil.example", "https://good.example@10.0.0.1/"),
    ],
)
async def test_F16_a_self_link_elsewhere_is_refused(client: Client, good: FakeSite, href: str) -> None:
    answer(good, "alice@good.example", href=href)
    with pytest.raises((AddressRefused, BadDocument)):
        await find_actor_uri(client, "alice@good.example")


def host_meta(template: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">'
        f'<Link rel="lrdd" template="{template}"/></XRD>'
    ).encode()


async def test_host_meta_says_where_webfinger_is(
    client: Client, internet: FakeInternet, good: FakeSite
) -> None:
    internet.join("fedi.good.example", fedi := FakeSite())
    good.serve(
        "/.well-known/host-meta", host_meta("https://fedi.good.example/wf?r={uri}"), content_type="text/xml"
    )
    fedi.serve(
        "/wf?r=acct%3Aalice%40good.example", jrd_document("alice@good.example", ALICE), content_type=JRD
    )
    assert (await find_actor_uri(client, "alice@good.example")).actor_uri == ALICE


@pytest.mark.parametrize(
    "template",
    [
        "https://10.0.0.1/{uri}",
        "data:application/json,{uri}",
        "http://good.example/{uri}",
        "https://[::1]/{uri}",
    ],
)
async def test_F16_a_host_meta_template_elsewhere_is_refused(
    client: Client, internet: FakeInternet, good: FakeSite, template: str
) -> None:
    good.serve("/.well-known/host-meta", host_meta(template), content_type="application/xrd+xml")
    with pytest.raises((AddressRefused, BadDocument)):
        await find_actor_uri(client, "alice@good.example")
    assert len(internet.requests) == 2


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><XRD/>',
        b"<XRD",
        b"\xff\xfe<\x00",
        '<?xml version="1.0"?><!DOCTYPE x><XRD/>'.encode("utf-16"),
        b"",
    ],
)
async def test_a_broken_host_meta_is_refused(client: Client, good: FakeSite, body: bytes) -> None:
    good.serve("/.well-known/host-meta", body, content_type="application/xrd+xml")
    with pytest.raises(BadDocument):
        await find_actor_uri(client, "alice@good.example")


async def test_an_unknown_handle_is_not_found(client: Client, good: FakeSite) -> None:
    with pytest.raises(NotFound):
        await find_actor_uri(client, "nobody@good.example")
    good.serve("/.well-known/host-meta", b"<XRD/>", content_type="application/xrd+xml")
    with pytest.raises(NotFound):
        await find_actor_uri(client, "nobody@good.example")


async def test_a_server_in_trouble_is_asked_once(
    client: Client, internet: FakeInternet, good: FakeSite
) -> None:
    internet.fail("good.example", 503)
    with pytest.raises(Unreachable):
        await find_actor_uri(client, "alice@good.example")
    assert len(internet.requests) == 1


async def test_the_port_stays_in_a_handle_and_http_is_used_in_development(internet: FakeInternet) -> None:
    policy = AddressPolicy(allow_http=True, allow_private=True, any_port=True)
    client = Client(internet, policy, frozenset({"union-b.localhost:8102"}), "FediUnion", Clock())
    internet.join("union-a.localhost:8101", site := FakeSite())
    uri = "http://union-a.localhost:8101/actors/alice"
    answer(site, "alice@union-a.localhost:8101", href=uri)
    found = await find_actor_uri(client, "alice@union-a.localhost:8101")
    assert (found.subject, found.actor_uri) == ("alice@union-a.localhost:8101", uri)
    assert internet.requests[0].url.startswith("http://union-a.localhost:8101/.well-known/webfinger?")


async def test_production_asks_over_https_only(client: Client, internet: FakeInternet) -> None:
    with pytest.raises(Unreachable):
        await find_actor_uri(client, "alice@gone.example")
    assert [request.url.split(":")[0] for request in internet.requests] == ["https"]


async def test_intents_are_kept_when_they_are_addresses(client: Client, good: FakeSite) -> None:
    intent, subscribe = "https://w3id.org/fep/3b86/Create", "http://ostatus.org/schema/1.0/subscribe"
    templates = {
        intent: "https://good.example/share?text={content}",
        subscribe: "javascript:alert({uri})",
        "other": "https://good.example/{x}",
    }
    document = jrd_document("alice@good.example", ALICE, templates=templates)
    good.serve(path_of("alice@good.example"), document, content_type="text/plain")
    found = await find_actor_uri(client, "alice@good.example")
    assert found.templates == {intent: "https://good.example/share?text={content}"}
