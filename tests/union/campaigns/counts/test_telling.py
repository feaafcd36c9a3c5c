"""Sums on their way: what a union tells of its members, when, and what the leader makes of it."""

import httpx
import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.outbox.models import OutboxActivity
from fediunion.union.affiliation.proofs import check_proof
from fediunion.union.campaigns.counts.service import number_stated
from fediunion.union.campaigns.models import CampaignCall, CountKind, Signature, UnionCount
from fediunion.union.campaigns.signing.withdrawing import withdraw
from fediunion.union.campaigns.sponsors import service
from tests.fakes.union import TestUnion
from tests.union.campaigns.conftest import again, publish
from tests.union.campaigns.unions import Three, carry, decide, get, here, sign_as, sign_many

NAMES = ["ana", "bea", "cleo", "dora", "eve"]


async def total(three: Three, call: CampaignCall) -> int:
    """Return how many signed, as the union that leads counts."""
    return (await again(three.ccisua, call)).signatures_count


async def told(union: TestUnion) -> list[int]:
    """Return the numbers that a union told, the oldest first."""

    def read(session: Session) -> list[int]:
        rows = session.scalars(
            select(OutboxActivity.body)
            .where(
                OutboxActivity.activity_type == "Update", OutboxActivity.body.contains("fu:SignatureCount")
            )
            .order_by(OutboxActivity.id)
        )
        return [orjson.loads(body)["object"]["fu:number"] for body in rows]

    return await union.world.db.read(read)


async def withdraw_as(union: TestUnion, call: CampaignCall, name: str) -> None:
    """Let a member take the own signature back."""
    known, member = await here(union, call), await union.actor(name)

    def work(session: Session) -> None:
        own = (Signature.call_id == known.id, Signature.actor_id == member.id)
        withdraw(session, session.scalars(select(Signature).where(*own)).one())

    await union.world.db.write(work)


async def test_below_the_floor_nothing_is_told_and_from_it_on_the_sum(three: Three) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu)
    await sign_many(three.ictysu, call, NAMES[:4])
    await three.pass_seconds(180)
    assert (await told(three.ictysu), await total(three, call)) == ([], 0)
    await sign_many(three.ictysu, call, NAMES[4:])
    await three.pass_seconds(180)
    assert (await told(three.ictysu), await total(three, call)) == ([5], 5)


async def test_a_told_number_that_falls_below_the_floor_becomes_nothing(three: Three) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu)
    await sign_many(three.ictysu, call, NAMES)
    await three.pass_seconds(180)
    await withdraw_as(three.ictysu, call, "eve")
    await three.pass_seconds(180)
    assert (await told(three.ictysu), await total(three, call)) == ([5, 0], 0)
    await three.pass_seconds(180)
    assert await told(three.ictysu) == [5, 0]


async def test_many_signatures_are_told_together_on_a_full_minute_and_never_at_once(three: Three) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu)
    three.clock.advance(seconds=7)
    await sign_many(three.ictysu, call, NAMES)
    await three.settle()
    assert await told(three.ictysu) == []
    await three.pass_seconds(60 - 7)
    assert await told(three.ictysu) == []
    await three.pass_seconds(60)
    assert await told(three.ictysu) == [5]

    def stated(session: Session) -> int:
        return session.scalars(select(UnionCount)).one().stated_at.second

    assert await three.ictysu.world.db.read(stated) == 0


async def test_the_sums_of_all_unions_and_the_signatures_here_make_the_total(three: Three) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu, three.gftu)
    await sign_many(three.ictysu, call, NAMES)
    await sign_many(three.gftu, call, [f"{name}2" for name in [*NAMES, "flora"]])
    await sign_many(three.ccisua, call, ["lena"])
    await three.pass_seconds(180)
    assert await total(three, call) == 5 + 6 + 1
    stated = await three.ccisua.world.db.read(number_stated, call, CountKind.SIGNATURES)
    assert stated == 11
    await three.pass_seconds(180)
    for union in (three.ictysu, three.gftu):
        assert (await here(union, call)).signatures_count == 12


async def test_who_carries_the_call_no_more_counts_no_more(three: Three) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu)
    await sign_many(three.ictysu, call, NAMES)
    await three.pass_seconds(180)
    await decide(three.ictysu, call, service.end_co_sponsorship, "ictysu.example")
    await three.settle()
    assert await total(three, call) == 0
    await sign_as_public(three, call)
    await three.pass_seconds(180)
    assert await told(three.ictysu) == [5]


async def sign_as_public(three: Three, call: CampaignCall) -> None:
    """Let a member whom others may know sign a call that the own union does not carry: by a Join."""
    await three.ictysu.member("zoe")
    await sign_as(three.ictysu, call, "zoe")


async def test_a_union_that_carries_the_call_again_tells_its_number_again(three: Three) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu)
    await sign_many(three.ictysu, call, NAMES)
    await three.pass_seconds(180)
    await decide(three.ccisua, call, service.end_co_sponsorship, "ictysu.example")
    await three.settle()
    assert await total(three, call) == 0
    await carry(three, call, three.ictysu)
    await three.pass_seconds(180)
    assert await total(three, call) == 5


async def test_everybody_can_check_the_numbers_with_their_proofs(three: Three) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu, three.gftu)
    await sign_many(three.ictysu, call, NAMES)
    await sign_many(three.gftu, call, ["una"])
    await three.pass_seconds(180)
    shown = (await get(three.ccisua, f"/campaigns/{call.slug}/counts")).json()
    (item,) = shown["orderedItems"]
    assert (shown["totalItems"], shown["fu:call"], shown["fu:number"]) == (1, call.uri, 5)
    union = "https://ictysu.example/actors/union"
    assert (item["attributedTo"], item["fu:number"], item["fu:call"]) == (union, 5, call.uri)
    await three.ccisua.world.db.read(check_proof, item, union)
    path = item["id"].removeprefix("https://ictysu.example")
    stated = await get(three.ictysu, path)
    assert {**stated.json(), "@context": None} == {**item, "@context": None}
    assert (
        await get(three.gftu, f"/campaigns/{(await here(three.gftu, call)).slug}/counts/signatures")
    ).status_code == 404
    assert (await get(three.ccisua, "/campaigns/nothing/counts")).status_code == 404


async def test_everybody_can_check_who_carries_a_call(three: Three) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu)
    shown = (await get(three.ccisua, f"/campaigns/{call.slug}/co-sponsors")).json()
    (item,) = shown["orderedItems"]
    await three.ccisua.world.db.read(check_proof, item["fu:offer"], "https://ccisua.example/actors/union")
    await three.ccisua.world.db.read(check_proof, item["fu:answer"], "https://ictysu.example/actors/union")
    one = await get(three.ccisua, item["id"].removeprefix("https://ccisua.example"))
    assert one.json()["fu:union"] == "https://ictysu.example/actors/union"
    assert (await get(three.ccisua, f"/campaigns/{call.slug}/co-sponsors/other")).status_code == 404


async def test_people_are_sent_to_the_page(three: Three) -> None:
    call = await publish(three.ccisua)
    transport = httpx.ASGITransport(app=three.ccisua.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://ccisua.example") as client:
        answer = await client.get(f"/campaigns/{call.slug}/counts", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (302, call.url)
