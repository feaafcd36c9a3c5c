"""How many statements pages with lists run: as many for a long list as for a short one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.social.follows.restrictions import mute
from fediunion.social.posts.service.interactions import bookmark, favourite
from tests.oauth.rig import Browser, Desk
from tests.web.pages.members import follow, write

FEW, MORE, MOST = 2, 6, 30
PAGES = (
    "/notifications",
    "/conversations",
    "/bookmarks",
    "/favourites",
    "/follow-requests",
    "/settings/mutes",
    "/search?q=person",
)


@asynccontextmanager
async def counted() -> AsyncIterator[list[str]]:
    """Give the statements that run meanwhile, in this process."""
    ran: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        ran.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield ran
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def fill(desk: Desk, start: int, end: int) -> None:
    """Let new people do something on each of the pages."""
    for number in range(start, end):
        name = f"person{number}"
        await desk.member(name)
        await write(desk, name, "@ana between us", audience=Audience.DIRECT)
        post = await write(desk, name, "Keep this")
        await follow(desk, name, "ana", asks=True)
        ana, other = await desk.union.actor("ana"), await desk.union.actor(name)

        def keep(session: Session, ana_id: int = ana.id, post_id: int = post.id) -> None:
            owner = session.get_one(Actor, ana_id)
            bookmark(session, owner, post_id)
            favourite(session, owner, post_id)

        await desk.db.write(keep)
        if number % 2:
            await desk.db.write(
                lambda session, a=ana.id, o=other.id: mute(
                    session, session.get_one(Actor, a), session.get_one(Actor, o)
                )
            )


async def statements(browser: Browser) -> dict[str, int]:
    """Return how many statements each page runs."""
    found = {}
    for path in PAGES:
        async with counted() as ran:
            assert (await browser.get(path)).status_code == 200
        found[path] = len(ran)
    return found


async def test_a_page_runs_as_many_statements_for_a_long_list_as_for_a_short_one(desk: Desk) -> None:
    await desk.member("ana")
    browser = await desk.signed_in("ana")
    await fill(desk, 0, FEW)
    # What is remembered of all members, such as who has filters, is read the first time.
    await statements(browser)
    few = await statements(browser)
    await fill(desk, FEW, MORE)
    assert await statements(browser) == few
    assert max(few.values()) <= MOST, few
