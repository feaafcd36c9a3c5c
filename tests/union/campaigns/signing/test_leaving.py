"""Who is gone, suspended or blocked has signed nothing: it is withdrawn, and the counts follow."""

from sqlalchemy.orm import Session

from fediunion.actors.domains import remove_domain_rule, set_domain_rule
from fediunion.actors.models import Actor, DomainAction, Reach
from fediunion.members.models import Member
from fediunion.members.queries import get_member
from fediunion.members.service import create_member, delete_member, suspend_member
from fediunion.social.moderation.accounts import suspend
from fediunion.union.campaigns.consents.service import give
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.signing.leaving import AT_ONCE
from tests.fakes.union import new_keys
from tests.union.campaigns.signing.booth import Booth


async def _member(booth: Booth, name: str) -> Member:
    def work(session: Session) -> Member:
        keys = new_keys(booth.union.world.settings)
        return create_member(session, username=name, keys=keys, reach=Reach.HIDDEN)

    return await booth.write(work)


async def _ask_to_hear(booth: Booth, actor_id: int) -> None:
    def work(session: Session) -> None:
        give(session, session.get_one(CampaignCall, booth.call.id), session.get_one(Actor, actor_id))

    await booth.write(work)


async def test_an_account_deleted_elsewhere_has_signed_nothing(booth: Booth) -> None:
    bob, cleo = await booth.voter(), await booth.voter("other.example", "cleo")
    await booth.vote(bob)
    await booth.vote(cleo)
    row = await booth.union.actor("bob@mastodon.example")
    await _ask_to_hear(booth, row.id)
    assert await booth.receive(bob.activity("Delete", bob.uri)) == "done"
    assert (await booth.total(), await booth.tally(), await booth.consents()) == (1, [1, 0], [])


async def test_an_account_suspended_by_us_or_at_home_has_signed_nothing(booth: Booth) -> None:
    bob, cleo = await booth.voter(), await booth.voter("other.example", "cleo")
    await booth.vote(bob)
    await booth.vote(cleo)
    row = await booth.union.actor("bob@mastodon.example")
    await booth.write(lambda session: suspend(session, session.get_one(Actor, row.id), by="tests"))
    assert (await booth.total(), await booth.tally()) == (1, [1, 0])
    cleo.more["suspended"] = True
    cleo.serve()
    assert await booth.receive(cleo.activity("Update", cleo.document())) == "done"
    assert (await booth.total(), await booth.tally(), await booth.signatures()) == (0, [0, 0], [])


async def test_a_blocked_server_and_those_below_it_have_signed_nothing(booth: Booth) -> None:
    farm, deep = await booth.stranger("farm.example"), await booth.voter("deep.farm.example", "deep")
    other = await booth.voter("notafarm.example")
    socks = [farm.add_actor(f"sock{number}") for number in range(AT_ONCE + 1)]
    for each in (*socks, deep, other):
        await booth.vote(each)
    assert await booth.total() == AT_ONCE + 3
    await booth.write(set_domain_rule, "farm.example", DomainAction.BLOCK)
    await booth.settle()
    assert (await booth.total(), await booth.tally(), len(await booth.signatures())) == (1, [1, 0], 1)
    await booth.write(remove_domain_rule, "farm.example")
    await booth.settle()
    assert await booth.total() == 1


async def test_an_erased_member_has_signed_nothing_and_hears_nothing(booth: Booth) -> None:
    await _member(booth, "ana")
    heron = await _member(booth, "heron")
    await booth.vote_here("ana")
    await booth.vote_here("heron")
    await _ask_to_hear(booth, heron.actor_id)
    await booth.write(lambda session: delete_member(session, get_member(session, "heron")[0]))
    await booth.settle()
    assert (await booth.total(), await booth.tally(), await booth.consents()) == (1, [1, 0], [])


async def test_a_suspended_member_has_signed_while_it_could(booth: Booth) -> None:
    await _member(booth, "ana")
    await booth.vote_here("ana")
    await booth.write(lambda session: suspend_member(session, get_member(session, "ana")[0]))
    assert await booth.total() == 1
