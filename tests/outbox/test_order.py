"""Which deliveries wait for others, and which do not any more."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update

from fediunion.actors.models import Instance, InstanceState
from fediunion.outbox.models import DeliveryState, OutboxActivity
from fediunion.outbox.order import HOPELESS_ATTEMPTS
from tests.fakes.clock import FakeClock
from tests.fakes.peer import Manner, PeerRequest, Peers, answers, by_path, in_turn
from tests.outbox.sending_union import SendingUnion

# As the schedule of tests has it, no wait is longer.
LONGEST_WAIT = timedelta(hours=1, minutes=15)


def _refuses(slug: str, status: int) -> Manner:
    """Answer one activity with a status, and accept every other."""

    async def manner(request: PeerRequest, writer: asyncio.StreamWriter) -> bool:
        refused = request.activity["id"].endswith(f"/{slug}")
        return await answers(status if refused else 202)(request, writer)

    return manner


async def _let_try(union: SendingUnion, clock: FakeClock, times: int) -> None:
    for _ in range(times):
        clock.advance(LONGEST_WAIT.total_seconds())
        await union.settle()


async def test_an_activity_that_is_never_taken_keeps_back_only_what_is_about_the_same_thing(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("a", _refuses("bad", 500))
    await union.publish("bad", [peers.inbox("a")])
    await union.settle()
    await union.publish("edit", [peers.inbox("a")], type="Update", about="bad")
    goods = [await union.publish(f"good{number}", [peers.inbox("a")]) for number in range(3)]
    await _let_try(union, clock, HOPELESS_ATTEMPTS + 2)
    bad, edit, *others = await union.deliveries()
    assert (bad.state, edit.state, edit.attempts) == (DeliveryState.PENDING, DeliveryState.PENDING, 0)
    assert {each.state for each in others} == {DeliveryState.DELIVERED}
    assert [uri for uri in peers.ids("a") if uri in goods] == goods
    peers.behave("a", answers(202))
    peers.requests.clear()
    await _let_try(union, clock, 1)
    assert [uri.rpartition("/")[2] for uri in peers.ids("a")] == ["bad", "edit"]


async def test_L12_what_only_the_gateway_answered_keeps_its_place(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("a", answers(502))
    uris = [await union.publish(f"post{number}", [peers.inbox("a")]) for number in range(3)]
    await union.settle()
    await _let_try(union, clock, HOPELESS_ATTEMPTS + 4)
    assert {request.activity["id"] for request in peers.requests} == {uris[0]}


@pytest.mark.parametrize("days_well", [0, 3], ids=["away-all-the-time", "well-at-first"])
async def test_L28_what_was_never_tried_is_given_up_only_where_probes_failed_all_the_time(
    union: SendingUnion, peers: Peers, clock: FakeClock, days_well: int
) -> None:
    peers.behave("a", in_turn(answers(502), answers(502), answers(202)))
    await union.publish("bad", [peers.inbox("a")])
    await union.publish("later", [peers.inbox("a")])
    await union.settle()
    since = clock.now() + timedelta(days=days_well)
    failing = update(Instance).values(state=InstanceState.HELD, failures=20, failing_since=since)
    await union.world.db.write(lambda session: session.execute(failing))
    clock.advance(days=8)
    await union.settle()
    clock.advance(LONGEST_WAIT.total_seconds())
    await union.settle()
    bad, later = await union.deliveries()
    assert (bad.state, bad.attempts) == (DeliveryState.DEAD, 2)
    assert later.state == (DeliveryState.DELIVERED if days_well else DeliveryState.DEAD)


async def test_L16_what_was_answered_404_keeps_back_only_what_is_about_the_same_thing(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("a", in_turn(answers(404), answers(202)))
    inbox = [peers.inbox("a")]
    create = await union.publish("post", inbox)
    await union.settle()
    edit = await union.publish("edit", inbox, type="Update", about="post")
    other = await union.publish("other", inbox)
    await union.settle()
    assert peers.ids("a") == [create, other]
    clock.advance(hours=3)
    await union.settle()
    assert peers.ids("a") == [create, other, create, edit]


async def test_L16_what_was_answered_404_keeps_its_day_when_its_server_is_back(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    missing = peers.inbox("a", "/missing")
    peers.behave("a", answers(404))
    await union.publish("one", [missing])
    await union.settle()
    peers.behave("a", by_path({"/missing": answers(404)}, answers(502)))
    await union.publish("two", [peers.inbox("a", f"/{number}") for number in range(6)])
    await union.settle()
    assert (await union.instance(peers.host("a"))).state != InstanceState.OK
    peers.behave("a", by_path({"/missing": answers(404)}, answers(202)))
    clock.advance(minutes=10)
    await union.settle()
    assert (await union.instance(peers.host("a"))).state == InstanceState.OK
    assert len(peers.to("a", "/missing")) == 1


async def test_L16_what_was_answered_404_is_no_probe_before_its_day(
    union: SendingUnion, peers: Peers, clock: FakeClock
) -> None:
    peers.behave("a", answers(404))
    await union.publish("one", [peers.inbox("a")])
    await union.settle()
    failing = update(Instance).values(
        state=InstanceState.FAILING, failures=5, failing_since=clock.now(), next_attempt_at=clock.now()
    )
    await union.world.db.write(lambda session: session.execute(failing))
    assert await union.settle() == 0
    # A day at the most, and that is two hours in tests.
    clock.advance(hours=3)
    assert await union.settle() == 1


async def test_L18_what_is_published_later_has_the_higher_number_whatever_the_clock_says(
    union: SendingUnion,
) -> None:
    await union.publish("post")
    first = await union.activity(f"{union.author.uri}/activities/post")
    from_a_clock_ahead = update(OutboxActivity).values(id=first.id + (3_600_000 << 16))
    await union.world.db.write(lambda session: session.execute(from_a_clock_ahead))
    for slug in ("edit", "next"):
        await union.publish(slug, about="post", type="Update")
    numbers = [
        (await union.activity(f"{union.author.uri}/activities/{slug}")).id
        for slug in ("post", "edit", "next")
    ]
    assert sorted(set(numbers)) == numbers
