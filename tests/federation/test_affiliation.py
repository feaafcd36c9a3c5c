"""Unions that affiliate: offers, answers, and what both then know of each other."""

from fediunion.activitypub.audience import Audience
from fediunion.union.affiliation.models import AffiliationKind, AffiliationStatus, Side, Trust
from fediunion.union.affiliation.service import offers
from tests.fakes import bonds
from tests.federation import acts
from tests.federation.conftest import ThreeUnions

EVERYTHING = frozenset(Trust)


async def test_a_union_asks_to_be_affiliated_and_both_know_it_once_the_other_accepts(
    unions: ThreeUnions,
) -> None:
    nurses, clerks = unions.nurses, unions.clerks
    await bonds.offer(nurses, "clerks.test")
    await unions.settle()
    offered = [("nurses.test", "clerks.test", "affiliate", "offered")]
    assert await bonds.states(nurses) == await bonds.states(clerks) == offered
    assert await bonds.trusts(nurses) == await bonds.trusts(clerks) == {}

    await bonds.decide(clerks, "nurses.test", offers.accept_offer)
    await unions.settle()
    assert await bonds.status_with(nurses, "clerks.test") is AffiliationStatus.ACTIVE
    assert await bonds.status_with(clerks, "nurses.test") is AffiliationStatus.ACTIVE
    assert await bonds.trusts(nurses) == {"clerks.test": EVERYTHING}
    assert await bonds.trusts(clerks) == {"nurses.test": EVERYTHING}


async def test_a_parent_invites_and_the_child_accepts(unions: ThreeUnions) -> None:
    await bonds.offer(unions.clerks, "nurses.test", AffiliationKind.SECTOR, Side.PARENT, "Health")
    await unions.settle()
    await bonds.decide(unions.nurses, "clerks.test", offers.accept_offer)
    await unions.settle()
    active = [("nurses.test", "clerks.test", "sector", "active")]
    assert await bonds.states(unions.nurses) == await bonds.states(unions.clerks) == active
    assert await bonds.trusts(unions.nurses) == {"clerks.test": {Trust.VACANCIES, Trust.CALLS}}


async def test_siblings_under_one_parent_learn_of_each_other_with_both_proofs_and_share_their_network(
    unions: ThreeUnions,
) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await bonds.affiliate(nurses, clerks)
    await bonds.affiliate(drivers, clerks)
    assert "drivers.test" not in await bonds.trusts(nurses)
    await bonds.learn(nurses, clerks, drivers)
    assert await bonds.trusts(nurses) == {"clerks.test": EVERYTHING, "drivers.test": EVERYTHING}
    assert await bonds.trusts(drivers) == {"clerks.test": EVERYTHING, "nurses.test": EVERYTHING}
    post = await nurses.post("ana", "from the wards", audience=Audience.NETWORK)
    await unions.settle()
    assert await acts.sees(drivers, "chris", post.uri)

    # The others hear of it at once: nobody has to wait until lists are asked for again.
    await bonds.decide(clerks, "drivers.test", offers.suspend_affiliation)
    await unions.settle()
    assert await bonds.trusts(nurses) == {"clerks.test": EVERYTHING}
    assert await bonds.trusts(drivers) == {}
    assert ("drivers.test", "clerks.test", "affiliate", "suspended") in await bonds.states(nurses)

    await bonds.decide(clerks, "drivers.test", offers.end_affiliation)
    await unions.settle()
    await bonds.learn(nurses, clerks, drivers)
    assert await bonds.states(nurses) == [("nurses.test", "clerks.test", "affiliate", "active")]


async def test_what_is_offered_again_while_it_waits_is_not_sent_again(unions: ThreeUnions) -> None:
    await bonds.offer(unions.nurses, "clerks.test")
    await unions.settle()
    with acts.listening(unions.internet) as delivered:
        await bonds.offer(unions.nurses, "clerks.test")
        await unions.settle()
    assert delivered == []
    await bonds.decide(unions.nurses, "clerks.test", offers.end_affiliation)
    await unions.settle()
    assert await bonds.status_with(unions.clerks, "nurses.test") is AffiliationStatus.ENDED
    await bonds.affiliate(unions.nurses, unions.clerks)
    assert await bonds.status_with(unions.clerks, "nurses.test") is AffiliationStatus.ACTIVE
