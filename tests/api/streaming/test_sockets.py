"""The WebSocket: how a client says who it is, what it may ask, and what ends the connection."""

from dataclasses import replace

import pytest

from fediunion.api.streaming.hub import Hub
from fediunion.api.streaming.joining import hub_of
from fediunion.api.streaming.socket import MOST_MESSAGES_PER_MINUTE, MOST_SUBSCRIPTIONS
from fediunion.api.streaming.subscriber import MOST_WAITING
from fediunion.config import DatabaseSettings, Limits, Settings
from tests.api.rig import Client, Rig, rig_for
from tests.api.streaming.listening import Socket, listening, payload, told
from tests.databases import Databases
from tests.fakes.clock import FakeClock


@pytest.mark.parametrize("style", ["header", "query", "subprotocol"])
async def test_a_token_is_taken_from_where_clients_put_it(rig: Rig, ana: Client, style: str) -> None:
    socket = await Socket.open(
        rig.world,
        header=ana.bearer if style == "header" else "",
        query={"access_token": ana.bearer} if style == "query" else {},
        subprotocols=(ana.bearer,) if style == "subprotocol" else (),
    )
    assert socket.accepted
    assert socket.answer["subprotocol"] == (ana.bearer if style == "subprotocol" else None)
    await socket.ask("subscribe", "user")
    await ana.publish("Hello")
    assert told(await socket.frames()) == [("user", "update")]
    await socket.leave()


@pytest.mark.parametrize("path", ["/api/v1/streaming", "/api/v1/streaming/"])
async def test_the_address_may_name_the_first_stream(rig: Rig, ana: Client, path: str) -> None:
    socket = await Socket.open(rig.world, path=path, query={"stream": "user", "access_token": ana.bearer})
    await ana.publish("Hello")
    assert told(await socket.frames()) == [("user", "update")]
    await socket.leave()


async def test_a_frame_carries_json_in_a_text(rig: Rig, ana: Client) -> None:
    async with listening(rig.world, ana.bearer, "user") as socket:
        status = await ana.publish("Hello")
        (frame,) = await socket.frames()
    assert frame["stream"] == ["user"]
    assert isinstance(frame["payload"], str)
    shown = payload(frame)
    assert (shown["id"], shown["content"]) == (status["id"], "<p>Hello</p>")
    assert shown.keys() == (await ana.get(f"/api/v1/statuses/{status['id']}")).keys()


async def test_one_connection_listens_to_several_streams_until_it_does_not_want_to(
    rig: Rig, ana: Client
) -> None:
    async with listening(rig.world, ana.bearer, "user", "public:local") as socket:
        await ana.publish("One")
        assert sorted(told(await socket.frames())) == [("public:local", "update"), ("user", "update")]
        await socket.ask("unsubscribe", "user")
        await ana.publish("Two")
        assert told(await socket.frames()) == [("public:local", "update")]
        await socket.ask("unsubscribe", "user")
        assert await socket.frames() == []


@pytest.mark.parametrize(
    ("text", "error", "status"),
    [
        ("{", "The message cannot be read", 400),
        ("[]", "The message cannot be read", 400),
        ('"subscribe"', "The message cannot be read", 400),
        ("x" * 5000, "The message cannot be read", 400),
        ('{"type":"shout","stream":"user"}', "Unknown message type", 400),
        ('{"type":"subscribe","stream":["user"]}', "The stream is missing", 400),
        ('{"type":"subscribe"}', "The stream is missing", 400),
        ('{"type":"subscribe","stream":"hashtag"}', "The parameter tag is missing", 400),
        ('{"type":"subscribe","stream":"hashtag","tag":7}', "The parameter tag is missing", 400),
        ('{"type":"subscribe","stream":"list","list":"x"}', "The parameter list is missing", 400),
        ('{"type":"subscribe","stream":"list","list":"99"}', "Record not found", 404),
    ],
)
async def test_what_cannot_be_understood_is_answered_with_an_error(
    rig: Rig, ana: Client, text: str, error: str, status: int
) -> None:
    socket = await Socket.open(rig.world, header=ana.bearer)
    socket.say(text)
    assert await socket.frames() == [{"error": error, "status": status}]
    await socket.leave()


async def test_bytes_are_no_message(rig: Rig, ana: Client) -> None:
    socket = await Socket.open(rig.world, header=ana.bearer)
    socket.tell({"type": "websocket.receive", "bytes": b"{}"})
    assert [frame["status"] for frame in await socket.frames()] == [400]
    await socket.leave()


@pytest.mark.parametrize(
    ("scopes", "stream", "status"),
    [
        ("write", "user", 403),
        ("read:accounts", "user", 403),
        ("read:statuses", "user:notification", 403),
        ("read:accounts", "list", 403),
        ("read:statuses", "list", 404),
        ("read:lists", "list", 404),
        ("read:notifications", "public", 403),
        ("follow", "direct", 403),
    ],
)
async def test_O08_a_stream_needs_its_scope(
    rig: Rig, ana: Client, scopes: str, stream: str, status: int
) -> None:
    narrow = await rig.token(ana, scopes)
    refused = await Socket.open(
        rig.world, query={"access_token": narrow.bearer, "stream": stream, "list": "1"}
    )
    assert refused.refusal == status
    socket = await Socket.open(rig.world, header=narrow.bearer)
    await socket.ask("subscribe", stream, list="1")
    assert [frame["status"] for frame in await socket.frames()] == [status]
    await socket.leave()


