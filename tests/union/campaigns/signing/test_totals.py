"""Totals: of all ways and unions, day by day, and as the poll shows them elsewhere."""

from datetime import timedelta

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.ids import new_id
from fediunion.social.posts.service.drafts import PollDraft
from fediunion.social.posts.service.polls import vote
from fediunion.union.campaigns.models import (
    CallDay,
    CampaignCall,
    CoSponsor,
    CountKind,
    SigningMode,
    SponsorState,
    UnionCount,
)
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.signing.members import sign
from fediunion.union.campaigns.signing.totals import recount
from fediunion.union.campaigns.signing.withdrawing import withdraw
from tests.union.campaigns.signing.booth import FOLLOW, Booth


async def _state(booth: Booth, number: int, host: str = "ictysu.example") -> None:
    """Let a union that carries the call state how many of its members signed."""

    def work(session: Session) -> None:
        call, union, now = (
            call_lock(session, booth.call.id),
            f"https://{host}/actors/union",
            booth.clock.now(),
        )
        session.add(
            CoSponsor(
                call_id=call.id,
                call_uri=call.uri,
                lead_uri="https://ccisua.example/actors/union",
                union_uri=union,
                host=host,
                state=SponsorState.ACCEPTED,
                uri=f"{union}#carries",
                created_at=now,
                updated_at=now,
            )
        )
        session.add(
            UnionCount(
                id=new_id(),
                call_id=call.id,
                host=host,
                kind=CountKind.SIGNATURES,
                union_uri=union,
                number=number,
                statement="{}",
                stated_at=now,
            )
        )
        session.flush()
        recount(session, call)

    await booth.write(work)


async def _days(booth: Booth) -> list[tuple[str, int]]:
    def read(session: Session) -> list[tuple[str, int]]:
        rows = select(CallDay.day, CallDay.signatures).where(CallDay.call_id == booth.call.id)
        return [(day, number) for day, number in session.execute(rows.order_by(CallDay.day))]

    return await booth.read(read)


async def test_the_total_has_all_ways_and_unions_and_the_poll_shows_it(booth: Booth) -> None:
    await booth.member("ana")
    ana = await booth.union.actor("ana")
    await booth.vote(await booth.voter())
    await booth.vote(await booth.voter("other.example"), FOLLOW)
    await _state(booth, 40)
    await booth.on_call(
        lambda session, call: sign(session, call, session.get_one(Actor, ana.id), SigningMode.PUBLIC)
    )
    call = await booth.now()
    assert (call.signatures_count, call.followers_count, await booth.tally()) == (42, 1, [42, 1])
    booth.clock.advance(minutes=2)
    follower = await booth.stranger("reader.example")
    await booth.settle()
    (told,) = await booth.published("Update", by="campaigns")
    shown = [option["replies"]["totalItems"] for option in told["object"]["oneOf"]]
    assert (shown, told["object"]["votersCount"], "updated" in told["object"]) == ([42, 1], 43, False)
    assert follower.received == []


async def test_each_day_keeps_the_total_of_its_end(booth: Booth) -> None:
    bob = await booth.voter()
    await booth.vote(bob)
    await booth.vote(await booth.voter("second.example"))
    booth.clock.advance(days=1)
    await booth.vote(await booth.voter("third.example"))
    booth.clock.advance(days=2)
    first = (await booth.signatures())[0]
    await booth.write(lambda session: withdraw(session, first))
    assert await _days(booth) == [("2026-12-01", 2), ("2026-12-02", 3), ("2026-12-04", 2)]


async def test_a_withdrawn_signature_leaves_the_sums_of_unions_as_they_are(booth: Booth) -> None:
    await _state(booth, 7)
    await booth.vote(await booth.voter())
    (signature,) = await booth.signatures()
    await booth.write(lambda session: withdraw(session, signature))
    assert (await booth.total(), await booth.tally()) == (7, [7, 0])


async def test_votes_in_other_polls_ask_the_database_for_no_call(booth: Booth) -> None:
    await booth.member("ana")
    await booth.member("cleo")
    poll = PollDraft(options=("Yes", "No"), ends_at=booth.clock.now() + timedelta(hours=1))
    post, cleo = await booth.union.post("ana", "Tea?", poll=poll), await booth.union.actor("cleo")
    asked: list[str] = []

    def unit(session: Session) -> None:
        connection = session.connection()

        def note(*arguments: object) -> None:
            asked.append(str(arguments[2]))

        event.listen(connection, "before_cursor_execute", note)
        vote(session, session.get_one(Actor, cleo.id), post.id, [0])
        session.flush()
        event.remove(connection, "before_cursor_execute", note)

    await booth.write(unit)
    assert asked
    assert not [statement for statement in asked if "campaign" in statement or "signature" in statement]
    assert (await booth.read(lambda session: session.get_one(CampaignCall, booth.call.id))).post_id != post.id
