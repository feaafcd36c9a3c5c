"""Rows L18, L23 and L33: many silent servers, and whether it is they or we who are cut off."""

import asyncio
from collections import Counter
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from fediunion.actors.models import Instance, InstanceState
from fediunion.outbox.deliver import Deliverer
from fediunion.outbox.health import FAILURES_TO_OPEN
from fediunion.outbox.models import Delivery, DeliveryState
from tests.fakes.clock import FakeClock
from tests.fakes.peer import Peers, answers, answers_after, resets
from tests.outbox.sending_union import SendingUnion

DEAD = [f"dead{number}" for number in range(12)]


async def test_L23_a_dozen_dead_servers_cost_a_few_tries_each_and_not_their_whole_backlog(
    union: SendingUnion, peers: Peers
) -> None:
    for label in DEAD:
        peers.behave(label, resets())
    await union.publish("one", [peers.inbox(label, f"/{number}") for label in DEAD for number in range(40)])
    await union.settle()
    assert union.deliverer._connection.is_lost
    tried = Counter(request.label for request in peers.requests)
    # Two at once, and a few more until it is seen that nobody answers at all.
    assert max(tried.values()) <= FAILURES_TO_OPEN + 1
    await union.publish("two", [peers.inbox("well")])
    await union.settle()
    assert len(peers.to("well")) == 1


async def test_L23_while_nobody_answers_a_server_that_was_well_waits_for_no_silent_one(
    union: SendingUnion, peers: Peers
) -> None:
    speaks = asyncio.Event()
    await union.publish("first", [peers.inbox("well")])
    await union.settle()
    for label in DEAD:
        peers.behave(label, resets())
    await union.publish("one", [peers.inbox(label) for label in DEAD])
    await union.settle()
    assert union.deliverer._connection.is_lost
    peers.behave("silent", answers_after(speaks))
    await union.publish("two", [peers.inbox("silent")])
    await union.fan_out()
    stop = asyncio.Event()
    running = asyncio.create_task(union.deliverer.run_forever(stop))
    await peers.wait_for(1, "silent")
    await union.publish("three", [peers.inbox("well")])
    await union.fan_out()
    await peers.wait_for(2, "well")
    assert peers.at_once["silent"] == 1
    speaks.set()
    stop.set()
    await running


async def test_L23_many_silent_servers_under_way_take_no_place_from_one_that_was_well(
    union: SendingUnion, peers: Peers
) -> None:
    speaks = asyncio.Event()
    silent = [f"silent{number}" for number in range(6)]
    await union.publish("first", [peers.inbox("well")])
    await union.settle()
    for label in silent:
        peers.behave(label, answers_after(speaks))
    await union.publish("one", [peers.inbox(label) for label in silent])
    await union.fan_out()
    stop = asyncio.Event()
    running = asyncio.create_task(union.deliverer.run_forever(stop))
    await peers.wait_for(1 + len(silent))
    for label in DEAD:
        peers.behave(label, resets())
    await union.publish("two", [peers.inbox(label) for label in DEAD])
    await union.fan_out()
    for _ in range(30_000):
        if union.deliverer._connection.is_lost:
            break
        await asyncio.sleep(0.01)
    await union.publish("three", [peers.inbox("well")])
    await union.fan_out()
    await peers.wait_for(2, "well")
    assert [peers.at_once[label] for label in silent] == [1] * len(silent)
    speaks.set()
    stop.set()
    await running


