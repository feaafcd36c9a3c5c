"""Fetching from other servers: what is followed, what is believed, what is refused."""

from collections.abc import Mapping

import pytest

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.activitypub.media_types import LD_JSON_PROFILE
from fediunion.kit.clock import Clock
from fediunion.kit.errors import AddressRefused, BadDocument, Gone, NotFound, TooLarge, Unreachable
from fediunion.kit.urls import RemoteUrl
from tests.fakes.internet import FakeInternet, FakeSite

ALICE = "https://good.example/alice"


class NamedSigner:
    """A signer that says its scheme and what it signed."""

    def __init__(self, scheme: str, other: "NamedSigner | None" = None) -> None:
        self.scheme = scheme
        self.remembered: list[str] = []
        self._other = other

    def sign(self, method: str, url: RemoteUrl, body: bytes | None) -> Mapping[str, str]:
        return {"Signature": f"{self.scheme} {method} {url.text} {len(body or b'')}"}

    def alternate(self) -> "NamedSigner | None":
        return self._other

    def accepted(self, authority: str) -> None:
        self.remembered.append(authority)


@pytest.fixture
def internet() -> FakeInternet:
    return FakeInternet()


@pytest.fixture
def good(internet: FakeInternet) -> FakeSite:
    site = FakeSite()
    internet.join("good.example", site)
    return site


@pytest.fixture
def evil(internet: FakeInternet) -> FakeSite:
    site = FakeSite()
    internet.join("evil.example", site)
    return site


@pytest.fixture
def client(internet: FakeInternet) -> Client:
    return Client(
        internet, AddressPolicy(), frozenset({"us.example"}), "FediUnion/0.1 (+https://us.example/)", Clock()
    )


async def test_a_document_is_fetched_with_our_name_and_wish(
    client: Client, internet: FakeInternet, good: FakeSite
) -> None:
    good.serve("/alice", {"id": ALICE})
    fetched = await client.fetch_json(ALICE)
    assert (fetched.document, fetched.final_url, fetched.status) == ({"id": ALICE}, ALICE, 200)
    [request] = internet.requests
    assert request.headers["User-Agent"] == "FediUnion/0.1 (+https://us.example/)"
    assert request.headers["Accept"] == f"application/activity+json, {LD_JSON_PROFILE}"


async def test_what_has_not_changed_is_an_answer_only_to_who_asked_for_changes(
    client: Client, internet: FakeInternet, good: FakeSite
) -> None:
    good.serve("/jobs", status=304)
    version = {"If-None-Match": '"v1"'}
    response, final = await client.fetch("https://good.example/jobs", accept="text/html", conditions=version)
    assert (response.status, final.text) == (304, "https://good.example/jobs")
    assert internet.requests[0].headers["If-None-Match"] == '"v1"'
    with pytest.raises(BadDocument):
        await client.fetch("https://good.example/jobs", accept="text/html")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("hop", [1, 2, 3])
async def test_F05_no_redirect_leads_to_a_private_address_or_another_scheme(
    client: Client, internet: FakeInternet, good: FakeSite, status: int, hop: int
) -> None:
    for location in (
        *(
            "https://10.0.0.1/x",
            "https://127.0.0.1/",
            "https://[::1]/",
            "http://good.example/y",
            "file:///etc/passwd",
        ),
        *(
            "https:evil.example",
            "https://us.example/alice",
            "https://good.example:22/",
            "https://x.localhost/",
        ),
        *("https://good.example@evil.example/", "/\\evil.example/", "javascript:alert(1)", "//[x", ""),
    ):
        for number in range(hop - 1):
            good.redirect(f"/{number}", f"/{number + 1}", status=status)
        good.redirect(f"/{hop - 1}", location, status=status)
        internet.requests.clear()
        with pytest.raises((AddressRefused, BadDocument)):
            await client.fetch_json("https://good.example/0", signer=NamedSigner("rfc9421"))
        assert [request.url for request in internet.requests] == [
            f"https://good.example/{n}" for n in range(hop)
        ]


async def test_F06_redirects_stop_after_three(
    client: Client, internet: FakeInternet, good: FakeSite, evil: FakeSite
) -> None:
    good.redirect("/self", "/self")
    good.redirect("/a", "https://evil.example/b")
    evil.redirect("/b", "https://good.example/a")
    for path in ("/self", "/a"):
        internet.requests.clear()
        with pytest.raises(Unreachable) as raised:
            await client.fetch_json(f"https://good.example{path}")
        assert raised.value.reason == "too-many-redirects"
        assert len(internet.requests) == 4


async def test_three_redirects_are_followed_and_signed_anew(
    client: Client, internet: FakeInternet, good: FakeSite
) -> None:
    good.redirect("/1", "2")
    good.redirect("/2", "//evil.example/3", status=301)
    evil = FakeSite()
    internet.join("evil.example", evil)
    evil.redirect("/3", ALICE, status=308)
    good.serve("/alice", {"id": ALICE})
    signer = NamedSigner("rfc9421")
    assert (await client.fetch_json("https://good.example/1", signer=signer)).final_url == ALICE
    assert [request.headers["Signature"] for request in internet.requests] == [
        "rfc9421 GET https://good.example/1 0",
        "rfc9421 GET https://good.example/2 0",
        "rfc9421 GET https://evil.example/3 0",
        "rfc9421 GET https://good.example/alice 0",
    ]
    assert signer.remembered == ["good.example"]


