"""Pages: the home of a signed-in member as HTML, and how long the server takes for one."""

import re
import time
from collections.abc import Sequence
from typing import Final

import aiohttp

from benchmarks.resolver import LocalResolver
from benchmarks.rows.reads import measure
from benchmarks.target import Target

_HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


async def home(target: Target, *, count: int, port: int) -> dict[str, float]:
    """Return the cost of the page `/home`, and how long it takes when nobody else asks, in milliseconds.

    The member signs in with `--password-file`. The times include sending the page over loopback.
    """
    del port
    connector = aiohttp.TCPConnector(resolver=LocalResolver())
    async with aiohttp.ClientSession(connector=connector) as browser:
        await _sign_in(browser, target)

        async def once() -> float:
            begun = time.perf_counter()
            page = await _page(browser, f"{target.base_url}/home")
            if 'class="tl"' not in page and "<article" not in page:
                raise RuntimeError("the page has no posts")
            return (time.perf_counter() - begun) * 1000

        figures = await measure(target, count, once)
        times = [await once() for _ in range(count)]
    return figures | {"p50_ms": percentile(times, 50), "p95_ms": percentile(times, 95)}


def percentile(times: Sequence[float], percent: int) -> float:
    """Return the time that `percent` of them are not above."""
    return sorted(times)[max(0, -(-len(times) * percent // 100) - 1)]


async def _sign_in(browser: aiohttp.ClientSession, target: Target) -> None:
    me = await target.get("/api/v1/accounts/verify_credentials")
    fields = dict(_HIDDEN.findall(await _page(browser, f"{target.base_url}/sign-in")))
    fields |= {"name": me["username"], "password": target.password}
    origin = {"Origin": target.base_url}
    answer = await browser.post(
        f"{target.base_url}/sign-in", data=fields, headers=origin, allow_redirects=False
    )
    async with answer:
        if answer.status != 303:
            raise RuntimeError(f"/sign-in answered {answer.status}")


async def _page(browser: aiohttp.ClientSession, address: str) -> str:
    async with browser.get(address, headers={"Accept": "text/html"}, allow_redirects=False) as answer:
        if answer.status != 200:
            raise RuntimeError(f"{address} answered {answer.status}")
        return await answer.text()