async def test_L23_who_fell_silent_while_nobody_answers_takes_no_place_from_one_that_was_well(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    speaks = asyncio.Event()
    fallen = [f"fallen{number}" for number in range(6)]
    await union.publish("first", [peers.inbox(label) for label in ["well", *fallen]])
    await union.settle()
    for label in [*DEAD, *fallen]:
        peers.behave(label, resets())
    await union.publish("one", [peers.inbox(label) for label in DEAD])
    await union.settle()
    await union.publish("two", [peers.inbox(label) for label in fallen])
    await union.settle()
    states = [await union.instance(peers.host(label)) for label in fallen]
    assert {each.failures for each in states} == {0}, "held against nobody"
    assert all(each.last_error for each in states), "and yet told"
    for label in [*DEAD, *fallen]:
        peers.behave(label, answers_after(speaks))
    clock.advance(minutes=2)
    asked = len(peers.requests)
    stop = asyncio.Event()
    running = asyncio.create_task(union.deliverer.run_forever(stop))
    await peers.wait_for(asked + 1)
    await union.publish("three", [peers.inbox("well")])
    await union.fan_out()
    await peers.wait_for(2, "well")
    speaks.set()
    stop.set()
    await running


async def test_L33_servers_that_are_gone_are_not_probed_without_a_pause_while_nobody_answers(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    for label in DEAD:
        peers.behave(label, resets())
    await union.publish("one", [peers.inbox(label) for label in DEAD])
    await union.settle()
    held = update(Instance).values(
        state=InstanceState.HELD, failures=20, failing_since=clock.now(), next_attempt_at=clock.now()
    )
    await union.world.db.write(lambda session: session.execute(held))
    peers.requests.clear()
    await union.deliverer.deliver_due()
    await union.deliverer.deliver_due()
    assert Counter(request.label for request in peers.requests) == dict.fromkeys(DEAD, 1)
    states = [await union.instance(peers.host(label)) for label in DEAD]
    assert all(each.next_attempt_at and each.next_attempt_at > clock.now() for each in states)
    assert {each.failures for each in states} == {20}, "held against nobody"


async def test_L33_tries_of_an_outage_of_ours_put_off_nothing_when_it_is_over(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    for label in DEAD:
        peers.behave(label, resets())
    await union.publish("one", [peers.inbox(label) for label in DEAD])
    await union.settle()
    for _ in range(8):
        clock.advance(minutes=5)
        await union.deliverer.deliver_due()
    assert len(peers.requests) > 4 * len(DEAD)
    assert {each.attempts for each in await union.deliveries()} == {1}
    for label in DEAD:
        peers.behave(label, answers(500))
    clock.advance(minutes=5)
    await union.deliverer.deliver_due()
    put_off = [each.next_attempt_at - clock.now() for each in await union.deliveries()]
    assert max(put_off) <= union.deliverer._schedule.wait(2) * 2


async def test_L33_an_outage_of_ours_that_is_longer_than_deliveries_are_tried_loses_nothing(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    await union.publish("one", [peers.inbox(label) for label in DEAD])
    await peers.stop()
    await union.settle()
    for _ in range(9):
        clock.advance(days=1)
        await union.deliverer.deliver_due()
    assert set((await union.states()).values()) == {DeliveryState.PENDING}
    await peers.start()
    clock.advance(hours=2)
    await union.deliverer.deliver_due()
    assert set((await union.states()).values()) == {DeliveryState.DELIVERED}


async def test_L18_what_a_clock_put_off_that_was_ahead_goes_out_after_a_restart(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("b", answers(500))
    await union.publish("tried", [peers.inbox("b")])
    await union.settle()
    await union.publish("untried", [peers.inbox("a")])
    await union.fan_out()

    def put_off(session: Session) -> None:
        untried = Delivery.attempts == 0
        session.execute(
            update(Delivery).where(untried).values(next_attempt_at=clock.now() + timedelta(hours=2))
        )
        session.execute(
            update(Delivery).where(~untried).values(next_attempt_at=clock.now() + timedelta(days=9))
        )
        session.execute(update(Instance).values(next_attempt_at=clock.now() + timedelta(days=9)))

    await union.world.db.write(put_off)
    restarted = Deliverer(union.world)
    assert await restarted.deliver_due() == 2
    await restarted.close()


async def test_a_wait_that_is_as_it_should_be_is_left_alone_by_a_restart(
    union: SendingUnion, peers: Peers
) -> None:
    peers.behave("a", answers(500))
    peers.behave("busy", answers(429, {"Retry-After": "80000"}))
    await union.publish("one", [peers.inbox("a"), peers.inbox("busy")])
    await union.settle()
    restarted = Deliverer(union.world)
    assert await restarted.deliver_due() == 0
    await restarted.close()


async def test_L18_what_is_under_way_when_the_clock_is_set_forward_is_not_sent_twice(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    answered = asyncio.Event()
    peers.behave("a", answers_after(answered))
    await union.publish("one", [peers.inbox("a")])
    await union.fan_out()
    stop = asyncio.Event()
    running = asyncio.create_task(union.deliverer.run_forever(stop))
    await peers.wait_for(1, "a")
    clock.set_forward(hours=1)
    # Served after it, so servers have been leased since.
    for number in range(3):
        await union.publish(f"two{number}", [peers.inbox("b")])
        await union.fan_out()
        await peers.wait_for(number + 1, "b")
    answered.set()
    stop.set()
    await running
    assert len(peers.to("a")) == 1