@pytest.mark.parametrize(
    "url",
    [
        *(
            "https://us.example/actors/x",
            "https://US.EXAMPLE/x",
            "https://us.example./x",
            "https://us.example:443/x",
        ),
        *("https://us.example:8443/x", "https://127.0.0.1/x"),
    ],
)
async def test_F13_our_own_host_is_never_asked(client: Client, internet: FakeInternet, url: str) -> None:
    with pytest.raises(AddressRefused):
        await client.fetch_object(url)
    with pytest.raises(AddressRefused):
        await client.post(url, b"", headers={})
    assert internet.requests == []


async def test_F13_in_development_another_port_is_another_server(internet: FakeInternet) -> None:
    policy = AddressPolicy(allow_http=True, allow_private=True, any_port=True)
    client = Client(internet, policy, frozenset({"localhost:8101"}), "FediUnion", Clock())
    internet.join("localhost:8102", site := FakeSite())
    site.serve("/a", {"id": "http://localhost:8102/a"})
    assert await client.fetch_object("http://localhost:8102/a")
    with pytest.raises(AddressRefused):
        await client.fetch_object("http://localhost:8101/a")


@pytest.mark.parametrize(
    "media_type",
    [
        *("text/html", "text/plain", "image/png", "application/octet-stream", "application/json", ""),
        *(
            "application/ld+json",
            'application/ld+json; profile="https://other.example/ns"',
            "application/activity",
        ),
        'application/json; x="application/activity+json"',
    ],
)
async def test_F20_other_media_types_are_refused(client: Client, good: FakeSite, media_type: str) -> None:
    good.serve("/alice", {"id": ALICE}, content_type=media_type)
    with pytest.raises(BadDocument) as raised:
        await client.fetch_json(ALICE)
    assert raised.value.reason == "media-type"


@pytest.mark.parametrize(
    "media_type",
    [
        *("application/activity+json", "Application/Activity+JSON; charset=utf-8", LD_JSON_PROFILE),
        "application/ld+json;charset=utf-8; Profile=https://www.w3.org/ns/activitystreams",
        'application/ld+json; profile="https://a.example/ https://www.w3.org/ns/activitystreams"',
        'application/activity+json; profile="a;\\"b"; ;',
    ],
)
async def test_F20_both_media_types_are_taken_in_any_spelling(
    client: Client, good: FakeSite, media_type: str
) -> None:
    good.serve("/alice", {"id": ALICE}, content_type=media_type)
    assert (await client.fetch_json(ALICE)).document == {"id": ALICE}


async def test_F20_two_media_types_at_once_are_refused(client: Client, good: FakeSite) -> None:
    good.serve(
        "/alice",
        {"id": ALICE},
        content_type="text/html",
        headers={"Content-Type": "application/activity+json"},
    )
    with pytest.raises(BadDocument):
        await client.fetch_json(ALICE)


@pytest.mark.parametrize(
    ("status", "error", "reason"),
    [
        (404, NotFound, "not-found"),
        (410, Gone, "gone"),
        (400, Unreachable, "http-4xx"),
        (401, Unreachable, "http-4xx"),
        (403, Unreachable, "http-4xx"),
        (408, Unreachable, "http-408"),
        (429, Unreachable, "http-429"),
        (500, Unreachable, "http-5xx"),
        (503, Unreachable, "http-5xx"),
        (201, BadDocument, "unexpected-status"),
        (204, BadDocument, "unexpected-status"),
        (304, BadDocument, "unexpected-status"),
    ],
)
async def test_every_status_has_its_meaning(
    client: Client, good: FakeSite, status: int, error: type[Exception], reason: str
) -> None:
    good.serve("/alice", {"id": ALICE}, status=status, headers={"Retry-After": "120"})
    with pytest.raises(error) as raised:
        await client.fetch_json(ALICE)
    assert getattr(raised.value, "reason", None) == reason
    if isinstance(raised.value, Unreachable):
        assert raised.value.status == status
        assert raised.value.retry_after_seconds == (120 if status in (408, 429, 500, 503) else None)


async def test_F27_a_document_over_one_mebibyte_is_refused(client: Client, good: FakeSite) -> None:
    good.serve("/alice", b" " * 1_048_577)
    with pytest.raises(TooLarge):
        await client.fetch_json(ALICE)


async def test_F28_the_deadline_covers_all_redirects(
    client: Client, internet: FakeInternet, good: FakeSite
) -> None:
    good.redirect("/self", "/self")
    internet.slow("good.example", 0.06)
    with pytest.raises(Unreachable) as raised:
        await client.fetch_json("https://good.example/self", deadline_seconds=0.15)
    assert raised.value.reason == "timeout"
    assert len(internet.requests) <= 3


async def test_a_refused_signature_is_tried_once_in_the_other_scheme(
    internet: FakeInternet, client: Client
) -> None:
    site = FakeSite()
    site.serve("/alice", {"id": ALICE})
    internet.join("good.example", site)
    internet.fail("good.example", 401, times=1)
    cavage = NamedSigner("cavage")
    first = NamedSigner("rfc9421", cavage)
    assert (await client.fetch_json(ALICE, signer=first)).status == 200
    assert [request.headers["Signature"].split()[0] for request in internet.requests] == ["rfc9421", "cavage"]
    assert (first.remembered, cavage.remembered) == ([], ["good.example"])
    internet.requests.clear()
    internet.fail("good.example", 403)
    with pytest.raises(Unreachable):
        await client.fetch_json(ALICE, signer=first)
    assert len(internet.requests) == 2
