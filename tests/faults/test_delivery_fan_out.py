"""Row L23: a large fan-out with slow, silent and failing servers among the well ones delays nobody."""

import asyncio
import time

import pytest

from fediunion.config import Settings
from fediunion.db import Database
from fediunion.outbox.models import DeliveryState
from tests.fakes.clock import FakeClock
from tests.fakes.peer import Peers, answers, black_hole
from tests.outbox.sending_union import SendingUnion, federation_of

WELL, SLOW, FAILING = 120, 10, 20
SLOW_SECONDS = 3.0


@pytest.mark.slow
async def test_L23_slow_silent_and_failing_servers_delay_neither_the_well_ones_nor_other_authors(
    database: Database, settings: Settings, clock: FakeClock
) -> None:
    union = await SendingUnion(database, federation_of(settings, request_timeout_seconds=4), clock).start()
    other = await union.add_actor("other")
    async with Peers() as peers:
        well, slow = [f"w{n}" for n in range(WELL)], [f"s{n}" for n in range(SLOW)]
        failing = [f"f{n}" for n in range(FAILING)]
        peers.behave("hole", black_hole())
        for label in slow:
            peers.behave(label, answers(202, after=SLOW_SECONDS))
        for label in failing:
            peers.behave(label, answers(500))
        labels = [*failing, "hole", *slow, *well]
        await union.publish("big", [peers.inbox(label, f"/{n}") for label in labels for n in range(4)])
        stop = asyncio.Event()
        await union.fan_out()
        started = time.monotonic()
        running = asyncio.create_task(union.deliverer.run_forever(stop))
        await asyncio.sleep(0.3)
        await union.publish("small", [peers.inbox("w3")], author=other)
        await union.fan_out()
        while not _all_well(peers, well) or not peers.to("w3", "/inbox"):
            assert time.monotonic() - started < 15
            await asyncio.sleep(0.05)
        took = time.monotonic() - started
        for_the_other_author = peers.to("w3", "/inbox")[0].at - started
        stop.set()
        await running
    assert took < 10, "the well ones wait for nobody"
    assert for_the_other_author < 5
    assert max(len(peers.to(label)) for label in failing) <= 6, "the breaker opened"
    assert len(peers.to("hole")) <= 2
    assert {peers.most_at_once[label] for label in well} <= {1, 2}
    states = await union.states()
    delivered = {url for url, state in states.items() if state == DeliveryState.DELIVERED}
    assert delivered >= {peers.inbox(label, f"/{n}") for label in well for n in range(4)}
    assert len(states) == len(labels) * 4 + 1
    await union.close()


def _all_well(peers: Peers, well: list[str]) -> bool:
    wanted = set(well)
    return sum(request.label in wanted for request in peers.requests) >= len(well) * 4
