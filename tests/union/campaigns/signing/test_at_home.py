"""Members of a union that carries a call sign at home: only a sum leaves, unless they choose a name."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.db.migrate import all_tables
from fediunion.social.posts.models import Poll
from fediunion.social.posts.service.polls import vote
from fediunion.union.campaigns.models import CampaignCall, Signature, SigningMode
from fediunion.union.campaigns.signing.totals import own_count
from tests.fakes.union import TestUnion
from tests.union.campaigns.conftest import again, publish
from tests.union.campaigns.samples import call_terms
from tests.union.campaigns.signing.conftest import MODES
from tests.union.campaigns.unions import Three, carry, here, outcomes, sign_as, sign_many

HOUR_SECONDS = 3600
NAMES = [f"zimtstern{number}" for number in range(7)]


async def _everything_stored(union: TestUnion) -> str:
    """Return all rows of all tables of a union, as text."""

    def read(session: Session) -> str:
        return "\n".join(
            repr(tuple(row)) for table in all_tables().sorted_tables for row in session.execute(select(table))
        )

    return await union.world.db.read(read)


async def test_J4_a_counted_member_adds_one_to_the_total_and_nobody_learns_who(three: Three) -> None:
    call = await publish(three.ccisua, call_terms(asks=MODES))
    await three.settle()
    await carry(three, call, three.ictysu)
    await sign_many(three.ictysu, call, NAMES[:6])
    await three.pass_seconds(HOUR_SECONDS)
    assert (await again(three.ccisua, call)).signatures_count == 6
    await sign_many(three.ictysu, call, NAMES[6:])
    await three.pass_seconds(HOUR_SECONDS)
    assert (await again(three.ccisua, call)).signatures_count == 7
    sent = b"\n".join(each.body or b"" for each in three.internet.requests)
    assert b"fu:SignatureCount" in sent
    assert b"zimtstern" not in sent
    for union in (three.ccisua, three.gftu):
        assert "zimtstern" not in await _everything_stored(union)
    assert await outcomes(three.ccisua, "Join") == []


async def test_a_vote_in_the_app_counts_at_home_and_is_told_to_nobody(three: Three) -> None:
    call = await publish(three.ccisua, call_terms(asks=MODES))
    await three.settle()
    await carry(three, call, three.ictysu)
    known, ana = await here(three.ictysu, call), await three.ictysu.member("ana", reach=Reach.HIDDEN)

    def in_the_app(session: Session) -> None:
        vote(session, session.get_one(Actor, ana.id), known.post_id or 0, [0])

    await three.ictysu.world.db.write(in_the_app)
    await three.pass_seconds(HOUR_SECONDS)
    assert (await again(three.ccisua, call)).signatures_count == 0
    row = await three.ictysu.world.db.read(lambda session: session.scalars(select(Signature)).one())
    assert (row.counted_here, row.mode) == (True, SigningMode.COUNTED)


async def test_who_chooses_a_name_joins_at_the_union_that_leads_and_is_in_no_sum(three: Three) -> None:
    call = await publish(three.ccisua, call_terms(asks=MODES))
    await three.settle()
    await carry(three, call, three.ictysu)
    await sign_many(three.ictysu, call, NAMES[:5])
    await three.ictysu.member("ana")
    await sign_as(three.ictysu, call, "ana", SigningMode.PUBLIC)
    await three.pass_seconds(HOUR_SECONDS)
    known = await here(three.ictysu, call)

    def at_home(session: Session) -> int:
        return own_count(session, session.get_one(CampaignCall, known.id))

    assert await three.ictysu.world.db.read(at_home) == 5
    ours = await again(three.ccisua, call)
    assert ours.signatures_count == 6
    poll = await three.ccisua.world.db.read(lambda session: session.get_one(Poll, ours.post_id))
    assert [option["votes"] for option in poll.options] == [6, 0]
