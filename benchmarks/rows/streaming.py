"""Streams: what idle ones cost, and what one post costs that many of them show."""

import asyncio
import time
from contextlib import AsyncExitStack

import aiohttp

from benchmarks.resolver import LocalResolver
from benchmarks.target import Target

IDLE_SECONDS = 60
_AT_ONCE = 50


async def idle(target: Target, *, count: int, port: int) -> dict[str, float]:
    """Return what `count` WebSockets on which nothing happens add: MiB, and the share of a core.

    The limits of streams have to be off, as they are in development mode.
    """
    await target.settle()
    before = target.usage()
    async with AsyncExitStack() as stack:
        await _open(target, stack, count)
        await target.settle()
        opened = target.usage()
        began = time.monotonic()
        await asyncio.sleep(IDLE_SECONDS)
        after = target.usage()
        return {
            "sockets": count,
            "memory_mib": opened.memory_mib - before.memory_mib,
            "core_percent": after.since(opened) / (time.monotonic() - began) * 100,
        }


async def fan_out(target: Target, *, count: int, port: int, sockets: int = 1000) -> dict[str, float]:
    """Return the CPU seconds of one post that `sockets` WebSockets show, from posting to the last frame."""
    async with AsyncExitStack() as stack:
        opened = await _open(target, stack, sockets)
        await target.settle()
        before = target.usage()
        began = time.monotonic()
        for number in range(count):
            await target.post("/api/v1/statuses", status=f"streamed {number}", visibility="public")
            await asyncio.gather(*(_until_told(socket) for socket in opened))
        seconds = time.monotonic() - began
        await target.settle()
        return {
            "sockets": sockets,
            "cpu_seconds_per_post": target.usage().since(before) / count,
            "seconds_to_the_last": seconds / count,
        }


async def _open(target: Target, stack: AsyncExitStack, count: int) -> list[aiohttp.ClientWebSocketResponse]:
    """Return WebSockets that listen to the home of the member."""
    connector = aiohttp.TCPConnector(limit=0, resolver=LocalResolver())
    session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
    room = asyncio.Semaphore(_AT_ONCE)

    async def one() -> aiohttp.ClientWebSocketResponse:
        async with room:
            socket = await session.ws_connect(
                f"{target.base_url}/api/v1/streaming", protocols=[target.token], max_msg_size=0
            )
            await socket.send_json({"type": "subscribe", "stream": "user"})
            return socket

    return await asyncio.gather(*(one() for _ in range(count)))


async def _until_told(socket: aiohttp.ClientWebSocketResponse) -> None:
    while (await socket.receive_json())["event"] != "update":
        pass
