"""Open pages hear of new posts: of those that they would show, and as long as somebody is signed in."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.members.models import Member
from fediunion.members.sessions import end_sessions
from fediunion.social.lists.models import AccountList
from fediunion.social.posts.models import Post
from fediunion.web.live import LiveDesk
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.oauth.rig import DOMAIN, Browser, Desk, desk_for
from tests.web.pages.members import follow, press, write

PATIENCE_SECONDS = 300.0
Message = MutableMapping[str, Any]


@pytest.fixture
async def desk(databases: Databases, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Desk]:
    """An instance that hears from PostgreSQL what it announced itself, as one that is served does."""
    async with desk_for(databases.with_tables(), tmp_path, clock, listens=True) as opened:
        yield opened


@dataclass
class Hearing:
    """A stream, as the browser reads it."""

    sent: "asyncio.Queue[Message]" = field(default_factory=asyncio.Queue)
    received: "asyncio.Queue[Message]" = field(default_factory=asyncio.Queue)
    task: "asyncio.Task[None] | None" = None
    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)

    async def text(self) -> str:
        """Return the next text, "" for the end."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return str((await self.sent.get())["body"].decode())

    async def ended(self) -> None:
        """Wait until the server is done."""
        assert self.task is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.task


@asynccontextmanager
async def hearing(desk: Desk, browser: Browser, path: str) -> AsyncIterator[Hearing]:
    """Open a stream, and close it as a browser does that goes on to another page."""
    found = Hearing()
    scope: Message = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "https",
        "http_version": "1.1",
        "headers": [
            (b"host", DOMAIN.encode()),
            (b"accept", b"text/event-stream"),
            (b"cookie", f"__Host-session={browser.cookie}".encode()),
        ],
        "client": ("198.51.100.9", 1),
        "server": (DOMAIN, 443),
    }
    found.received.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    found.task = asyncio.ensure_future(desk.union.app(scope, found.received.get, found.sent.put))
    async with asyncio.timeout(PATIENCE_SECONDS):
        start = await found.sent.get()
    found.status, found.headers = start["status"], dict(start["headers"])
    try:
        yield found
    finally:
        found.received.put_nowait({"type": "http.disconnect"})
        await found.ended()


def told_of(post: Post) -> str:
    return f"event: update\ndata: {post.id}\n\n"


async def test_home_hears_of_whom_one_follows_and_of_nobody_else(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben"), await desk.member("cleo")
    await follow(desk, "ana", "ben")
    browser = await desk.signed_in()
    async with hearing(desk, browser, "/live/home") as home:
        assert (home.status, home.headers[b"content-type"]) == (200, b"text/event-stream; charset=utf-8")
        assert home.headers[b"cache-control"] == b"no-store"
        assert (await home.text()).startswith("retry: ")
        await write(desk, "cleo", "Not for ana")
        post = await write(desk, "ben", "For ana")
        assert await home.text() == told_of(post)


async def test_V12_this_server_hears_of_what_its_members_may_read(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    async with hearing(desk, await desk.signed_in(), "/live/local") as local:
        assert (await local.text()).startswith("retry: ")
        await write(desk, "ben", "Between us", audience=Audience.DIRECT)
        post = await write(desk, "ben", "For all of us")
        assert await local.text() == told_of(post)


async def test_V12_the_network_hears_of_what_is_for_the_network_alone(desk: Desk) -> None:
    await desk.member("ana"), await desk.union.member("ben")
    ana = await desk.signed_in()
    assert 'data-live="/live/network" data-newer="/network/newer"' in (await ana.get("/network")).text
    async with hearing(desk, ana, "/live/network") as network:
        assert (await network.text()).startswith("retry: ")
        for audience in (Audience.DIRECT, Audience.LOCAL, Audience.PUBLIC, Audience.FOLLOWERS):
            await write(desk, "ben", f"Not here: {audience}", audience=audience)
        post = await write(desk, "ben", "For the network", audience=Audience.NETWORK)
        assert await network.text() == told_of(post)
    rows = (await ana.get("/network/newer", params={"after": str(post.id - 1)})).text
    assert "For the network" in rows
    assert "Not here" not in rows


async def test_a_list_hears_of_whom_is_on_it_and_belongs_to_one(desk: Desk) -> None:
    await desk.member("ana"), await desk.member("ben")
    await follow(desk, "ana", "ben")
    ana, ben = await desk.signed_in(), await desk.union.actor("ben")
    await press(ana, "/settings/lists", "/settings/lists", title="Congress")
    (row,) = await desk.rows(AccountList)
    await press(ana, "/@ben", f"/people/{ben.id}/lists", **{"list[]": str(row.id)})
    async with hearing(desk, ana, f"/live/lists/{row.id}") as stream:
        assert (await stream.text()).startswith("retry: ")
        post = await write(desk, "ben", "On the list")
        assert await stream.text() == told_of(post)
    assert (await (await desk.signed_in("ben")).get(f"/live/lists/{row.id}")).status_code == 404


async def test_O10_who_is_signed_out_hears_nothing_more(desk: Desk) -> None:
    member = await desk.member("ana")
    await desk.member("ben")
    browser = await desk.signed_in()
    live = desk.union.world.part(LiveDesk)
    async with hearing(desk, browser, "/live/local") as local:
        assert (await local.text()).startswith("retry: ")
        await desk.on(member, _sign_out)
        await write(desk, "ben", "Too late")
        await live.settle()
        live.beat_seconds = 0.0
        live.end_all()
        assert await local.text() == ""


async def test_a_stream_ends_by_itself_when_its_session_is_over(desk: Desk) -> None:
    member = await desk.member("ana")
    browser = await desk.signed_in()
    desk.union.world.part(LiveDesk).beat_seconds = 0.0
    async with hearing(desk, browser, "/live/home") as home:
        assert (await home.text()).startswith("retry: ")
        assert await home.text() == ":\n\n"
        await desk.on(member, _sign_out)
        while (text := await home.text()) != "":
            assert text == ":\n\n"
        await home.ended()


async def test_a_server_that_stops_ends_the_streams(desk: Desk) -> None:
    await desk.member("ana")
    async with hearing(desk, await desk.signed_in(), "/live/home") as home:
        assert (await home.text()).startswith("retry: ")
        desk.union.world.part(LiveDesk).end_all()
        assert await home.text() == ""
        await home.ended()


async def test_O25_a_member_has_so_many_streams_and_no_more(
    databases: Databases, tmp_path: Path, clock: FakeClock
) -> None:
    opening = desk_for(databases.with_tables(), tmp_path, clock, enabled=True, streams_per_member=1)
    async with opening as desk:
        await desk.member("ana"), await desk.member("ben")
        browser = await desk.signed_in()
        async with hearing(desk, browser, "/live/home") as home:
            assert (await home.text()).startswith("retry: ")
            assert (await browser.get("/live/home")).status_code == 503
            async with hearing(desk, await desk.signed_in("ben"), "/live/home") as other:
                assert other.status == 200


async def test_strangers_hear_nothing(desk: Desk) -> None:
    for path in ("/live/home", "/live/local", "/live/lists/1"):
        assert (await desk.browser().get(path)).status_code == 303


def _sign_out(session: Any, member: Member) -> None:
    end_sessions(session, member)
