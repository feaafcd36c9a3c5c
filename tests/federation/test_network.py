"""What unions share with their network only: who gets it, who reads it, and that it goes nowhere else."""

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import DomainAction
from fediunion.actors.signing import instance_signer
from fediunion.kit.errors import Invalid, NotFound
from fediunion.social.moderation.servers import decide_on_host, forget_decision
from fediunion.social.posts.fetching import fetch_post
from fediunion.union.affiliation.models import Affiliation, AffiliationStatus, Trust
from fediunion.union.affiliation.service import offers
from fediunion.union.affiliation.service.trust import decide_trust
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


async def test_I3_whatever_is_done_with_a_post_for_the_network_goes_to_nobody_else(
    unions: ThreeUnions,
) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await bonds.affiliate(nurses, clerks)
    await drivers.follow("chris", "ana@nurses.test")
    await drivers.follow("chris", "ben@clerks.test")
    await unions.settle()
    with acts.listening(unions.internet) as delivered:
        post = await nurses.post("ana", "@chris@drivers.test ours alone", audience=Audience.NETWORK)
        await unions.settle()
        await acts.edit(nurses, "ana", post.uri, "@chris@drivers.test still ours alone")
        answer = await nurses.post(
            "ana", "@chris@drivers.test more of it", in_reply_to=post.uri, audience=Audience.PUBLIC
        )
        quote = await nurses.post("ana", "see what I said", quote_of_id=post.id, audience=Audience.PUBLIC)
        await unions.settle()
        reply = await clerks.post("ben", "@chris@drivers.test indeed", in_reply_to=post.uri)
        await acts.favourite(clerks, "ben", post.uri)
        await unions.settle()
        for union, name in ((nurses, "ana"), (nurses, "dora"), (clerks, "ben")):
            with pytest.raises(Invalid, match="not public"):
                await acts.boost(union, name, post.uri)
        await acts.withdraw(nurses, "ana", post.uri)
        await unions.settle()
    assert {request.url.split("/")[2] for request in delivered} == {"clerks.test", "nurses.test"}
    for written in (answer, quote, reply):
        assert written.audience == Audience.NETWORK, written.uri
    assert not await acts.sees(clerks, "ben", post.uri)
    assert await acts.sees(nurses, "dora", reply.uri)


async def test_I3_what_an_app_posts_to_the_network_goes_to_nobody_else(unions: ThreeUnions) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await bonds.affiliate(nurses, clerks)
    await drivers.follow("chris", "ana@nurses.test")
    await unions.settle()
    async with acts.app_of(nurses, "ana") as app:
        with acts.listening(unions.internet) as delivered:
            wish = {"status": "@chris@drivers.test ours", "audience": "network", "visibility": "public"}
            made = (await app.post("/api/v1/statuses", json=wish)).json()
            assert made["visibility"] == "private"
            assert made["fediunion"] == {"audience": "network"}
            path = f"/api/v1/statuses/{made['id']}"
            again = {"status": made["content"], "in_reply_to_id": made["id"], "visibility": "public"}
            assert (await app.post("/api/v1/statuses", json=again)).json()["fediunion"] == made["fediunion"]
            assert (await app.put(path, json={"status": "changed", "visibility": "public"})).is_success
            assert (await app.post(f"{path}/reblog")).status_code == 422
            assert (await app.delete(path)).is_success
            await unions.settle()
    assert {request.url.split("/")[2] for request in delivered} == {"clerks.test"}


async def test_a_post_for_the_network_is_fetched_by_the_network_and_hidden_from_others(
    unions: ThreeUnions,
) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    post = await nurses.post("ana", "before you came", audience=Audience.NETWORK)
    await bonds.affiliate(nurses, clerks)
    assert (await fetch_post(clerks.world, post.uri)).audience == Audience.NETWORK
    assert await acts.sees(clerks, "ben", post.uri)
    for uri in (post.uri, f"{post.uri}/activity", f"{post.uri}/replies"):
        with pytest.raises(NotFound):
            await drivers.world.client.fetch_object(uri, await instance_signer(drivers.world))
        with pytest.raises(NotFound):
            await clerks.world.client.fetch_object(uri)
    await bonds.decide(nurses, "clerks.test", offers.suspend_affiliation)
    with pytest.raises(NotFound):
        await clerks.world.client.fetch_object(post.uri, await instance_signer(clerks.world))


async def test_what_comes_for_a_network_that_we_are_not_in_is_for_nobody_here(unions: ThreeUnions) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await bonds.affiliate(nurses, clerks)
    await drivers.follow("chris", "ana@nurses.test")
    await bonds.decide(clerks, "nurses.test", distrust)
    await unions.settle()
    await nurses.actor("ben@clerks.test")
    post = await nurses.post("ana", "@ben@clerks.test psst", audience=Audience.NETWORK)
    await unions.settle()
    stored = await clerks.find_post(post.uri)
    assert stored is not None
    assert stored.audience == Audience.DIRECT
    assert not await acts.sees(clerks, "eve", post.uri)
    assert await acts.sees(clerks, "ben", post.uri)


def distrust(session: Session, row: Affiliation, *, by: str) -> None:
    """Let a peer share vacancies only."""
    decide_trust(session, row.child_host, {Trust.VACANCIES}, by=by)


async def test_a_blocked_union_gets_nothing_for_the_network_and_stays_suspended_after(
    unions: ThreeUnions,
) -> None:
    nurses, clerks = unions.nurses, unions.clerks
    await bonds.affiliate(nurses, clerks)
    await nurses.world.db.write(decide_on_host, "clerks.test", DomainAction.BLOCK, by="ana")
    assert await bonds.status_with(nurses, "clerks.test") is AffiliationStatus.SUSPENDED
    with acts.listening(unions.internet) as delivered:
        await nurses.post("ana", "not for you", audience=Audience.NETWORK)
        await unions.settle()
    assert delivered == []
    await nurses.world.db.write(forget_decision, "clerks.test", by="ana")
    assert await bonds.trusts(nurses) == {}
    await bonds.decide(nurses, "clerks.test", offers.resume_affiliation)
    assert await bonds.status_with(nurses, "clerks.test") is AffiliationStatus.ACTIVE


async def test_a_union_that_its_parent_suspends_is_out_of_the_network_of_the_others_at_once(
    unions: ThreeUnions,
) -> None:
    nurses, clerks, drivers = unions.nurses, unions.clerks, unions.drivers
    await bonds.affiliate(nurses, clerks)
    await bonds.affiliate(drivers, clerks)
    await unions.settle()
    assert set(await bonds.trusts(nurses)) == {"clerks.test", "drivers.test"}
    await bonds.decide(clerks, "drivers.test", offers.suspend_affiliation)
    await unions.settle()
    assert set(await bonds.trusts(nurses)) == {"clerks.test"}
    with acts.listening(unions.internet) as delivered:
        await nurses.post("ana", "for unions only", audience=Audience.NETWORK)
        await unions.settle()
    assert [request.url for request in delivered] == ["https://clerks.test/inbox"]
