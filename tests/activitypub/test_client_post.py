"""Posting to inboxes, and how long a server may ask us to wait."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.answers import parse_retry_after
from fediunion.activitypub.client import Client
from fediunion.kit.clock import Clock
from fediunion.kit.errors import AddressRefused, Unreachable
from fediunion.kit.urls import RemoteUrl
from tests.fakes.internet import FakeInternet, FakeSite

INBOX = "https://good.example/inbox"
NOW = datetime(2026, 12, 1, 9, 0, 0, tzinfo=UTC)


class PathSigner:
    """Signs by naming the path."""

    def sign(self, method: str, url: RemoteUrl, body: bytes | None) -> Mapping[str, str]:
        return {"Signature": f"{method} {url.path_query}"}

    def alternate(self) -> None:
        return None

    def accepted(self, authority: str) -> None:
        return None


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


async def test_a_post_carries_body_and_headers_as_given(
    client: Client, internet: FakeInternet, good: FakeSite
) -> None:
    good.serve("/inbox", b"a" * 10_000, status=202)
    response = await client.post(INBOX, b"{}", headers={"Signature": "mine", "Date": "now"})
    assert (response.status, len(response.body)) == (202, 8192)
    [sent] = internet.requests
    assert (sent.method, sent.body, sent.headers["Signature"], sent.headers["Date"]) == (
        "POST",
        b"{}",
        "mine",
        "now",
    )
    assert sent.headers["User-Agent"] == "FediUnion"


@pytest.mark.parametrize("status", [200, 202, 301, 302, 303, 400, 401, 403, 404, 410, 429, 500, 503])
async def test_L16_every_other_status_is_handed_back(
    client: Client, internet: FakeInternet, good: FakeSite, status: int
) -> None:
    good.redirect("/inbox", "/other", status=status)
    assert (await client.post(INBOX, b"{}", headers={}, signer=PathSigner())).status == status
    assert len(internet.requests) == 1


@pytest.mark.parametrize("status", [307, 308])
async def test_L16_a_lasting_redirect_is_followed_on_the_same_host_and_signed_anew(
    client: Client, internet: FakeInternet, good: FakeSite, status: int
) -> None:
    good.redirect("/inbox", "/new-inbox", status=status)
    good.serve("/new-inbox", status=202)
    assert (await client.post(INBOX, b"{}", headers={}, signer=PathSigner())).status == 202
    assert [request.headers["Signature"] for request in internet.requests] == [
        "POST /inbox",
        "POST /new-inbox",
    ]
    assert (await client.post(INBOX, b"{}", headers={"Signature": "mine"})).status == status


@pytest.mark.parametrize(
    "location",
    ["https://evil.example/inbox", "https://127.0.0.1/", "http://good.example/inbox", "data:,x", ""],
)
async def test_L16_a_redirect_elsewhere_is_handed_back(
    client: Client, internet: FakeInternet, good: FakeSite, location: str
) -> None:
    good.redirect("/inbox", location, status=308)
    assert (await client.post(INBOX, b"{}", headers={}, signer=PathSigner())).status == 308
    assert len(internet.requests) == 1


async def test_a_post_redirected_in_circles_is_given_up(
    client: Client, internet: FakeInternet, good: FakeSite
) -> None:
    good.redirect("/inbox", "/inbox", status=307)
    with pytest.raises(Unreachable):
        await client.post(INBOX, b"{}", headers={}, signer=PathSigner())
    assert len(internet.requests) == 4


async def test_F01_F04_a_private_inbox_is_never_posted_to(client: Client, internet: FakeInternet) -> None:
    for url in ("https://10.0.0.1/inbox", "http://good.example/inbox", "https://good.example:25/inbox"):
        with pytest.raises(AddressRefused):
            await client.post(url, b"{}", headers={})
    assert internet.requests == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("0", 1),
        ("-5", 1),
        ("1000000000", 86_400),
        ("9" * 400, 86_400),
        ("9" * 5000, 86_400),
        ("Tue, 01 Dec 2026 09:02:00 GMT", 120),
        ("Tuesday, 01-Dec-26 09:02:00 GMT", 120),
        ("Tue, 01 Dec 2026 09:02:00", 120),
        ("Mon, 01 Dec 1969 09:02:00 GMT", 1),
        ("Fri, 01 Dec 9999 09:02:00 GMT", 86_400),
    ],
)
def test_L15_retry_after_is_kept_between_a_second_and_a_day(header: str, seconds: float) -> None:
    assert parse_retry_after(header, NOW) == seconds


@pytest.mark.parametrize(
    "header", [None, "", "soon", "12 minutes", "1.5e3x", "nan", "inf", "²", "Tue, 99 Dec 2026 09:00:00 GMT"]
)
def test_L15_garbage_asks_for_nothing(header: str | None) -> None:
    assert parse_retry_after(header, NOW) is None
