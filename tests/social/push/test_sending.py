"""One message, and what push services answer."""

from dataclasses import replace

import pytest

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.config import Settings
from fediunion.db import Database
from fediunion.kit.errors import Unreachable
from fediunion.social.push.sending import Answered, Message, send
from fediunion.world import World
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.push_service import FakePushService, PushedApp


@pytest.fixture
def internet() -> FakeInternet:
    """The internet of these tests."""
    return FakeInternet()


@pytest.fixture
def world(database: Database, settings: Settings, clock: FakeClock, internet: FakeInternet) -> World:
    """An instance with the address policy of production."""
    client = Client(internet, AddressPolicy(), settings.authority, "FediUnion/test", clock)
    return World(settings, clock, database, client)


def message(app: PushedApp, *, standard: bool = True) -> Message:
    """Return a message to an app."""
    return Message(
        endpoint=app.endpoint,
        recipient=app.recipient,
        standard=standard,
        body=b'{"title":"Hello"}',
        topic="17",
        lives_seconds=600,
    )


@pytest.mark.parametrize("standard", [True, False])
async def test_a_message_is_sent_with_the_headers_of_its_form(
    world: World, internet: FakeInternet, standard: bool
) -> None:
    service, app = FakePushService(internet), PushedApp()
    assert await send(world, message(app, standard=standard)) is Answered.TAKEN
    (request,) = service.requests
    assert app.decrypt(request) == {"title": "Hello"}
    headers = request.headers
    assert (headers["TTL"], headers["Urgency"], headers["Topic"]) == ("600", "normal", "17")
    begins = "vapid t=" if standard else "WebPush "
    assert headers["Authorization"].startswith(begins)
    assert ("Crypto-Key" in headers) is not standard


@pytest.mark.parametrize(
    ("status", "answered"),
    [
        (200, Answered.TAKEN),
        (202, Answered.TAKEN),
        (404, Answered.GONE),
        (410, Answered.GONE),
        (302, Answered.REFUSED),
        (400, Answered.REFUSED),
        (403, Answered.REFUSED),
        (413, Answered.REFUSED),
    ],
)
async def test_an_answer_says_what_became_of_a_message(
    world: World, internet: FakeInternet, status: int, answered: Answered
) -> None:
    service = FakePushService(internet)
    internet.fail(service.authority, status)
    assert await send(world, message(PushedApp())) is answered


@pytest.mark.parametrize("fault", [408, 429, 500, 503, Unreachable("away")])
async def test_a_service_that_is_away_is_asked_again(
    world: World, internet: FakeInternet, fault: int | Exception
) -> None:
    service = FakePushService(internet)
    internet.fail(service.authority, fault)
    with pytest.raises(Unreachable):
        await send(world, message(PushedApp()))


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.test/1",
        "https://127.0.0.1/1",
        "https://[::1]/1",
        "https://169.254.169.254/latest",
        "https://10.0.0.7/1",
        "https://push.test:8443/1",
        "https://localhost/1",
        "file:///etc/passwd",
        "https://union.test/api/v1/statuses",
    ],
)
async def test_F17_no_push_goes_where_no_other_request_may(
    world: World, internet: FakeInternet, endpoint: str
) -> None:
    assert await send(world, replace(message(PushedApp()), endpoint=endpoint)) is Answered.REFUSED
    assert internet.requests == []
