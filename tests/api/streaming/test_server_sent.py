"""Server-sent events: every documented path, their lines, their heartbeats."""

import orjson
import pytest

from fediunion.api.streaming.joining import hub_of
from fediunion.social.timelines.messages import Kind, tell
from tests.api.rig import Client, Rig
from tests.api.streaming.listening import Events

OWN = ("user", "user/notification", "direct")
OPEN = ("public", "public/local", "public/remote")


async def test_an_event_is_two_lines_and_an_empty_one(rig: Rig, ana: Client) -> None:
    events = await Events.open(rig.world, "/api/v1/streaming/user", bearer=ana.bearer)
    assert events.status == 200
    assert events.headers[b"content-type"] == b"text/event-stream"
    assert b"no-store" in events.headers[b"cache-control"]
    assert await events.text() == ":)\n"
    status = await ana.publish("Hello")
    event, data, *rest = (await events.text()).split("\n")
    assert event == "event: update"
    assert data.startswith("data: ")
    assert orjson.loads(data.removeprefix("data: "))["id"] == status["id"]
    assert rest == ["", ""]
    await ana.ask("DELETE", f"/api/v1/statuses/{status['id']}")
    assert await events.text() == f"event: delete\ndata: {status['id']}\n\n"
    await rig.world.db.write(tell, Kind.FILTERS_CHANGED, ana.actor_id)
    assert await events.text() == "event: filters_changed\ndata: undefined\n\n"
    await events.leave()


async def test_a_heartbeat_is_sent_when_nothing_happens(rig: Rig, ana: Client) -> None:
    hub_of(rig.world).heartbeat_seconds = 0.01
    events = await Events.open(rig.world, "/api/v1/streaming/public")
    assert (await events.next())["body"] == b":)\n"
    assert [(await events.next())["body"] for _ in range(2)] == [b":thump\n"] * 2
    await events.leave()


@pytest.mark.parametrize("path", [*OWN, *OPEN])
@pytest.mark.parametrize("slash", ["", "/"])
async def test_every_documented_path_is_served(rig: Rig, ana: Client, path: str, slash: str) -> None:
    events = await Events.open(rig.world, f"/api/v1/streaming/{path}{slash}", bearer=ana.bearer)
    assert events.status == 200
    await events.leave()


async def test_hashtags_lists_and_media_take_their_parameters(rig: Rig, ana: Client, ben: Client) -> None:
    made = await ana.post("/api/v1/lists", title="Ward")
    streams = [
        await Events.open(rig.world, "/api/v1/streaming/hashtag", bearer=ana.bearer, tag="Work"),
        await Events.open(rig.world, "/api/v1/streaming/hashtag/local", bearer=ana.bearer, tag="work"),
        await Events.open(rig.world, "/api/v1/streaming/list", bearer=ana.bearer, list=made["id"]),
        await Events.open(rig.world, "/api/v1/streaming/public", bearer=ana.bearer, only_media="true"),
    ]
    await ben.publish("To #work")
    texts = [await streams[number].text() for number in (0,)]
    texts += [(await each.next())["body"].decode() for each in streams[1:]]
    assert texts[0].startswith(":)\nevent: update\n")
    for each in streams:
        await each.leave()


@pytest.mark.parametrize("path", OWN)
async def test_what_is_a_members_own_needs_a_token(rig: Rig, path: str) -> None:
    assert (await rig.anonymous.ask("GET", f"/api/v1/streaming/{path}")).status_code == 401


@pytest.mark.parametrize(
    ("path", "scopes"),
    [
        ("user", "read:accounts"),
        ("user/notification", "read:statuses"),
        ("public", "write"),
        ("direct", "read:notifications"),
        ("hashtag?tag=a", "follow"),
        ("list?list=1", "read:accounts"),
    ],
)
async def test_O08_server_sent_events_need_their_scope(rig: Rig, ana: Client, path: str, scopes: str) -> None:
    narrow = await rig.token(ana, scopes)
    answer = await narrow.ask("GET", f"/api/v1/streaming/{path}")
    assert answer.status_code == 403
    assert answer.json() == {"error": "This action is outside the authorized scopes"}


async def test_O09_a_token_in_the_address_is_refused(rig: Rig, ana: Client) -> None:
    answer = await rig.anonymous.ask("GET", f"/api/v1/streaming/user?access_token={ana.bearer}")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("hashtag", 400),
        ("list", 400),
        ("list?list=99", 404),
        ("list?list=x", 400),
        ("nothing", 404),
        ("", 404),
        (f"hashtag?tag={'a' * 200}", 422),
    ],
)
async def test_what_is_not_there_is_an_error_in_json(rig: Rig, ana: Client, path: str, status: int) -> None:
    answer = await ana.ask("GET", f"/api/v1/streaming/{path}")
    assert answer.status_code == status
    assert set(answer.json()) <= {"error", "details"}


async def test_a_head_request_ends_at_once(rig: Rig, ana: Client) -> None:
    answer = await ana.ask("HEAD", "/api/v1/streaming/public")
    assert answer.status_code == 200
    assert answer.content == b""
    assert not list(hub_of(rig.world).subscribers)


async def test_health_is_plain_text(rig: Rig) -> None:
    answer = await rig.anonymous.ask("GET", "/api/v1/streaming/health")
    assert answer.text == "OK"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
