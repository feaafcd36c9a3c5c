"""Row L03: a worker killed in the midst of delivering loses nothing, and repeats at most one for an inbox."""

import asyncio
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from fediunion.config import Settings
from fediunion.db import Database, Surroundings, open_database
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.peer import Peers
from tests.fakes.settings import settings_for
from tests.outbox.sending_union import SendingUnion
from tests.processes.running import program

HOSTS, INBOXES_EACH, ACTIVITIES = 3, 2, 4


async def _run_worker(settings: Settings, directory: Path, *arguments: str, crash_at: str = "") -> int:
    done = await asyncio.to_thread(
        program,
        "tests.faults.delivering_process",
        settings.database.url,
        directory,
        *arguments,
        env={"FEDIUNION_CRASH_AT": crash_at} if crash_at else None,
    )
    return done.returncode


@pytest.mark.parametrize(
    "crash_at",
    [
        "fan_out_before_commit:1",
        "delivery_before_post:3",
        "delivery_after_post:1",
        "delivery_after_post:9",
        "delivery_after_mark:2",
    ],
)
async def test_L03_a_killed_worker_loses_nothing_and_repeats_at_most_one_for_an_inbox(
    databases: Databases, tmp_path: Path, clock: FakeClock, peers: Peers, crash_at: str
) -> None:
    settings = settings_for("union.test", tmp_path, databases.with_tables())
    inboxes = [
        peers.inbox(f"p{host}", f"/{number}") for host in range(HOSTS) for number in range(INBOXES_EACH)
    ]
    database: Database = open_database(settings.database.url, Surroundings(settings, clock))
    await database.start()
    union = await SendingUnion(database, settings, clock).start()
    uris = [await union.publish(f"post-{number}", inboxes) for number in range(ACTIVITIES)]
    await union.close()
    await database.close()

    killed = await _run_worker(settings, tmp_path, clock.now().isoformat(), crash_at=crash_at)
    assert killed == -signal.SIGKILL
    later = clock.now() + timedelta(minutes=2)
    assert await _run_worker(settings, tmp_path, later.isoformat()) == 0

    for host in range(HOSTS):
        for number in range(INBOXES_EACH):
            received = peers.ids(f"p{host}", f"/{number}")
            assert list(dict.fromkeys(received)) == uris, "lost or out of order"
            repeats = Counter(received)
            assert sum(repeats.values()) - len(uris) <= 1


@pytest.mark.parametrize(
    ("crash_at", "units"), [("fan_out_between_batches:1", 1), ("fan_out_between_batches:3", 3)]
)
async def test_L03_a_fan_out_killed_between_two_units_reaches_every_inbox_exactly_once(
    databases: Databases, tmp_path: Path, clock: FakeClock, peers: Peers, crash_at: str, units: int
) -> None:
    settings = settings_for("union.test", tmp_path, databases.with_tables())
    places = [(f"p{host}", f"/{number}") for host in range(HOSTS) for number in range(4)]
    database: Database = open_database(settings.database.url, Surroundings(settings, clock))
    await database.start()
    union = await SendingUnion(database, settings, clock).start()
    uris = [
        await union.publish(f"post-{number}", [peers.inbox(*each) for each in places]) for number in range(2)
    ]
    in_one_unit = 5

    killed = await _run_worker(
        settings, tmp_path, clock.now().isoformat(), str(in_one_unit), crash_at=crash_at
    )
    assert killed == -signal.SIGKILL
    assert len(await union.deliveries()) == units * in_one_unit, "it died between two units"
    assert peers.requests == []
    await union.close()
    await database.close()
    later = clock.now() + timedelta(minutes=2)
    assert await _run_worker(settings, tmp_path, later.isoformat(), str(in_one_unit)) == 0

    assert {place: peers.ids(*place) for place in places} == dict.fromkeys(places, uris)
