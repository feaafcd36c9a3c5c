"""What a site's robots.txt says to programs like ours: kept in memory for each site."""

import asyncio
from typing import Final
from urllib.robotparser import RobotFileParser

from fediunion.kit.errors import Gone, NotAllowed, NotFound, Unreachable
from fediunion.kit.urls import parse_remote_url
from fediunion.world import World

AGENT: Final = "FediUnion"
"""What we are called in robots.txt."""

_MAX_BYTES: Final = 524_288
_MOST_SITES: Final = 400
_KEPT_SECONDS: Final = 3600.0


async def check_robots(world: World, url: str) -> None:
    """Raise NotAllowed where the site does not want programs to read an address.

    A site without a robots.txt allows everything; one whose robots.txt cannot be had for now nothing: raises
    as the client. Source: RFC 9309, section 2.3.1; its patterns with `*` are not read.
    """
    site = parse_remote_url(url).origin
    kept = world.cache("robots", _MOST_SITES, _KEPT_SECONDS)
    rules: RobotFileParser = await kept.load(site, lambda: _fetch(world, f"{site}/robots.txt"))
    if not await asyncio.to_thread(rules.can_fetch, AGENT, url):
        raise NotAllowed("the site asks programs not to read this page (robots.txt)")


async def _fetch(world: World, url: str) -> RobotFileParser:
    rules = RobotFileParser()
    try:
        response, _ = await world.client.fetch(url, accept="text/plain, */*;q=0.1", max_bytes=_MAX_BYTES)
        lines = response.body.decode("utf-8", "replace").splitlines()
    except (NotFound, Gone):
        lines = []
    except Unreachable as error:
        if error.reason != "http-4xx":
            raise
        lines = []
    await asyncio.to_thread(rules.parse, lines)
    return rules
