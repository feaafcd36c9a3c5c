"""Rows L12, L14, L16 and L28: peers that are away for long, and come back."""

from datetime import timedelta

from sqlalchemy import select

from fediunion.actors.models import InstanceState
from fediunion.jobs.models import Job
from fediunion.outbox.health import host_is_back
from fediunion.outbox.models import DeliveryState
from fediunion.outbox.queries import count_deliveries, list_deliveries
from fediunion.outbox.results import CONFIRM_GONE
from fediunion.outbox.service import retry_deliveries
from tests.fakes.clock import FakeClock
from tests.fakes.peer import Peers, answers, in_turn
from tests.outbox.sending_union import SendingUnion


async def _days_pass(union: SendingUnion, clock: FakeClock, days: float) -> int:
    """Let days pass two hours at a time; return how many tries were made."""
    tries = 0
    for _ in range(int(days * 12)):
        clock.advance(hours=2)
        tries += await union.deliverer.deliver_due()
    return tries


async def test_L12_after_an_hour_away_a_peer_gets_everything_in_order(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("a", answers(502))
    uris = [await union.publish(f"post-{number}", [peers.inbox("a")]) for number in range(6)]
    await union.settle()
    tries = 0
    for _ in range(60):
        clock.advance(minutes=1)
        tries += await union.deliverer.deliver_due()
    instance = await union.instance(peers.host("a"))
    assert instance.state == InstanceState.FAILING
    assert tries < 20, "a failing server gets probes, not the whole backlog"
    peers.requests.clear()
    peers.behave("a", answers(202))
    clock.advance(hours=1)
    await union.deliverer.deliver_due()
    assert peers.ids("a") == uris
    assert (await union.instance(peers.host("a"))).state == InstanceState.OK
    assert (await union.instance(peers.host("a"))).failing_since is None


async def test_L12_six_days_away_loses_nothing_and_twenty_makes_dead_letters_of_all_but_patient_ones(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("a", answers(502))
    post = await union.publish("post", [peers.inbox("a")])
    delete = await union.publish("gone", [peers.inbox("a")], type="Delete", about="other")
    await union.settle()
    tries = await _days_pass(union, clock, 6)
    assert tries >= 16
    assert (await union.instance(peers.host("a"))).state == InstanceState.HELD
    assert await union.world.db.read(count_deliveries) == {
        "pending": 0,
        "held": 2,
        "dead": 0,
        "delivered": 0,
        "withdrawn": 0,
    }
    await _days_pass(union, clock, 14)
    states = {each["activity"]: each["state"] for each in await union.world.db.read(list_deliveries)}
    assert states == {post: "dead", delete: "held"}

    assert await union.world.db.write(lambda session: retry_deliveries(session, host=peers.host("a"))) == 2
    peers.requests.clear()
    peers.behave("a", answers(202))
    await union.deliverer.deliver_due()
    assert peers.ids("a") == [post, delete]


async def test_L12_a_held_peer_that_sends_us_something_is_probed_at_once_and_then_drained(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    host = peers.host("a")
    peers.behave("a", answers(502))
    uris = [await union.publish(f"post-{number}", [peers.inbox("a")]) for number in range(3)]
    await union.settle()
    await _days_pass(union, clock, 3)
    peers.requests.clear()
    assert await union.deliverer.deliver_due() == 0
    await union.world.db.write(host_is_back, host)
    assert await union.deliverer.deliver_due() == 1, "one probe, and it fails"
    await union.world.db.write(host_is_back, host)
    assert await union.deliverer.deliver_due() == 0, "not again for the next sign of life"
    clock.advance(minutes=1)
    peers.behave("a", answers(202))
    peers.requests.clear()
    await union.world.db.write(host_is_back, host)
    await union.deliverer.deliver_due()
    assert peers.ids("a") == uris


async def test_L12_a_backlog_goes_out_when_the_server_is_back(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("a", answers(502))
    inboxes = [peers.inbox("a", f"/{number}") for number in range(13)]
    await union.publish("one", inboxes)
    await union.settle()
    clock.advance(minutes=5)
    peers.requests.clear()
    peers.behave("a", answers(202))
    await union.deliverer.deliver_due()
    assert set((await union.states()).values()) == {DeliveryState.DELIVERED}
    assert len(peers.requests) == 13


async def test_L16_404_three_times_over_days_is_a_dead_letter_and_410_asks_the_actor(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("missing", answers(404))
    await union.publish("one", [peers.inbox("missing")])
    await union.settle()
    started = clock.now()
    while (delivery := await union.delivery(peers.inbox("missing"))).state == DeliveryState.PENDING:
        clock.advance(minutes=30)
        await union.deliverer.deliver_due()
    assert delivery.state == DeliveryState.DEAD
    assert delivery.attempts == 3
    asked = await union.world.db.read(lambda session: session.scalars(select(Job.kind)).all())
    assert asked == [CONFIRM_GONE], "not before the last of them"
    # The schedule of tests runs at a twelfth of the real one.
    assert timedelta(days=3) / 12 < clock.now() - started < timedelta(days=8) / 12


async def test_L16_a_refusal_is_a_dead_letter_at_once_with_its_reason(
    union: SendingUnion, peers: Peers
) -> None:
    for status in (400, 405, 413, 422):
        peers.behave(f"s{status}", answers(status))
    await union.publish("one", [peers.inbox(f"s{status}") for status in (400, 405, 413, 422)])
    await union.settle()
    rows = await union.world.db.read(list_deliveries)
    assert {(row["state"], row["attempts"]) for row in rows} == {("dead", 1)}
    assert {row["last_error"] for row in rows} == {f"answered {status}" for status in (400, 405, 413, 422)}
    assert {row["next_attempt_at"] for row in rows} == {None}


async def test_L28_after_an_outage_of_our_own_everything_is_tried_before_it_is_given_up(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("a", in_turn(answers(500), answers(202)))
    await union.publish("one", [peers.inbox("a"), peers.inbox("b")])
    await union.settle()
    await union.publish("two", [peers.inbox("b")])
    await union.fan_out()
    clock.advance(days=40)
    await union.deliverer.deliver_due()
    assert set((await union.states()).values()) == {DeliveryState.DELIVERED}


async def test_L14_one_inbox_that_always_fails_does_not_keep_its_server_shut(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("a", answers(500))
    await union.publish("one", [peers.inbox("a", "/broken")])
    await union.settle()
    for _ in range(8):
        clock.advance(minutes=10)
        await union.deliverer.deliver_due()
    assert (await union.instance(peers.host("a"))).state != InstanceState.OK
    peers.behave("a", in_turn(answers(202)))
    await union.publish("two", [peers.inbox("a", "/well")])
    await union.fan_out()
    clock.advance(hours=2)
    await union.deliverer.deliver_due()
    assert (await union.delivery(peers.inbox("a", "/well"))).state == DeliveryState.DELIVERED
