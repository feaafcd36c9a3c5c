"""Unions with campaign actors, at the moment that the sample data are of."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import ActorKind
from fediunion.actors.queries import find_local_actor
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.service.drafting import create_draft
from fediunion.union.campaigns.service.publishing import publish_call
from fediunion.union.campaigns.terms.call import CallTerms
from tests.databases import Databases
from tests.fakes import bonds
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import TestUnion, running, settle
from tests.union.campaigns.samples import AS_OF, CLOSES, OPENS, call_terms
from tests.union.campaigns.unions import Three, three_unions

T = TypeVar("T")


@dataclass
class Allies:
    """Unions that have an actor `campaigns` each, and the strangers beside them. `ccisua` leads the calls."""

    internet: FakeInternet
    clock: FakeClock
    ccisua: TestUnion
    ictysu: TestUnion
    strangers: list[Stranger] = field(default_factory=list)

    async def settle(self) -> None:
        """Let everybody do what is due."""
        await settle(self.ccisua, self.ictysu)

    async def pass_until(self, moment: str) -> None:
        """Let time go by until then, and what falls due be done."""
        self.clock.advance((datetime.fromisoformat(moment) - self.clock.now()).total_seconds())
        await self.settle()

    async def affiliate(self) -> None:
        """Let the two unions share calls."""
        await bonds.affiliate(self.ictysu, self.ccisua)

    async def follower(self, host: str, whom: str = "campaigns@ccisua.example") -> StrangeActor:
        """Return somebody at a server of its own who follows an actor, with what it received emptied."""
        server = await Stranger(self.internet, host, clock=self.clock).start()
        reader = server.add_actor("reader")
        followed = await self.ccisua.actor(whom)
        await reader.post(followed.inbox_url, reader.activity("Follow", followed.uri))
        await self.settle()
        server.received.clear()
        return reader


async def draft(
    union: TestUnion,
    terms: CallTerms | None = None,
    *,
    opens: datetime = OPENS,
    closes: datetime = CLOSES,
    audience: Audience = Audience.PUBLIC,
    **more: Any,
) -> CampaignCall:
    """Return a new draft of the union's actor `campaigns`; C-01 without its pledge, where nothing is said."""

    def work(session: Session) -> CampaignCall:
        actor = find_local_actor(session, "campaigns")
        assert actor is not None
        said = terms or call_terms()
        return create_draft(session, actor, said, opens, closes, audience, by="tests", **more)

    return await union.world.db.write(work)


async def publish(union: TestUnion, terms: CallTerms | None = None, **more: Any) -> CampaignCall:
    """Return a call just published; it is open, unless it `opens` later. As `draft`."""
    made = await draft(union, terms, **more)
    await change(union, made, publish_call, by="tests")
    return await again(union, made)


async def change(union: TestUnion, call: CampaignCall, do: Callable[..., T], *more: Any, **named: Any) -> T:
    """Let a union do something of the services with a call of its own."""

    def work(session: Session) -> T:
        return do(session, session.get_one(CampaignCall, call.id), *more, **named)

    return await union.world.db.write(work)


async def again(union: TestUnion, call: CampaignCall) -> CampaignCall:
    """Return a call as it is now."""

    def read(session: Session) -> CampaignCall:
        return session.get_one(CampaignCall, call.id)

    return await union.world.db.read(read)


async def calls(union: TestUnion) -> list[CampaignCall]:
    """Return all calls that a union knows, the oldest first."""

    def found(session: Session) -> list[CampaignCall]:
        return list(session.scalars(select(CampaignCall).order_by(CampaignCall.id)))

    return await union.world.db.read(found)


@pytest.fixture
async def allies(databases: Databases) -> AsyncIterator[Allies]:
    """Two unions that know nothing of each other yet."""
    clock, internet = FakeClock(AS_OF), FakeInternet()
    ccisua, ictysu = [
        await TestUnion.start(internet, domain, databases.with_tables(), clock)
        for domain in ("ccisua.example", "ictysu.example")
    ]
    async with running(ccisua, ictysu):
        for union in (ccisua, ictysu):
            await union.member("campaigns", kind=ActorKind.FEED)
        yield Allies(internet, clock, ccisua, ictysu)


@pytest.fixture
async def three(databases: Databases, tmp_path: Path) -> AsyncIterator[Three]:
    """Three unions that share calls."""
    async with three_unions(databases, tmp_path) as made:
        yield made
