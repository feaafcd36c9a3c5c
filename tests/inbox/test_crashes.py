"""Rows L01 and L02: killed at any point, nothing that was acknowledged is lost, and effects happen once."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.databases import Databases
from tests.fakes.signing import signed_headers
from tests.fakes.stranger import HONEST, StrangeActor
from tests.inbox.rig import ALICE, SHARED, Rig
from tests.processes.running import program

_KILLED = -9


class Crashing:
    """An instance, a sender whose key it knows, and processes of the instance that die on demand."""

    def __init__(self, rig: Rig, alice: StrangeActor, url: str, directory: Path) -> None:
        self.rig, self.alice = rig, alice
        self._url, self._directory = url, directory

    async def run(self, crash_at: str, activity: dict[str, Any] | None = None) -> tuple[int, str]:
        """Return exit code and output of a process that takes `activity`, or processes what is due."""
        arguments = [self._url, str(self._directory)]
        if activity is not None:
            arguments.append(str(self._written(activity)))
        done = await asyncio.to_thread(
            program, "tests.inbox.crashing_process", *arguments, env={"FEDIUNION_CRASH_AT": crash_at}
        )
        return done.returncode, done.stdout.strip()

    def _written(self, activity: dict[str, Any]) -> Path:
        body = orjson.dumps(activity)
        headers = signed_headers(
            HONEST,
            url=SHARED,
            body=body,
            key=self.alice.rsa,
            key_id=self.alice.key_id,
            now=self.rig.clock.now(),
        )
        file = self._directory / "delivery.json"
        sent = {"headers": [*headers, ("content-type", "application/activity+json")], "body": body.decode()}
        file.write_text(json.dumps(sent))
        return file


@pytest.fixture
async def crashing(databases: Databases, tmp_path: Path) -> AsyncIterator[Crashing]:
    """An instance that knows alice@good.example."""
    url = databases.with_tables()
    rig = await Rig.start(url, tmp_path)
    alice = (await rig.stranger("good.example")).add_actor("alice")
    assert (await alice.post(SHARED, alice.create(alice.note()))).status == 202
    await rig.settle()
    yield Crashing(rig, alice, url, tmp_path)
    await rig.close()


async def test_a_process_that_is_not_killed_acknowledges_and_processes(crashing: Crashing) -> None:
    follow = crashing.alice.activity("Follow", ALICE)
    assert await crashing.run("", follow) == (0, "202")
    assert await crashing.run("") == (0, "")
    assert await crashing.rig.outcome(follow["id"]) == "done"


@pytest.mark.parametrize("point", ["inbox_before_commit", "after_commit_before_ack"])
async def test_L01_killed_while_it_takes_a_delivery_it_is_taken_once_in_the_end(
    crashing: Crashing, point: str
) -> None:
    follow = crashing.alice.activity("Follow", ALICE)
    assert await crashing.run(point, follow) == (_KILLED, "")
    assert (await crashing.rig.row(follow["id"]) is not None) == (point == "after_commit_before_ack")
    assert (await crashing.alice.post(SHARED, follow)).status == 202
    await crashing.rig.settle()
    assert await crashing.rig.outcome(follow["id"]) == "done"
    assert [row.uri for row in await crashing.rig.rows()].count(follow["id"]) == 1


@pytest.mark.parametrize("point", ["process_before_commit", "process_after_commit"])
async def test_L02_killed_while_it_processes_the_effect_happens_once(crashing: Crashing, point: str) -> None:
    follows = [crashing.alice.activity("Follow", ALICE) for _ in range(3)]
    for follow in follows:
        assert (await crashing.alice.post(SHARED, follow)).status == 202
    assert await crashing.run(point) == (_KILLED, "")
    committed = point == "process_after_commit"
    assert (await crashing.rig.kind_of(follows[0]["id"]) == "follow") == committed
    await crashing.rig.settle()
    crashing.rig.clock.advance(60)
    await crashing.rig.settle()
    assert [await crashing.rig.outcome(each["id"]) for each in follows] == ["done"] * 3
    assert await crashing.rig.jobs() == 0
