"""Three unions that share calls: CCISUA leads, ICTYSU and GFTU may carry; and what they do together."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.app.metrics import Metrics
from fediunion.db import now_of
from fediunion.inbox.models import InboxActivity
from fediunion.union.affiliation.models import Affiliation, AffiliationKind, AffiliationStatus, Side
from fediunion.union.affiliation.service.trust import decide_trust, renew_trust
from fediunion.union.campaigns.models import CampaignCall, CoSponsor, Signature, SigningMode
from fediunion.union.campaigns.queries import find_call_by_uri
from fediunion.union.campaigns.signing.members import sign
from fediunion.union.campaigns.sponsors import service
from fediunion.union.campaigns.sponsors.queries import list_sponsors
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion, running, settle
from tests.union.campaigns.samples import AS_OF

DOMAINS = ("ccisua.example", "ictysu.example", "gftu.example")


@dataclass
class Three:
    """The unions, and what is between them."""

    internet: FakeInternet
    clock: FakeClock
    ccisua: TestUnion
    ictysu: TestUnion
    gftu: TestUnion

    async def settle(self) -> None:
        """Let everybody do what is due."""
        await settle(self.ccisua, self.ictysu, self.gftu)

    async def pass_seconds(self, seconds: float) -> None:
        """Let time go by, and what falls due be done."""
        self.clock.advance(seconds)
        await self.settle()


@asynccontextmanager
async def three_unions(databases: Databases, directory: Path) -> AsyncIterator[Three]:
    """Three unions, the second and the third affiliated to the first; mails are written below `directory`."""
    clock, internet = FakeClock(AS_OF), FakeInternet()
    ccisua, ictysu, gftu = [
        await TestUnion.start(
            internet, domain, databases.with_tables(), clock, directory=directory / domain.partition(".")[0]
        )
        for domain in DOMAINS
    ]
    async with running(ccisua, ictysu, gftu):
        for union in (ccisua, ictysu, gftu):
            await union.member("campaigns", kind=ActorKind.FEED)
        for other in (ictysu, gftu):
            await know_affiliation(other, ccisua)
        yield Three(internet, clock, ccisua, ictysu, gftu)


async def know_affiliation(child: TestUnion, parent: TestUnion) -> None:
    """Let two unions know that one is affiliated to the other, as if they had agreed long ago.

    How they agree is the matter of other tests, and takes longer than anything here.
    """
    uris = [f"https://{union.domain}/actors/union" for union in (child, parent)]
    for union, other, side in ((child, parent, Side.CHILD), (parent, child, Side.PARENT)):
        await union.actor(f"union@{other.domain}")

        def know(session: Session, side: Side = side) -> None:
            now = now_of(session)
            row = Affiliation(
                child_uri=uris[0],
                child_host=child.domain,
                parent_uri=uris[1],
                parent_host=parent.domain,
                kind=AffiliationKind.AFFILIATE,
                status=AffiliationStatus.ACTIVE,
                our_side=side,
                offered_by=Side.CHILD,
                uri=f"https://{child.domain}/affiliations/{child.domain}",
                slug=child.domain,
                offer='{"@context": "https://www.w3.org/ns/activitystreams"}',
                offer_uri=f"{uris[0]}/activities/{child.domain}",
                created_at=now,
                updated_at=now,
            )
            session.add(row)
            session.flush()
            renew_trust(session)

        await union.world.db.write(know)


async def offer(lead: TestUnion, call: CampaignCall, to: TestUnion) -> CoSponsor:
    """Return a co-sponsorship of a call, just offered."""
    found = await lead.actor(f"union@{to.domain}")

    def make(session: Session) -> CoSponsor:
        ours = session.get_one(CampaignCall, call.id)
        return service.offer_co_sponsorship(session, ours, session.get_one(Actor, found.id), by="tests")

    return await lead.world.db.write(make)


async def decide(union: TestUnion, call: CampaignCall, decision: Callable[..., Any], by_union: str) -> None:
    """Let a union do `decision`, of sponsors.service, about the co-sponsorship of a call by `by_union`."""

    def make(session: Session) -> None:
        found = list_sponsors(session, CampaignCall(uri=call.uri))
        row = next(each for each in found if each.host == by_union)
        decision(session, row, by="tests")

    await union.world.db.write(make)


async def carry(three: Three, call: CampaignCall, *unions: TestUnion) -> None:
    """Let unions carry a call of CCISUA: offered, accepted, and all done that follows."""
    for union in unions:
        await offer(three.ccisua, call, union)
    await three.settle()
    for union in unions:
        await decide(union, call, service.accept_co_sponsorship, union.domain)
    await three.settle()


async def states(union: TestUnion, call: CampaignCall) -> dict[str, str]:
    """Return how a union thinks that the co-sponsorships of a call stand, by the sponsor's server."""

    def read(session: Session) -> dict[str, str]:
        there = CampaignCall(uri=call.uri)
        return {row.host: row.state for row in list_sponsors(session, there)}

    return await union.world.db.read(read)


async def here(union: TestUnion, call: CampaignCall) -> CampaignCall:
    """Return a call as a union knows it."""
    found = await union.world.db.read(find_call_by_uri, call.uri or "")
    assert found is not None, f"{union.domain} does not know the call"
    return found


async def sign_as(
    union: TestUnion, call: CampaignCall, name: str, mode: SigningMode = SigningMode.COUNTED
) -> Signature:
    """Let a member of a union sign a call there."""
    known, member = await here(union, call), await union.actor(name)

    def work(session: Session) -> Signature:
        return sign(session, session.get_one(CampaignCall, known.id), session.get_one(Actor, member.id), mode)

    return await union.world.db.write(work)


async def sign_many(union: TestUnion, call: CampaignCall, names: Sequence[str]) -> None:
    """Make hidden members of a union, who sign a call."""
    for name in names:
        await union.member(name, reach=Reach.HIDDEN)
        await sign_as(union, call, name)


async def outcomes(union: TestUnion, type: str) -> list[str]:
    """Return what a union made of the activities of a type that it received, the oldest first."""

    def read(session: Session) -> list[str]:
        rows = select(InboxActivity.outcome).where(InboxActivity.activity_type == type)
        return [outcome or "" for outcome in session.scalars(rows.order_by(InboxActivity.id))]

    return await union.world.db.read(read)


async def share_nothing_with(union: TestUnion, domain: str) -> None:
    """Let a union share nothing more with another, and do what follows."""

    def work(session: Session) -> None:
        decide_trust(session, domain, frozenset(), by="tests")

    await union.world.db.write(work)


def counted(union: TestUnion, reason: str) -> int:
    """Return how often a union counted that it refused something for this reason."""
    registry = union.world.part(Metrics).rejections.registry
    return int(registry.get_sample_value("fediunion_inbox_rejected_total", {"reason": reason}) or 0)


async def get(union: TestUnion, path: str) -> httpx.Response:
    """Return how a union answers a program."""
    transport = httpx.ASGITransport(app=union.app)
    async with httpx.AsyncClient(transport=transport, base_url=f"https://{union.domain}") as client:
        return await client.get(path, headers={"Accept": "application/activity+json"})
