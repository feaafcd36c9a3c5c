"""What unions share with their network only: who gets it, who reads it, and that it goes nowhere else."""

import pytest

from fediunion.activitypub.audience import Audience
from fediunion.union.affiliation.service import offers
from tests.fakes import bonds
from tests.federation import acts
from tests.federation.conftest import ThreeUnions


async def test_I3_a_post_for_the_network_reaches_affiliated_unions_alone_and_all_their_members_read_it(
    unions: ThreeUnions,
) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await bonds.affiliate(nurses, clerks)
    await drivers.follow("chris", "ana@nurses.test")
    await unions.settle()
    with acts.listening(unions.internet) as delivered:
        post = await nurses.post("ana", "@chris@drivers.test for unions only", audience=Audience.NETWORK)
        await unions.settle()
    assert [request.url for request in delivered] == ["https://clerks.test/inbox"]
    stored = await clerks.find_post(post.uri)
    assert stored is not None
    assert stored.audience == Audience.NETWORK
    assert await acts.sees(clerks, "ben", post.uri)
    assert await drivers.find_post(post.uri) is None


async def test_a_network_that_is_suspended_gets_and_shows_nothing_new(unions: ThreeUnions) -> None:
    nurses, clerks = unions.nurses, unions.clerks
    await bonds.affiliate(nurses, clerks)
    await bonds.decide(clerks, "nurses.test", offers.suspend_affiliation)
    await unions.settle()
    assert await bonds.trusts(nurses) == await bonds.trusts(clerks) == {}
    with acts.listening(unions.internet) as delivered:
        await nurses.post("ana", "for unions only", audience=Audience.NETWORK)
        await unions.settle()
    assert delivered == []

    await bonds.decide(clerks, "nurses.test", offers.resume_affiliation)
    await unions.settle()
    post = await nurses.post("ana", "for unions again", audience=Audience.NETWORK)
    await unions.settle()
    assert await acts.sees(clerks, "ben", post.uri)


@pytest.mark.parametrize("ender", ["child", "parent"])
async def test_either_side_ends_a_relation(unions: ThreeUnions, ender: str) -> None:
    nurses, clerks = unions.nurses, unions.clerks
    await bonds.affiliate(nurses, clerks)
    union, peer = (nurses, "clerks.test") if ender == "child" else (clerks, "nurses.test")
    await bonds.decide(union, peer, offers.end_affiliation)
    await unions.settle()
    ended = [("nurses.test", "clerks.test", "affiliate", "ended")]
    assert await bonds.states(nurses) == await bonds.states(clerks) == ended
    assert await bonds.trusts(nurses) == await bonds.trusts(clerks) == {}
    await bonds.affiliate(nurses, clerks)
    active = [("nurses.test", "clerks.test", "affiliate", "active")]
    assert await bonds.states(nurses) == await bonds.states(clerks) == active