async def test_O08_notifications_of_the_home_stream_need_their_own_scope(
    rig: Rig, ana: Client, ben: Client
) -> None:
    narrow = await rig.token(ana, "read:statuses")
    async with listening(rig.world, narrow.bearer, "user") as socket:
        await ben.post(f"/api/v1/accounts/{ana.id}/follow")
        assert await socket.frames() == []


@pytest.mark.parametrize("stream", ["user", "user:notification", "direct", "list"])
async def test_what_is_a_members_own_needs_a_login(rig: Rig, stream: str) -> None:
    assert (await Socket.open(rig.world, query={"stream": stream, "list": "1"})).refusal == 401
    socket = await Socket.open(rig.world)
    await socket.ask("subscribe", stream, list="1")
    assert [frame["status"] for frame in await socket.frames()] == [401]
    await socket.leave()


async def test_a_bad_token_and_another_path_are_refused_like_any_request(rig: Rig) -> None:
    bad = await Socket.open(rig.world, subprotocols=("nonsense",))
    assert (bad.refusal, bad.body) == (401, {"error": "The access token is invalid"})
    elsewhere = await Socket.open(rig.world, path="/api/v1/streaming/user")
    assert (elsewhere.refusal, elsewhere.body) == (404, {"error": "Record not found"})


async def test_O25_the_list_of_another_member_is_no_stream(rig: Rig, ana: Client, ben: Client) -> None:
    made = await ben.post("/api/v1/lists", title="Mine")
    socket = await Socket.open(rig.world, header=ana.bearer)
    await socket.ask("subscribe", "list", list=made["id"])
    assert await socket.frames() == [{"error": "Record not found", "status": 404}]
    await socket.leave()


async def test_O25_a_connection_has_so_many_streams_and_no_more(rig: Rig, ana: Client) -> None:
    socket = await Socket.open(rig.world, header=ana.bearer)
    for number in range(MOST_SUBSCRIPTIONS):
        await socket.ask("subscribe", "hashtag", tag=f"tag{number}")
    assert await socket.frames() == []
    await socket.ask("subscribe", "user")
    assert [frame["status"] for frame in await socket.frames()] == [429]
    await socket.ask("subscribe", "hashtag", tag="tag1")
    assert await socket.frames() == []
    await socket.leave()


async def test_O25_who_says_too_much_is_sent_away(rig: Rig, ana: Client) -> None:
    socket = await Socket.open(rig.world, header=ana.bearer)
    for _ in range(MOST_MESSAGES_PER_MINUTE + 1):
        socket.say("{}")
    await socket.end()
    while (message := await socket.next())["type"] != "websocket.close":
        pass
    assert message["code"] == 1008
    assert not list(hub_of(rig.world).subscribers)


async def test_O25_a_client_that_does_not_read_is_cut_off_and_costs_no_more_than_its_queue(
    rig: Rig, ana: Client
) -> None:
    socket = await Socket.open(rig.world, header=ana.bearer)
    await socket.ask("subscribe", "user")
    socket.reads.clear()
    (subscriber,) = hub_of(rig.world).subscribers
    for _ in range(MOST_WAITING + 2):
        subscriber.say("x")
    assert subscriber.ended is not None
    assert subscriber.ended.code == 1013
    socket.reads.set()
    await socket.end()


async def test_O25_so_many_connections_of_one_member_and_of_one_address(
    databases: Databases, settings: Settings, clock: FakeClock
) -> None:
    settings = replace(
        settings,
        database=DatabaseSettings(url=databases.with_tables()),
        limits=Limits(streams_per_member=3, streams_per_address=2),
    )
    async with rig_for(settings, clock) as rig:
        ana, ben = await rig.member("ana"), await rig.member("ben")
        open_now = [await Socket.open(rig.world, header=ana.bearer) for _ in range(3)]
        assert (await Socket.open(rig.world, header=ana.bearer, address="203.0.113.1")).refusal == 429
        open_now += [await Socket.open(rig.world, address="2001:db8::1") for _ in range(2)]
        assert (await Socket.open(rig.world, address="2001:db8::2")).refusal == 429
        open_now.append(await Socket.open(rig.world, header=ben.bearer))
        assert all(socket.accepted for socket in open_now)
        await open_now[0].leave()
        open_now[0] = await Socket.open(rig.world, header=ana.bearer)
        assert open_now[0].accepted
        for socket in open_now:
            await socket.leave()


async def test_a_connection_that_listens_to_nothing_ends(rig: Rig, ana: Client) -> None:
    hub: Hub = hub_of(rig.world)
    hub.heartbeat_seconds = 0.01
    idle = await Socket.open(rig.world, header=ana.bearer)
    busy = await Socket.open(rig.world, header=ana.bearer)
    await busy.ask("subscribe", "user")
    rig.clock.advance(minutes=6)
    closed = await idle.next()
    assert (closed["type"], closed["code"]) == ("websocket.close", 1000)
    await idle.end()
    assert len(list(hub.subscribers)) == 1
    await busy.leave()
