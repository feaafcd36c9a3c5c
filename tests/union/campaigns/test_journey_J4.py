"""Journey J4: one call across three unions, signed at home, from another kind of server, and counted once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Reach
from fediunion.actors.queries import find_local_actor
from fediunion.db.migrate import all_tables
from fediunion.kit.errors import FediUnionError
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.posts.service.polls import vote
from fediunion.union.campaigns.models import CampaignCall, SponsorState
from fediunion.union.campaigns.sponsors.queries import list_sponsors
from tests.fakes.stranger import StrangeActor, Stranger
from tests.fakes.union import TestUnion
from tests.union.campaigns.conftest import again, publish
from tests.union.campaigns.unions import Three, carry, here, sign_as, sign_many

CANARY = "blueheron7f3e"
"""The member's name: a string that is nowhere else."""
OTHERS = ["bea", "cleo", "dora", "eve", "flora"]


def texts_in(session: Session) -> Iterator[tuple[str, str]]:
    """Yield every value in every table as text, with the name of its column."""
    for table in all_tables().sorted_tables:
        for row in session.execute(select(table)):
            for name, value in row._mapping.items():
                yield f"{table.name}.{name}", repr(value)


async def traces(union: TestUnion, *words: str) -> set[str]:
    """Return the columns of a union in which one of the words stands anywhere."""

    def read(session: Session) -> set[str]:
        return {column for column, text in texts_in(session) if any(word in text for word in words)}

    return await union.world.db.read(read)


async def total(three: Three, call: CampaignCall) -> int:
    """Return how many signed, as the union that leads counts."""
    return (await again(three.ccisua, call)).signatures_count


async def vote_of(three: Three, call: CampaignCall, host: str) -> StrangeActor:
    """Return somebody at a server of another kind, who voted to sign in the poll of a call."""
    server = await Stranger(three.internet, host, clock=three.clock).start()
    voter = server.add_actor("voter")
    actor = await three.ccisua.actor("campaigns@ccisua.example")
    ballot = {
        "id": f"{voter.uri}#votes/1",
        "type": "Note",
        "attributedTo": voter.uri,
        "name": "Sign",
        "inReplyTo": call.uri,
        "to": [actor.uri],
    }
    create = voter.activity("Create", ballot, to=[actor.uri])
    assert (await voter.post(actor.inbox_url, create)).status == 202
    await three.settle()
    return voter


async def test_J4_a_call_across_three_unions_counts_each_once_and_knows_nobody(
    three: Three, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu, three.gftu)
    sponsors = await three.ccisua.world.db.read(list_sponsors, call, SponsorState.ACCEPTED)
    assert {row.host for row in sponsors} == {"ictysu.example", "gftu.example"}

    await sign_many(three.ictysu, call, OTHERS)
    await three.pass_seconds(180)
    before = await total(three, call)
    assert before == 5

    member = await three.ictysu.member(CANARY, reach=Reach.HIDDEN)
    await sign_as(three.ictysu, call, CANARY)
    await three.pass_seconds(180)
    assert await total(three, call) == before + 1

    for union in (three.ccisua, three.gftu):
        assert await traces(union, CANARY, member.uri, str(member.id)) == set()
    assert await traces(three.ictysu, CANARY) != set()
    said = caplog.text + "".join(capsys.readouterr())
    assert CANARY not in said
    for request in three.internet.requests:
        assert CANARY.encode() not in (request.body or b""), request.url

    for _ in range(2):
        with pytest.raises(FediUnionError) as refused:
            await sign_as(three.ictysu, call, CANARY)
        assert refused.value.reason == "signed-already"
    with pytest.raises(FediUnionError):
        await _votes(three.ictysu, call, CANARY)
    await three.pass_seconds(180)
    assert await total(three, call) == before + 1

    await vote_of(three, call, "mastodon.example")
    assert await total(three, call) == before + 2


async def _votes(union: TestUnion, call: CampaignCall, name: str) -> None:
    known = await here(union, call)

    def work(session: Session) -> None:
        member = find_local_actor(session, name)
        assert member is not None
        vote(session, member, known.post_id or 0, [0])

    await union.world.db.write(work)


async def test_J4_a_favourite_is_interest_and_no_signature(three: Three) -> None:
    call = await publish(three.ccisua)
    voter = await vote_of(three, call, "mastodon.example")
    like = voter.activity("Like", call.uri)
    await voter.post("https://ccisua.example/inbox", like)
    other = voter.server.add_actor("other")
    await other.post("https://ccisua.example/inbox", other.activity("Like", call.uri))
    await three.settle()
    post = await three.ccisua.world.db.read(find_post_by_uri, call.uri or "")
    assert post is not None
    assert (await total(three, call), post.favourites_count) == (1, 2)


async def test_J4_the_same_voter_from_elsewhere_counts_once(three: Three) -> None:
    call = await publish(three.ccisua)
    voter = await vote_of(three, call, "mastodon.example")
    actor = await three.ccisua.actor("campaigns@ccisua.example")
    ballot = {
        "id": f"{voter.uri}#votes/2",
        "type": "Note",
        "attributedTo": voter.uri,
        "name": "Sign",
        "inReplyTo": call.uri,
        "to": [actor.uri],
    }
    await voter.post(actor.inbox_url, voter.activity("Create", ballot, to=[actor.uri]))
    await three.settle()
    assert await total(three, call) == 1


async def test_J4_a_vote_at_home_signs_and_stays_there(three: Three) -> None:
    call = await publish(three.ccisua)
    await carry(three, call, three.ictysu)
    for name in OTHERS:
        await three.ictysu.member(name, reach=Reach.HIDDEN)
        await _votes(three.ictysu, call, name)
    await three.pass_seconds(180)
    assert await total(three, call) == 5
    uris = [f"https://ictysu.example/actors/{name}" for name in OTHERS]
    assert await traces(three.ccisua, *uris) == set()
