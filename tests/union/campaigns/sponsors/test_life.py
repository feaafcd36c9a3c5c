"""A co-sponsorship from the offer to its end, between three unions."""

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor
from fediunion.actors.service import rotate_keys
from fediunion.social.posts.fetching import fetch_post
from fediunion.social.posts.models import Poll
from fediunion.social.posts.queries import find_boost, find_post_by_uri
from fediunion.union.affiliation.proofs import check_proof
from fediunion.union.affiliation.queries import our_union
from fediunion.union.campaigns.models import CampaignCall, CoSponsor, UnionCount
from fediunion.union.campaigns.queries import co_sponsor_uris
from fediunion.union.campaigns.service.remote import forget_calls_of
from fediunion.union.campaigns.sponsors import service
from fediunion.union.campaigns.sponsors.queries import list_offers_to_us
from tests.fakes.union import TestUnion, new_keys
from tests.union.campaigns.conftest import publish
from tests.union.campaigns.strange_union import strange_union
from tests.union.campaigns.unions import (
    Three,
    carry,
    decide,
    get,
    here,
    offer,
    share_nothing_with,
    sign_many,
    states,
)


def _stays_home(session: Session, uri: str) -> bool:
    post = find_post_by_uri(session, uri)
    assert post is not None
    return session.get_one(Poll, post.id).stays_home


def _is_passed_on(session: Session, uri: str) -> bool:
    post, announcer = (
        find_post_by_uri(session, uri),
        session.scalar(select(Actor).where(Actor.local.is_(True), Actor.username == "campaigns")),
    )
    assert post is not None
    assert announcer is not None
    found = find_boost(session, announcer.id, post.id)
    return found is not None and found.deleted_at is None


async def carried(union: TestUnion, call: CampaignCall) -> tuple[bool, bool]:
    """Return whether members' votes stay home at a union, and whether its institution passed the call on."""
    uri = call.uri or ""
    return await union.world.db.read(_stays_home, uri), await union.world.db.read(_is_passed_on, uri)


async def test_an_offer_waits_until_an_officer_answers_it(three: Three) -> None:
    call = await publish(three.ccisua)
    await offer(three.ccisua, call, three.ictysu)
    await three.settle()
    assert (
        await states(three.ccisua, call) == await states(three.ictysu, call) == {"ictysu.example": "offered"}
    )
    (waiting,) = await three.ictysu.world.db.read(list_offers_to_us)
    assert waiting.call_id == (await here(three.ictysu, call)).id
    assert await carried(three.ictysu, call) == (False, False)


async def test_a_union_that_accepts_carries_the_call(three: Three) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu, three.gftu)
    both = {"ictysu.example": "accepted", "gftu.example": "accepted"}
    assert await states(three.ccisua, call) == both
    for union in (three.ictysu, three.gftu):
        assert (await states(union, call))[union.domain] == "accepted"
        assert await carried(union, call) == (True, True)


async def test_from_the_moment_of_the_acceptance_no_vote_leaves(three: Three) -> None:
    call = await publish(three.ccisua)
    await offer(three.ccisua, call, three.ictysu)
    await three.settle()
    await decide(three.ictysu, call, service.accept_co_sponsorship, "ictysu.example")
    assert await carried(three.ictysu, call) == (True, True)


async def test_a_call_for_the_network_is_carried_and_not_passed_on(three: Three) -> None:
    call = await publish(three.ccisua, audience=Audience.NETWORK)
    await carry(three, call, three.ictysu)
    assert await carried(three.ictysu, call) == (True, False)
    shown = await get(three.ccisua, f"/campaigns/{call.slug}/counts")
    assert shown.status_code == (await get(three.ccisua, "/campaigns/none/counts")).status_code == 404
    await sign_many(three.ictysu, call, [f"member{number}" for number in range(5)])
    await three.pass_seconds(180)
    assert (await here(three.ccisua, call)).signatures_count == 5


async def test_the_question_of_the_leader_names_who_carries_the_call(three: Three) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu, three.gftu)
    known = await here(three.ictysu, call)
    unions = ["https://ictysu.example/actors/union", "https://gftu.example/actors/union"]
    assert sorted(await three.ictysu.world.db.read(co_sponsor_uris, known)) == sorted(unions)
    await decide(three.gftu, call, service.end_co_sponsorship, "gftu.example")
    three.clock.advance(seconds=1)
    await three.settle()
    known = await here(three.ictysu, call)
    assert await three.ictysu.world.db.read(co_sponsor_uris, known) == unions[:1]


async def test_both_sides_keep_both_acts_with_proofs_that_hold(three: Three) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu)

    def check(session: Session) -> tuple[str, str]:
        row = session.scalars(select(CoSponsor)).one()
        offered, answered = orjson.loads(row.offer), orjson.loads(row.answer or "")
        check_proof(session, offered, "https://ccisua.example/actors/union")
        check_proof(session, answered, "https://ictysu.example/actors/union")
        return row.offer, str(row.answer)

    assert await three.ccisua.world.db.read(check) == await three.ictysu.world.db.read(check)


async def test_a_union_may_decline_and_be_asked_again(three: Three) -> None:
    call = await publish(three.ccisua)
    await offer(three.ccisua, call, three.ictysu)
    await three.settle()
    await decide(three.ictysu, call, service.decline_co_sponsorship, "ictysu.example")
    await three.settle()
    assert (
        await states(three.ccisua, call) == await states(three.ictysu, call) == {"ictysu.example": "declined"}
    )
    await carry(three, call, three.ictysu)
    assert await states(three.ccisua, call) == {"ictysu.example": "accepted"}
    assert await carried(three.ictysu, call) == (True, True)


