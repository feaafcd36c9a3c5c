"""Reads: actor and note as activity+json, WebFinger, home timeline, one status, search; and posting."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks.fleet import Fleet
from benchmarks.rows.fan_out import follow_member, until_arrived
from benchmarks.target import Target

_AT_ONCE = 8
_WARMING = 20
_FOUND = 20
_INDEXED_WITHIN_SECONDS = 120


async def measure(
    target: Target, count: int, once: Callable[[], Awaitable[Any]], *, settles: bool = False
) -> dict[str, float]:
    """Return the cost of `once`; with `settles` also of what the server does because of it afterwards."""
    for _ in range(_WARMING):
        await once()
    await target.settle()
    before = target.usage()
    left = iter(range(count))

    async def repeat() -> None:
        for _ in left:
            await once()

    await asyncio.gather(*(repeat() for _ in range(_AT_ONCE)))
    if settles:
        await target.settle()
    return {"cpu_seconds_per_1000": target.usage().since(before) / count * 1000}


async def home(target: Target, *, count: int, port: int) -> dict[str, float]:
    """Return the cost of `GET /api/v1/timelines/home?limit=40`."""
    return await measure(target, count, lambda: target.get("/api/v1/timelines/home", limit=40))


async def search(target: Target, *, count: int, port: int) -> dict[str, float]:
    """Return the cost of a search for a word that 20 of the member's posts have, once they are found."""
    for number in range(_FOUND):
        await target.post("/api/v1/statuses", status=f"a measured kestrel {number}", visibility="public")

    async def once() -> int:
        found = await target.get("/api/v2/search", q="kestrel", type="statuses", limit=_FOUND)
        return len(found["statuses"])

    for _ in range(_INDEXED_WITHIN_SECONDS):
        if await once() >= _FOUND:
            break
        await asyncio.sleep(1)
    else:
        raise RuntimeError("the posts were not found in time")
    return await measure(target, count, once)


async def webfinger(target: Target, *, count: int, port: int) -> dict[str, float]:
    """Return the cost of a WebFinger answer about the member."""
    me = await target.get("/api/v1/accounts/verify_credentials")
    host = target.base_url.partition("://")[2]
    resource = f"acct:{me['username']}@{host}"
    return await measure(target, count, lambda: target.get("/.well-known/webfinger", resource=resource))


async def posting(target: Target, *, count: int, port: int) -> dict[str, float]:
    """Return the cost of `POST /api/v1/statuses`, with all that follows from it on the server.

    Followers whom earlier rows left behind do not answer any more: measure it on a fresh instance.
    """
    return await measure(target, count, _poster(target), settles=True)


async def posting_to_followers(target: Target, *, count: int, port: int) -> dict[str, float]:
    """Return the same with 100 followers behind four shared inboxes, every delivery included."""
    async with Fleet(actors=100, hosts=4, port=port) as fleet:
        await follow_member(target, fleet)
        figures = await measure(target, count, _poster(target), settles=True)
        await until_arrived(fleet, 0, 4 * (count + _WARMING))
    return figures


def _poster(target: Target) -> Callable[[], Awaitable[Any]]:
    numbers = itertools.count()
    return lambda: target.post("/api/v1/statuses", status=f"measured {next(numbers)}", visibility="public")


async def actor(target: Target, *, count: int, port: int) -> dict[str, float]:
    """Return the cost of a signed GET of the member's actor."""
    return await _signed_get(target, count, port, await _uri_of_member(target))


async def note(target: Target, *, count: int, port: int) -> dict[str, float]:
    """Return the cost of a signed GET of a public note of the member."""
    status = await target.post("/api/v1/statuses", status="a note to be read", visibility="public")
    return await _signed_get(target, count, port, status["uri"])


async def _uri_of_member(target: Target) -> str:
    me = await target.get("/api/v1/accounts/verify_credentials")
    host = target.base_url.partition("://")[2]
    jrd = await target.get("/.well-known/webfinger", resource=f"acct:{me['username']}@{host}")
    uri: str = next(link["href"] for link in jrd["links"] if link["rel"] == "self")
    return uri


async def _signed_get(target: Target, count: int, port: int, uri: str) -> dict[str, float]:
    async with Fleet(actors=1, hosts=1, port=port) as fleet:
        stranger = fleet.strangers[0]

        async def once() -> None:
            headers = fleet.signed(stranger, "GET", uri) | {"Accept": "application/activity+json"}
            async with fleet.session.get(uri, headers=headers) as answer:
                await answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"{uri} answered {answer.status}")

        return await measure(target, count, once)
