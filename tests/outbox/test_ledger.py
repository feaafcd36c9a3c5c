"""Who holds what we sent, once deliveries are no longer kept."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.outbox.jobs import keep_short
from fediunion.outbox.ledger import holders
from fediunion.outbox.models import SentTo
from fediunion.outbox.publish import withdraw_unsent
from tests.fakes.clock import FakeClock
from tests.fakes.peer import Peers, answers, in_turn
from tests.outbox.sending_union import SendingUnion


async def _held_by(union: SendingUnion, uri: str) -> set[str]:
    def unit(session: Session) -> Iterable[str]:
        return [inbox.url for inbox in holders(session, union.author, uri)]

    return set(await union.world.db.read(unit))


async def test_whoever_was_tried_counts_as_holder_and_whoever_was_not_does_not(
    union: SendingUnion, peers: Peers
) -> None:
    peers.behave("unsure", answers(500))
    await union.publish("post", [peers.inbox("sure"), peers.inbox("unsure")])
    await union.settle()
    await union.publish("later", [peers.inbox("waiting")], about="post")
    await union.fan_out()
    assert await _held_by(union, union.post_uri("post")) == {peers.inbox("sure"), peers.inbox("unsure")}


async def test_old_deliveries_move_to_the_ledger_and_a_delete_still_finds_them(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    await union.publish("post", [peers.inbox("a"), peers.inbox("b")])
    boost = await union.publish("boost", [peers.inbox("c")], type="Announce", about="else")
    await union.settle()
    clock.advance(days=2)
    await keep_short(union.world, {})
    assert len(await union.deliveries()) == 3
    clock.advance(days=2)
    await keep_short(union.world, {})
    assert await union.deliveries() == []
    assert await _held_by(union, union.post_uri("post")) == {peers.inbox("a"), peers.inbox("b")}
    assert await _held_by(union, boost) == {peers.inbox("c")}


async def test_a_confirmed_delete_ends_the_ledgers_knowledge(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    post = union.post_uri("post")
    await union.publish("post", [peers.inbox("a")])
    await union.settle()
    clock.advance(days=4)
    await keep_short(union.world, {})
    await union.publish("gone", type="Delete", about="post", expand=[f"holders:{post}"])
    await union.settle()
    clock.advance(days=4)
    await keep_short(union.world, {})
    assert await _held_by(union, post) == set()
    assert await union.world.db.read(lambda session: session.scalars(select(SentTo)).all()) == []


async def test_dead_letters_are_kept_ninety_days_and_pending_ones_always(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("refuses", answers(400))
    peers.behave("fails", answers(500))
    await union.publish("post", [peers.inbox("refuses"), peers.inbox("fails")])
    await union.settle()
    clock.advance(days=89)
    await keep_short(union.world, {})
    assert len(await union.deliveries()) == 2
    clock.advance(days=2)
    await keep_short(union.world, {})
    assert [each.inbox_url for each in await union.deliveries()] == [peers.inbox("fails")]


async def test_bodies_of_private_activities_are_emptied_once_nobody_is_owed_them(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    private = await union.publish("private", [peers.inbox("a")])
    public = await union.publish("public", [peers.inbox("a")], public=True)
    await union.settle()
    clock.advance(days=4)
    await keep_short(union.world, {})
    assert (await union.activity(private)).body == ""
    assert (await union.activity(public)).body != ""


async def test_L35_the_ledger_keeps_nothing_of_what_was_withdrawn_and_deleted_on_one_day(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    post = union.post_uri("post")
    peers.behave("a", in_turn(answers(500), answers(202)))
    await union.publish("post", [peers.inbox("a")])
    await union.settle()
    await union.publish(
        "gone",
        type="Delete",
        about="post",
        expand=[f"holders:{post}"],
        before=lambda session: withdraw_unsent(session, post),
    )
    await union.settle()
    assert [each.state for each in await union.deliveries()] == ["withdrawn", "delivered"]
    clock.advance(days=40)
    await keep_short(union.world, {})
    assert await union.deliveries() == []
    assert await _held_by(union, post) == set()
