"""Unions with boards, at the moment that the sample data are of."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import ActorKind
from fediunion.actors.queries import find_local_actor
from fediunion.union.vacancies.models import Vacancy
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.service import create_draft, publish_vacancy
from fediunion.union.vacancies.service.employers import confirm_employer
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import TestUnion, running, settle
from tests.union.vacancies.samples import AS_OF

T = TypeVar("T")


@dataclass
class Halls:
    """Unions that have a board `jobs` each, and the strangers beside them."""

    internet: FakeInternet
    clock: FakeClock
    ictysu: TestUnion
    nairobi: TestUnion
    strangers: list[Stranger] = field(default_factory=list)

    async def settle(self) -> None:
        """Let everybody do what is due."""
        await settle(self.ictysu, self.nairobi)

    async def pass_until(self, moment: str) -> None:
        """Let time go by until then, and what falls due be done."""
        from datetime import datetime

        self.clock.advance((datetime.fromisoformat(moment) - self.clock.now()).total_seconds())
        await self.settle()

    async def follower(self, host: str, whom: str = "jobs@ictysu.example") -> StrangeActor:
        """Return somebody at a server of its own who follows a board, with what it received emptied."""
        server = await Stranger(self.internet, host, clock=self.clock).start()
        reader = server.add_actor("reader")
        union = self.ictysu if whom.endswith("@ictysu.example") else self.nairobi
        board = await union.actor(whom)
        await reader.post(board.inbox_url, reader.activity("Follow", board.uri))
        await self.settle()
        server.received.clear()
        return reader


async def publish(union: TestUnion, notice: Notice, *, board: str = "jobs", official: bool = True) -> Vacancy:
    """Return a vacancy just published; with `official` its employer's sites are confirmed before."""

    def work(session: Session) -> Vacancy:
        if official:
            confirm_employer(session, notice.employer, notice.verified_domains, by="tests")
        actor = find_local_actor(session, board)
        assert actor is not None
        vacancy = create_draft(session, actor, notice, by="tests")
        publish_vacancy(session, vacancy, by="tests")
        return vacancy

    return await union.world.db.write(work)


async def change(union: TestUnion, vacancy: Vacancy, do: Callable[..., T], *more: Any, **named: Any) -> T:
    """Let a union do something of the service with a vacancy of its own."""

    def work(session: Session) -> T:
        return do(session, session.get_one(Vacancy, vacancy.id), *more, **named)

    return await union.world.db.write(work)


async def vacancies(union: TestUnion) -> list[Vacancy]:
    """Return all vacancies that a union knows, the oldest first."""

    def found(session: Session) -> list[Vacancy]:
        return list(session.scalars(select(Vacancy).order_by(Vacancy.id)))

    return await union.world.db.read(found)


@pytest.fixture
async def halls(databases: Databases) -> AsyncIterator[Halls]:
    """Two unions that know nothing of each other yet."""
    clock, internet = FakeClock(AS_OF), FakeInternet()
    ictysu, nairobi = [
        await TestUnion.start(internet, domain, databases.with_tables(), clock)
        for domain in ("ictysu.example", "nairobisu.example")
    ]
    async with running(ictysu, nairobi):
        for union in (ictysu, nairobi):
            await union.member("jobs", kind=ActorKind.BOARD)
        yield Halls(internet, clock, ictysu, nairobi)
