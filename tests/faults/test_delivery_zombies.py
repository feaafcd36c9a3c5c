"""Row L27: a worker that slept past its lease can neither write nor send any more."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Instance
from fediunion.outbox.claims import LEASE_SECONDS, claim_hosts
from fediunion.outbox.deliver import Deliverer
from fediunion.outbox.models import DeliveryState
from fediunion.outbox.results import Result, Turn, turn_taker
from fediunion.outbox.schedule import Schedule
from fediunion.outbox.verdicts import HostSign, Outcome, Verdict
from tests.fakes.clock import FakeClock
from tests.fakes.peer import Peers
from tests.outbox.sending_union import SendingUnion

FAILED = Verdict(Outcome.REFUSED, HostSign.FAILED, 500, "seen by a zombie")


@pytest.fixture
async def leased(union: SendingUnion, peers: Peers) -> SendingUnion:
    """A union with one delivery that is due."""
    await union.publish("one", [peers.inbox("a")])
    await union.fan_out()
    return union


async def test_L27_a_server_is_leased_to_one_worker_at_a_time(leased: SendingUnion, clock: FakeClock) -> None:
    write = leased.world.db.write
    first = await write(claim_hosts, "zombie", 10)
    assert [len(each.due) for each in first] == [1]
    assert await write(claim_hosts, "other", 10) == []
    clock.advance(LEASE_SECONDS + 1)
    assert len(await write(claim_hosts, "other", 10)) == 1


async def test_L27_the_late_result_of_a_zombie_is_refused(leased: SendingUnion, clock: FakeClock) -> None:
    world = leased.world
    (claimed,) = await world.db.write(claim_hosts, "zombie", 10)
    clock.advance(LEASE_SECONDS + 1)
    assert await leased.deliverer.deliver_due() == 1
    result = Result(claimed.due[0], FAILED)
    late = turn_taker(Schedule(world.settings), "zombie")
    taken = await world.db.write(late, Turn([result], claimed.due, [claimed.host], 0))
    assert taken.lost_hosts == {claimed.host}
    assert taken.begun == frozenset()
    delivery = await leased.delivery(claimed.due[0].inbox_url)
    assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 1)
    assert (await leased.instance(claimed.host)).failures == 0


async def test_L27_a_worker_that_wakes_up_after_its_lease_sends_nothing_more(
    leased: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    deliverer = leased.deliverer
    await deliverer._turn()
    # The lease is had; now the machine sleeps for ten minutes and another worker takes over.
    clock.advance(minutes=10)

    def taken_over(session: Session) -> None:
        instance = session.merge(row)
        instance.lease_token, instance.leased_until = "other", clock.now()

    row: Instance = await leased.instance(peers.host("a"))
    await leased.world.db.write(taken_over)
    await deliverer._turn()
    assert peers.requests == []
    assert deliverer._runs == {}


async def test_L27_a_worker_that_slept_and_lost_nothing_goes_on(
    leased: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    deliverer = leased.deliverer
    await deliverer._turn()
    await deliverer._turn()
    # Begun and written down, and not yet on its way: here the worker is stopped and goes on later.
    clock.advance(minutes=10)
    await deliverer.deliver_due()
    assert len(peers.requests) == 1, "by the lease, which nobody else had taken"
    assert (await leased.delivery(peers.inbox("a"))).state == DeliveryState.DELIVERED


async def test_L27_a_begun_delivery_is_not_sent_once_the_lease_is_anothers(
    leased: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    deliverer = leased.deliverer
    await deliverer._turn()
    await deliverer._turn()
    row = await leased.instance(peers.host("a"))

    def taken_over(session: Session) -> None:
        instance = session.merge(row)
        instance.lease_token, instance.leased_until = "other", clock.now() + timedelta(seconds=30)

    clock.advance(minutes=10)
    await leased.world.db.write(taken_over)
    await deliverer.deliver_due()
    assert peers.requests == []


async def test_L27_two_workers_beside_each_other_deliver_everything_once(
    union: SendingUnion, peers: Peers
) -> None:
    uri = await union.publish("one", [peers.inbox(f"p{n}") for n in range(40)])
    await union.fan_out()
    second = Deliverer(union.world)
    tries = await asyncio.gather(union.deliverer.deliver_due(), second.deliver_due())
    await second.close()
    assert sum(tries) == 40
    assert len(peers.requests) == 40
    assert {request.activity["id"] for request in peers.requests} == {uri}


@pytest.mark.parametrize("error", ["half \udc80", "nul \x00", "long " * 999], ids=["half", "nul", "long"])
async def test_an_error_that_no_database_stores_is_written_down_all_the_same(
    leased: SendingUnion, error: str
) -> None:
    world = leased.world
    (claimed,) = await world.db.write(claim_hosts, "worker", 10)
    take_turn = turn_taker(Schedule(world.settings), "worker")
    failed = Result(claimed.due[0], Verdict(Outcome.RETRY, HostSign.FAILED, None, error))
    await world.db.write(take_turn, Turn([failed], (), [claimed.host], 0))
    delivery, instance = await leased.delivery(claimed.due[0].inbox_url), await leased.instance(claimed.host)
    for stored in (delivery.last_error, instance.last_error):
        assert stored is not None
        assert stored[:4] == error[:4]
        assert len(stored) <= 500