async def test_either_side_ends_it_and_all_is_undone(three: Three) -> None:
    call = await publish(three.ccisua)
    for ends in (three.ccisua, three.ictysu):
        await carry(three, call, three.ictysu)
        assert await carried(three.ictysu, call) == (True, True)
        await decide(ends, call, service.end_co_sponsorship, "ictysu.example")
        await three.settle()
        assert (
            await states(three.ccisua, call)
            == await states(three.ictysu, call)
            == {"ictysu.example": "ended"}
        )
        assert await carried(three.ictysu, call) == (False, False)


async def test_the_leader_may_take_an_offer_back(three: Three) -> None:
    call = await publish(three.ccisua)
    await offer(three.ccisua, call, three.ictysu)
    await three.settle()
    await decide(three.ccisua, call, service.end_co_sponsorship, "ictysu.example")
    await three.settle()
    assert await states(three.ictysu, call) == {"ictysu.example": "ended"}
    assert await three.ictysu.world.db.read(list_offers_to_us) == []


async def test_two_unions_that_accept_within_a_second_are_both_named(three: Three) -> None:
    call = await publish(three.ccisua)
    for union in (three.ictysu, three.gftu):
        await offer(three.ccisua, call, union)
    await three.settle()
    for union in (three.ictysu, three.gftu):
        await decide(union, call, service.accept_co_sponsorship, union.domain)
        await three.settle()
    known = await here(three.ictysu, call)
    assert len(await three.ictysu.world.db.read(co_sponsor_uris, known)) == 2


async def test_a_call_that_never_arrived_is_asked_for_and_carried(three: Three) -> None:
    uni = await strange_union(three, three.ictysu)
    note = uni.call()
    assert await uni.send(uni.offer(note["id"])) == "done"
    there = CampaignCall(uri=note["id"])
    known = await here(three.ictysu, there)
    assert known.local is False
    await decide(three.ictysu, there, service.accept_co_sponsorship, "ictysu.example")
    await three.settle()
    assert await carried(three.ictysu, there) == (True, True)


async def test_a_call_that_cannot_be_had_now_is_asked_for_again(three: Three) -> None:
    uni = await strange_union(three, three.ictysu)
    note = uni.call()
    offered = uni.offer(note["id"])
    uni.campaigns.server.serve(note["id"], b"", status=503)
    assert await uni.send(offered) == "done"
    there = CampaignCall(uri=note["id"])
    await decide(three.ictysu, there, service.accept_co_sponsorship, "ictysu.example")
    await three.settle()
    served = {"@context": "https://www.w3.org/ns/activitystreams", **note}
    uni.campaigns.server.serve(note["id"], served)
    await three.pass_seconds(600)
    assert await carried(three.ictysu, there) == (True, True)


async def test_a_call_that_was_a_post_here_before_becomes_one(three: Three) -> None:
    uni = await strange_union(three, three.ictysu)
    note = uni.call()
    await fetch_post(three.ictysu.world, note["id"])

    def forget(session: Session) -> None:
        forget_calls_of(session, ["uni.example"])

    await three.ictysu.world.db.write(forget)
    assert await uni.send(uni.offer(note["id"])) == "done"
    assert (await here(three.ictysu, CampaignCall(uri=note["id"]))).state == "open"


async def test_a_call_that_is_deleted_is_carried_no_more(three: Three) -> None:
    uni = await strange_union(three, three.ictysu)
    note = uni.call()
    await uni.send(uni.offer(note["id"]))
    there = CampaignCall(uri=note["id"])
    await decide(three.ictysu, there, service.accept_co_sponsorship, "ictysu.example")
    await three.settle()
    await uni.send(uni.campaigns.activity("Delete", note["id"], to=note["to"]), by=uni.campaigns)
    assert await states(three.ictysu, there) == {"ictysu.example": "ended"}


async def test_with_whom_calls_are_shared_no_more_none_is_carried(three: Three) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu, three.gftu)
    await share_nothing_with(three.ccisua, "ictysu.example")
    await three.settle()
    assert await states(three.ccisua, call) == {"ictysu.example": "ended", "gftu.example": "accepted"}
    assert (await states(three.ictysu, call))["ictysu.example"] == "ended"
    await share_nothing_with(three.gftu, "ccisua.example")
    await three.settle()
    assert (await states(three.ccisua, call))["gftu.example"] == "ended"


async def test_new_keys_renew_the_proofs(three: Three) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu)
    await sign_many(three.ictysu, call, [f"member{number}" for number in range(5)])
    await three.pass_seconds(120)
    for union in (three.ccisua, three.ictysu):
        keys = new_keys(union.world.settings)

        def rotate(session: Session, keys: NewKeys = keys) -> None:
            rotate_keys(session, our_union(session), keys, keep_old=False)

        await union.world.db.write(rotate)

    def leads(session: Session) -> str:
        return session.scalars(select(CoSponsor.offer)).one()

    def sponsors(session: Session) -> tuple[str, str]:
        answer = session.scalars(select(CoSponsor.answer)).one()
        return str(answer), session.scalars(select(UnionCount.statement)).one()

    offered = await three.ccisua.world.db.read(leads)
    answered, stated = await three.ictysu.world.db.read(sponsors)
    for union, acts in ((three.ccisua, [offered]), (three.ictysu, [answered, stated])):
        for act in acts:
            await union.world.db.read(check_proof, orjson.loads(act), f"https://{union.domain}/actors/union")
