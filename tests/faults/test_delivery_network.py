"""Rows L13, L15, L17, L18 and L33: slow, silent, broken, busy and unreachable peers, and clocks that jump."""

import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.transport import AiohttpTransport
from fediunion.config import Settings
from fediunion.db import Database
from fediunion.outbox.models import DeliveryState
from tests.fakes.certificates import FakeAuthority
from tests.fakes.clock import FakeClock
from tests.fakes.peer import Manner, Peers, answers, black_hole, drips, in_turn, resets
from tests.outbox.sending_union import ANY, SendingUnion, federation_of
from tests.ports import free_port


@pytest.fixture
async def hasty(database: Database, settings: Settings, clock: FakeClock) -> AsyncIterator[SendingUnion]:
    """A union that waits one second for an answer."""
    union = await SendingUnion(database, federation_of(settings, request_timeout_seconds=1), clock).start()
    yield union
    await union.close()


@pytest.mark.parametrize(
    "manner", [black_hole(), drips(0.05), answers(202, after=3600)], ids=["silent", "drips", "late"]
)
async def test_L13_a_try_ends_at_its_deadline_whatever_the_peer_does(
    hasty: SendingUnion, peers: Peers, manner: Manner
) -> None:
    peers.behave("a", manner)
    await hasty.publish("one", [peers.inbox("a")])
    await hasty.settle()
    delivery = await hasty.delivery(peers.inbox("a"))
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 1)
    assert "in time" in (delivery.last_error or "")


async def test_L13_a_black_hole_costs_two_tries_and_is_then_left_alone(
    hasty: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("hole", black_hole())
    await hasty.publish("one", [peers.inbox("hole", f"/{number}") for number in range(30)])
    # Two at once; where one is given up before the other, a third has begun.
    assert await hasty.settle() in (2, 3)
    assert await hasty.deliverer.deliver_due() == 0
    clock.advance(minutes=1)
    assert await hasty.deliverer.deliver_due() <= 2


@pytest.mark.parametrize("manner", [resets(), drips(10)], ids=["reset", "drips"])
async def test_L17_a_broken_connection_is_retried(hasty: SendingUnion, peers: Peers, manner: Manner) -> None:
    clock = hasty.world.clock
    assert isinstance(clock, FakeClock)
    peers.behave("a", in_turn(manner, answers(202)))
    await hasty.publish("one", [peers.inbox("a")])
    await hasty.settle()
    assert (await hasty.delivery(peers.inbox("a"))).state == DeliveryState.PENDING
    # A machine that stands still for a second makes it give up a good peer too.
    for _ in range(20):
        clock.advance(hours=2)
        await hasty.settle()
        if (await hasty.delivery(peers.inbox("a"))).state == DeliveryState.DELIVERED:
            break
    assert (await hasty.delivery(peers.inbox("a"))).state == DeliveryState.DELIVERED


async def test_L17_refused_connections_and_unknown_names_are_retried(
    union: SendingUnion, peers: Peers
) -> None:
    nowhere = "http://nobody.invalid/inbox"
    await union.publish("one", [peers.inbox("a"), nowhere])
    await peers.stop()
    await union.settle()
    deliveries = await union.deliveries()
    assert {each.state for each in deliveries} == {DeliveryState.PENDING}
    assert all(each.last_error and each.next_attempt_at > each.created_at for each in deliveries)


@pytest.mark.parametrize(("days", "self_signed"), [(-2, False), (30, True)], ids=["expired", "self-signed"])
async def test_L17_a_wrong_certificate_is_retried_and_right_again_delivered(
    database: Database, settings: Settings, clock: FakeClock, tmp_path: Path, days: int, self_signed: bool
) -> None:
    authority = FakeAuthority(tmp_path)
    transport = AiohttpTransport(ANY, authority.ca_file)
    patient = federation_of(settings, request_timeout_seconds=600)
    union = await SendingUnion(database, patient, clock, transport).start()
    wrong = authority.server_context("a.localhost", days=days, self_signed=self_signed)
    port = free_port()
    await union.publish("one", [f"https://a.localhost:{port}/inbox"])
    await _deliver_over(union, wrong, port)
    assert (await union.delivery(f"https://a.localhost:{port}/inbox")).state == DeliveryState.PENDING
    clock.advance(minutes=1)
    await _deliver_over(union, authority.server_context("a.localhost"), port)
    assert (await union.delivery(f"https://a.localhost:{port}/inbox")).state == DeliveryState.DELIVERED
    await union.close()


async def _deliver_over(union: SendingUnion, tls: ssl.SSLContext, port: int) -> None:
    peers = Peers(tls)
    peers.port = port
    async with peers:
        await union.settle()


@pytest.mark.parametrize("status", [429, 503])
async def test_L15_a_pause_is_for_the_whole_server_and_no_failure(
    union: SendingUnion, peers: Peers, clock: FakeClock, status: int
) -> None:
    peers.behave("busy", in_turn(answers(status, {"Retry-After": "600"}, after=0.05), answers(202)))
    await union.publish("one", [peers.inbox("busy", "/1")])
    await union.settle()
    await union.publish("two", [peers.inbox("busy", "/2"), peers.inbox("free")])
    await union.settle()
    assert len(peers.to("busy")) == 1
    assert len(peers.to("free")) == 1
    assert (await union.instance(peers.host("busy"))).failures == 0
    clock.advance(minutes=9, seconds=50)
    await union.settle()
    assert len(peers.to("busy")) == 1
    clock.advance(seconds=11)
    await union.settle()
    assert set((await union.states()).values()) == {DeliveryState.DELIVERED}


async def test_L15_a_hostile_retry_after_parks_a_server_for_a_day_at_most(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("a", in_turn(answers(429, {"Retry-After": "1000000000"}), answers(202)))
    await union.publish("one", [peers.inbox("a")])
    await union.settle()
    clock.advance(hours=24, seconds=1)
    await union.settle()
    assert (await union.delivery(peers.inbox("a"))).state == DeliveryState.DELIVERED


async def test_L33_our_own_outage_is_held_against_nobody_and_all_goes_out_after(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    labels = [f"p{number}" for number in range(30)]
    await union.publish("one", [peers.inbox(label) for label in labels])
    await peers.stop()
    await union.settle()
    for _ in range(10):
        clock.advance(minutes=1)
        await union.deliverer.deliver_due()
    failures = [(await union.instance(peers.host(label))).failures for label in labels]
    assert max(failures) < 5
    await peers.start()
    clock.advance(hours=2)
    await union.deliverer.deliver_due()
    assert set((await union.states()).values()) == {DeliveryState.DELIVERED}


async def test_L18_a_clock_set_back_leaves_no_server_leased_for_ever(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    await union.publish("one", [peers.inbox("a")])
    await union.fan_out()
    instance = await union.instance(peers.host("a"))

    def lease_from_the_future(session: Session) -> None:
        leased = session.merge(instance)
        leased.lease_token, leased.leased_until = "somebody-killed", clock.now() + timedelta(hours=2)

    await union.world.db.write(lease_from_the_future)
    await union.settle()
    assert (await union.delivery(peers.inbox("a"))).state == DeliveryState.DELIVERED
