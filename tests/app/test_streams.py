"""Streams on a real socket: the handshake through all that requests pass, frames too long, floods."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import aiohttp
import pytest
from sqlalchemy.orm import Session

from fediunion.api.streaming.joining import hub_of
from fediunion.api.streaming.socket import LONGEST_MESSAGE
from fediunion.app.protocol import MOST_PINGS_PER_MINUTE
from fediunion.app.serve import ServerRole, listen, run_world
from fediunion.config import Instance, Mode, Scheme
from fediunion.members.service import create_member
from fediunion.members.tokens import create_token
from fediunion.world import World
from tests.fakes.union import new_keys

PATIENCE_SECONDS = 300


@dataclass
class Running:
    """A world behind a port of this machine."""

    world: World
    port: int
    bearer: str
    stop: asyncio.Event
    http: aiohttp.ClientSession

    def url(self, path: str = "/api/v1/streaming") -> str:
        """Return an address on the port."""
        return f"http://127.0.0.1:{self.port}{path}"


@pytest.fixture
async def running(world: World) -> AsyncIterator[Running]:
    listener = listen("127.0.0.1", 0)
    port: int = listener.getsockname()[1]
    authority = f"127.0.0.1:{port}"
    instance = Instance(domain=authority, title="union", mode=Mode.DEVELOPMENT, scheme=Scheme.HTTP)
    world = World(replace(world.settings, instance=instance), world.clock, world.db, world.client)
    world.watch_changes()

    def unit(session: Session) -> str:
        keys = new_keys(world.settings)
        return create_token(session, create_member(session, username="ana", keys=keys), "read", "Test")

    bearer = await world.db.write(unit)
    stop, ready = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(run_world(world, ServerRole.WEB, listener, stop, lambda _: ready.set()))
    await ready.wait()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE_SECONDS)) as http:
        yield Running(world, port, bearer, stop, http)
    stop.set()
    await serving


async def ended(socket: aiohttp.ClientWebSocketResponse) -> aiohttp.WSMessage:
    """Return the last message of a connection that the server ends."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (message := await socket.receive()).type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.PONG):
            pass
        return message


async def test_a_browser_that_offers_its_token_as_a_subprotocol_hears_it_back(running: Running) -> None:
    async with running.http.ws_connect(running.url(), protocols=[running.bearer], compress=15) as socket:
        assert socket.protocol == running.bearer
        # What is compressed would cost memory for every idle connection.
        assert not socket.compress
        await socket.send_str("{")
        assert await socket.receive_json() == {"error": "The message cannot be read", "status": 400}


async def test_a_refused_handshake_is_an_answer_like_any_other(running: Running) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await running.http.ws_connect(running.url(), protocols=["nonsense"])
    assert refused.value.status == 401
    assert refused.value.headers is not None
    assert refused.value.headers["X-Content-Type-Options"] == "nosniff"


async def test_O21_a_socket_for_another_host_is_refused(running: Running) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await running.http.ws_connect(running.url(), headers={"Host": "evil.example"})
    assert refused.value.status == 421


async def test_O25_cookies_and_a_foreign_origin_give_no_more_than_a_stranger_has(running: Running) -> None:
    headers = {"Origin": "https://evil.example", "Cookie": f"__Host-session={running.bearer}"}
    async with running.http.ws_connect(running.url(), headers=headers) as socket:
        await socket.send_json({"type": "subscribe", "stream": "user"})
        assert (await socket.receive_json())["status"] == 401


async def test_O25_a_frame_of_16_mb_ends_the_connection_before_it_is_read(running: Running) -> None:
    socket = await running.http.ws_connect(running.url(), protocols=[running.bearer])
    with contextlib.suppress(ConnectionError):
        await socket.send_str("x" * (LONGEST_MESSAGE + 1))
    last = await ended(socket)
    assert last.type is aiohttp.WSMsgType.CLOSE
    assert last.data == 1009
    huge = await running.http.ws_connect(running.url(), protocols=[running.bearer])
    with contextlib.suppress(ConnectionError):
        await huge.send_bytes(bytes(16 << 20))
    assert (await ended(huge)).type is not aiohttp.WSMsgType.TEXT
    await socket.close()
    await huge.close()


async def test_O25_a_flood_of_pings_ends_the_connection(running: Running) -> None:
    socket = await running.http.ws_connect(running.url(), protocols=[running.bearer], autoping=False)
    with contextlib.suppress(ConnectionError):
        for _ in range(MOST_PINGS_PER_MINUTE + 10):
            await socket.ping()
    assert (await ended(socket)).type is not aiohttp.WSMsgType.PONG
    await socket.close()


async def test_streams_end_when_the_server_stops(running: Running) -> None:
    socket = await running.http.ws_connect(running.url(), protocols=[running.bearer])
    headers = {"Authorization": f"Bearer {running.bearer}"}
    events = await running.http.get(running.url("/api/v1/streaming/user"), headers=headers)
    assert await events.content.readline() == b":)\n"
    await socket.send_json({"type": "subscribe", "stream": "user"})
    running.stop.set()
    last = await ended(socket)
    assert (last.type, last.data) == (aiohttp.WSMsgType.CLOSE, 1012)
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await events.content.read() == b""
    events.close()
    await socket.close()


async def test_server_sent_events_are_open_to_scripts_of_other_sites(running: Running) -> None:
    async with running.http.get(running.url("/api/v1/streaming/public")) as events:
        assert events.headers["Access-Control-Allow-Origin"] == "*"
        assert events.headers["Content-Type"] == "text/event-stream"
        assert len(list(hub_of(running.world).subscribers)) == 1
