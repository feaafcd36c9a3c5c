"""A union whose board watches the site of an employer."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind
from fediunion.kit.sentences import said_again
from fediunion.union.vacancies.models import WatchedPage
from fediunion.union.vacancies.service.verifying import verify_employer
from fediunion.union.vacancies.watching.looking import look
from fediunion.union.vacancies.watching.service import get_watched, watch_page
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet, FakeSite
from tests.fakes.union import TestUnion, running
from tests.union.vacancies.samples import AS_OF

HOST = "careers.rco.example"
HOME = f"https://{HOST}"


def page_with(*postings: Any, before: str = "") -> bytes:
    """Return a web page that has postings in its JSON-LD."""
    value = postings[0] if len(postings) == 1 else list(postings)
    block = f'<script type="application/ld+json">{json.dumps(value)}</script>'
    return f"<!doctype html><title>Jobs</title>{before}{block}<p>Words</p>".encode()


@dataclass
class Watch:
    """The union, its board, and the employer's site."""

    union: TestUnion
    board: Actor
    clock: FakeClock
    internet: FakeInternet
    site: FakeSite

    async def begin(self, path: str, *, kind: str = "page", publishes: bool = False, every: int = 60) -> int:
        """Watch something of the site; return its id."""

        def work(session: Session) -> int:
            board = session.get_one(Actor, self.board.id)
            page = watch_page(
                session,
                board,
                HOME + path,
                kind=kind,
                publishes=publishes,
                every_minutes=every,
                by="operator",
            )
            return page.id

        return await self.union.world.db.write(work)

    async def look(self, page_id: int) -> str:
        """Look once, now; return what is said about it."""

        def due(session: Session) -> None:
            get_watched(session, page_id).next_look_at = self.clock.now()

        await self.union.world.db.write(due)
        await look(self.union.world, page_id)
        return str(said_again((await self.page(page_id)).outcome))

    async def page(self, page_id: int) -> WatchedPage:
        """Return the row of what is watched."""
        return await self.union.world.db.read(get_watched, page_id)

    async def confirm(self, *domains: str, employer: str = "Relief Coordination Office") -> None:
        """Say which sites are the employer's."""

        def work(session: Session) -> None:
            verify_employer(session, employer, domains, by="operator")

        await self.union.world.db.write(work)

    def asked(self, path: str) -> list[Any]:
        """Return the requests for something of the site."""
        return [each for each in self.internet.requests_to(HOST) if each.url == HOME + path]

    def pages_asked(self) -> list[str]:
        """Return the addresses that were asked for on the site, but for its robots.txt."""
        sent = [each.url for each in self.internet.requests_to(HOST)]
        return [url for url in sent if url != f"{HOME}/robots.txt"]


@pytest.fixture
async def watch(databases: Databases) -> AsyncIterator[Watch]:
    """A board that watches nothing yet."""
    clock, internet, site = FakeClock(AS_OF), FakeInternet(), FakeSite()
    internet.join(HOST, site)
    union = await TestUnion.start(internet, "ictysu.example", databases.with_tables(), clock)
    async with running(union):
        yield Watch(union, await union.member("jobs", kind=ActorKind.BOARD), clock, internet, site)
