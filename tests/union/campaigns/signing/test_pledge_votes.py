"""The option that pledges is a signature and a pledge; when it is too late for the pledge, a signature."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.kit.errors import NotAllowed
from fediunion.union.campaigns.models import CampaignCall, Route
from fediunion.union.campaigns.service.publishing import publish_call
from fediunion.union.campaigns.signing.withdrawing import withdraw
from fediunion.union.campaigns.thunderclap.models import Pledge
from fediunion.union.campaigns.thunderclap.pledging import pledge
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap
from fediunion.union.campaigns.thunderclap.service import set_thunderclap
from fediunion.union.campaigns.thunderclap.terms import ThunderclapTerms
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion, running
from tests.union.campaigns.conftest import again, draft
from tests.union.campaigns.samples import AS_OF, call_terms
from tests.union.campaigns.signing.booth import FOLLOW, PLEDGE, Booth

MOMENT = AS_OF + timedelta(days=10)


@pytest.fixture
async def clap(databases: Databases, tmp_path: Path) -> AsyncIterator[Booth]:
    """A union with an open call that asks to pledge a boost in ten days."""
    clock, internet, url = FakeClock(AS_OF), FakeInternet(), databases.with_tables()
    union = await TestUnion.start(internet, "ccisua.example", url, clock, directory=tmp_path)
    async with running(union):
        await union.member("campaigns", kind=ActorKind.FEED)
        call = await draft(union, call_terms(pledges=True))

        def publish(session: Session) -> None:
            found = session.get_one(CampaignCall, call.id)
            terms = ThunderclapTerms(message={"en": "Together"}, threshold=300, release_at=MOMENT)
            set_thunderclap(session, found, terms, by="tests")
            publish_call(session, found, by="tests")

        await union.world.db.write(publish)
        made = Booth(union, internet, clock, await again(union, call))
        await made.settle()
        yield made


async def _pledges(booth: Booth) -> int:
    return len(await booth.read(lambda session: list(session.scalars(select(Pledge.id)))))


async def test_one_vote_signs_and_pledges_and_one_link_takes_both_back(clap: Booth) -> None:
    bob = await clap.voter()
    assert await clap.vote(bob, PLEDGE) == "done"
    await clap.vote(await clap.voter("other.example"), FOLLOW)
    call = await clap.now()
    assert (call.signatures_count, call.pledges_count, await clap.tally()) == (1, 1, [0, 1, 1])
    assert (await _pledges(clap), len(await clap.messages())) == (1, 1)
    (signature,) = await clap.signatures()
    await clap.write(lambda session: withdraw(session, signature))
    call = await clap.now()
    assert (call.signatures_count, call.pledges_count, await clap.tally()) == (0, 0, [0, 0, 1])
    assert await _pledges(clap) == 0


async def test_A29_who_pledged_signs_no_second_time(clap: Booth) -> None:
    bob = await clap.voter()
    await clap.vote(bob, PLEDGE)
    assert await clap.vote(bob, PLEDGE) == "done"
    assert (await clap.vote(bob)).startswith("refused")
    assert (await clap.total(), await _pledges(clap), await clap.tally()) == (1, 1, [0, 1, 0])


async def test_who_joined_by_name_may_pledge_by_a_vote_and_counts_once(clap: Booth) -> None:
    ana = (await clap.stranger("ictysu.example", peer=True)).add_actor("ana")
    await clap.receive(clap.join_of(ana, "counted"))
    assert await clap.vote(ana, PLEDGE) == "done"
    call = await clap.now()
    assert (call.signatures_count, call.pledges_count, await _pledges(clap)) == (1, 1, 1)
    assert await clap.tally() == [0, 1, 0]


async def test_too_late_to_pledge_a_vote_is_a_signature(clap: Booth) -> None:
    clap.clock.advance(timedelta(days=11).total_seconds())
    await clap.settle()
    assert await clap.vote(await clap.voter(), PLEDGE) == "done"
    assert (await clap.total(), await _pledges(clap)) == (1, 0)


async def test_a_hidden_member_who_would_pledge_has_not_voted(clap: Booth) -> None:
    await clap.member("heron", Reach.HIDDEN)
    with pytest.raises(NotAllowed):
        await clap.vote_here("heron", 1)
    assert (await clap.total(), await _pledges(clap), await clap.tally()) == (0, 0, [0, 0, 0])
    await clap.vote_here("heron", 0)
    assert await clap.total() == 1


async def test_a_signature_otherwise_than_by_a_vote_stands_beside_the_option_to_sign(clap: Booth) -> None:
    ana = (await clap.stranger("ictysu.example", peer=True)).add_actor("ana")
    await clap.receive(clap.join_of(ana, "public"))
    await clap.vote(await clap.voter(), PLEDGE)
    assert (await clap.total(), await clap.tally()) == (2, [1, 1, 0])


async def test_a_pledge_without_a_signature_is_none_in_the_poll(clap: Booth) -> None:
    await clap.vote(await clap.voter())

    def promise(session: Session, call: CampaignCall, actor_id: int) -> None:
        found = find_thunderclap(session, call.id)
        assert found is not None
        pledge(session, found, session.get_one(Actor, actor_id), Route.MEMBER)

    for name in ("ana", "cleo"):
        await clap.on_call(promise, (await clap.member(name)).id)
    call = await clap.now()
    assert (call.signatures_count, call.pledges_count, await clap.tally()) == (1, 2, [1, 0, 0])
