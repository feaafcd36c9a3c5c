"""Rows L01, L02, L05 and L19 with real processes: a storm of deliveries, and what is left of it.

Fewer kills than the rows ask for, so that the tests end soon: FEDIUNION_FAULT_ROUNDS raises the number.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.storm import ROUNDS, clock_from_now, look, processed, sender_to, storm_until
from tests.processes.running import Instance, Server, stop_all

pytestmark = pytest.mark.slow


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    """Processes that are ended after the test, whatever state they are in."""
    started: list[Server] = []
    yield started
    stop_all(started)


@pytest.fixture
def instance(tmp_path: Path, database_url: str) -> Instance:
    """An instance with ana, on the engine of this run."""
    if database_url.startswith("postgresql"):
        made = Instance.new(tmp_path / "union-a", database_url=database_url)
        made.succeed("migrate")
    else:
        made = Instance.new(tmp_path / "union-a")
    made.succeed("member", "create", "ana", "--email", "ana@union.example", "--reach", "public")
    return made


def start(servers: list[Server], instance: Instance, *role: str, rounds: int = 0) -> Server:
    """Start a process of the instance; with `rounds` its clock is past the leases of those before."""
    ready = "worker ready" if "worker" in role else "fediunion ready"
    server = Server(
        "--config",
        instance.config,
        "serve",
        *(("--role", *role) if role else ()),
        env=clock_from_now(rounds) if rounds else None,
        ready=ready,
    )
    servers.append(server)
    return server


async def test_L01_a_server_killed_in_a_storm_loses_nothing_that_it_acknowledged(
    instance: Instance, servers: list[Server]
) -> None:
    async with sender_to(instance) as sender:
        for number in range(ROUNDS):
            server = start(servers, instance, rounds=number)
            await sender.introduce()
            await storm_until(sender, 20, server.kill)
            found = await look(instance, sender.acknowledged, at_rest=False)
            assert found.wrong == []
        assert sender.refused == []
        start(servers, instance, rounds=ROUNDS)
        await sender.resend()
        await processed(instance)
        found = await look(instance, sender.acknowledged)
        sent = len(set(sender.acknowledged))
        assert found.wrong == []
        assert (found.rows, found.posts, found.notifications) == (sent, sent, sent)
        assert sent > 20 * ROUNDS


async def test_L05_a_server_that_is_told_to_stop_answers_what_it_has_begun(
    instance: Instance, servers: list[Server]
) -> None:
    async with sender_to(instance) as sender:
        server = start(servers, instance)
        await sender.introduce()
        codes: list[int] = []
        await storm_until(sender, 20, lambda: codes.append(server.stop(signal.SIGTERM)))
        assert codes == [0]
        assert sender.refused == []
        assert (await look(instance, sender.acknowledged, at_rest=False)).wrong == []
        start(servers, instance)
        await sender.resend()
        await processed(instance)
        found = await look(instance, sender.acknowledged)
        sent = len(set(sender.acknowledged))
        assert found.wrong == []
        assert (found.rows, found.posts, found.notifications) == (sent, sent, sent)


async def test_L19_ten_copies_of_everything_to_both_inboxes_have_one_effect(
    instance: Instance, servers: list[Server]
) -> None:
    """On PostgreSQL with one web process and two workers, one of which is killed on the way (row L02)."""
    if instance_is_on_postgresql(instance):
        start(servers, instance, "web")
        first = start(servers, instance, "worker")
        start(servers, instance, "worker")
    else:
        start(servers, instance)
        first = None
    async with sender_to(instance) as sender:
        await sender.introduce()
        notes = [sender.note() for _ in range(15)]
        for copy in range(10):
            for note in notes:
                assert await sender.send(note, "/inbox" if copy % 2 else "/actors/ana/inbox") == 202
            if copy == 4 and first is not None:
                first.kill()
                start(servers, instance, "worker", rounds=1)
        await processed(instance)
        found = await look(instance, sender.acknowledged)
        assert found.wrong == []
        assert (found.rows, found.posts, found.notifications) == (16, 16, 16)


def instance_is_on_postgresql(instance: Instance) -> bool:
    """Return whether the instance was configured for a database server."""
    return 'url = "postgresql' in instance.config.read_text()
