"""Row L23: a large fan-out with slow, silent and failing servers among the well ones delays nobody."""

import asyncio

import pytest

from fediunion.config import Settings
from fediunion.db import Database
from fediunion.outbox.models import DeliveryState
from tests.fakes.clock import FakeClock
from tests.fakes.peer import Peers, answers, answers_after
from tests.outbox.sending_union import SendingUnion, federation_of

WELL, SLOW, FAILING = 120, 10, 20


@pytest.mark.slow
async def test_L23_slow_silent_and_failing_servers_delay_neither_the_well_ones_nor_other_authors(
    database: Database, settings: Settings, clock: FakeClock
) -> None:
    """The slow and the silent ones say nothing until all others have what they should."""
    patient = federation_of(settings, request_timeout_seconds=600)
    union = await SendingUnion(database, patient, clock).start()
    others_are_done = asyncio.Event()
    other = await union.add_actor("other")
    async with Peers() as peers:
        well, slow = [f"w{n}" for n in range(WELL)], [f"s{n}" for n in range(SLOW)]
        failing = [f"f{n}" for n in range(FAILING)]
        for label in ("hole", *slow):
            peers.behave(label, answers_after(others_are_done))
        for label in failing:
            peers.behave(label, answers(500))
        labels = [*failing, "hole", *slow, *well]
        await union.publish("big", [peers.inbox(label, f"/{n}") for label in labels for n in range(4)])
        stop = asyncio.Event()
        await union.fan_out()
        running = asyncio.create_task(union.deliverer.run_forever(stop))
        await peers.wait_for(1)
        await union.publish("small", [peers.inbox("w3")], author=other)
        await union.fan_out()
        await peers.until(lambda: _all_well(peers, well) and bool(peers.to("w3", "/inbox")))
        # They are asked, and have not answered.
        await peers.until(lambda: {peers.at_once.get(label) for label in slow} == {2})
        tried_the_hole = len(peers.to("hole"))
        others_are_done.set()
        stop.set()
        await running
    assert max(len(peers.to(label)) for label in failing) <= 6, "the breaker opened"
    assert tried_the_hole <= 2
    assert {peers.most_at_once[label] for label in well} <= {1, 2}
    states = await union.states()
    delivered = {url for url, state in states.items() if state == DeliveryState.DELIVERED}
    assert delivered >= {peers.inbox(label, f"/{n}") for label in well for n in range(4)}
    assert len(states) == len(labels) * 4 + 1
    await union.close()


def _all_well(peers: Peers, well: list[str]) -> bool:
    """Return whether the well ones were asked for each of their own inboxes; the shared one of w3 is more."""
    wanted = set(well)
    asked = [each for each in peers.requests if each.label in wanted and each.path != "/inbox"]
    return len(asked) >= len(well) * 4
