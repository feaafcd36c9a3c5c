"""Processes that work on files: what breaks one, and that the next file finds another."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from fediunion.kit.errors import Invalid, Unavailable
from fediunion.kit.sentences import Sentence, kept, sentence_of
from fediunion.social.media.workshop.pool import Pool
from tests.social.media import samples

Open = Callable[..., Pool]

# A worker that does as its task says; the first line are the bounds.
OBEDIENT = """
import json, os, sys, time
from fediunion.social.media.workshop import sandbox
bounds = json.loads(sys.stdin.readline())
sandbox.confine(memory_bytes=bounds["memory_bytes"], file_bytes=bounds["file_bytes"])
for line in sys.stdin:
    task = json.loads(line)
    sandbox.allow_seconds(bounds["cpu_seconds"])
    if "told" in task:
        print(json.dumps({"unusable": task["told"]}), flush=True)
        continue
    made = eval(task["run"])
    print(json.dumps({"made": {"answer": made, "pid": os.getpid()}}), flush=True)
"""


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """Opens pools that are closed after the test."""
    pools: list[Pool] = []

    def open_pool(**bounds: Any) -> Pool:
        bounds.setdefault("command", [sys.executable, "-c", OBEDIENT])
        pools.append(Pool(bounds.pop("processes", 1), 1 << 20, **bounds))
        return pools[-1]

    yield open_pool
    for pool in pools:
        await pool.close()


async def answer(pool: Pool, run: str) -> Any:
    return (await pool.make({"run": run, "use": "test"}))["answer"]


async def test_a_worker_is_started_when_it_is_needed_and_kept(opened: Open) -> None:
    pool = opened()
    assert pool.started == 0
    assert await answer(pool, "1 + 1") == 2
    assert await answer(pool, "2 + 2") == 4
    assert pool.started == 1


@pytest.mark.parametrize(
    "run",
    [
        "os._exit(1)",
        "os.abort()",
        "os.kill(os.getpid(), 11)",
        "print('this is no JSON', flush=True)",
        "print('x' * 200_000, flush=True)",
        "len(bytes(1 << 31))",
        "os.kill(os.getpid(), 9)",
    ],
)
async def test_M06_a_file_that_breaks_its_worker_is_refused_and_the_next_one_finds_another(
    opened: Open, run: str
) -> None:
    pool = opened()
    with pytest.raises(Invalid):
        await answer(pool, run)
    assert await answer(pool, "'alive'") == "alive"
    assert (pool.started, pool.killed) == (2, 1)


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (kept(Sentence("A picture has %(most)s bytes at most.", most=5)), "A picture has 5 bytes at most."),
        ("anything", "The file cannot be read within the bounds for files."),
        ('["%(none)s", "", {}]', "The file cannot be read within the bounds for files."),
        ("[1, 2]", "The file cannot be read within the bounds for files."),
    ],
    ids=["a sentence", "no sentence", "without its values", "numbers"],
)
async def test_why_a_file_is_refused_can_be_translated(opened: Open, told: str, read: str) -> None:
    with pytest.raises(Invalid) as refused:
        await opened().make({"told": told, "use": "test"})
    said = sentence_of(refused.value)
    assert isinstance(said, Sentence)
    assert said == read


async def test_M06_a_worker_that_does_not_end_is_killed(opened: Open) -> None:
    pool = opened(task_seconds=0.5)
    with pytest.raises(Invalid):
        await answer(pool, "time.sleep(3600)")
    assert pool.killed == 1


async def test_M06_a_worker_that_only_computes_is_ended_by_the_kernel(opened: Open) -> None:
    pool = opened(cpu_seconds=1)
    with pytest.raises(Invalid):
        await answer(pool, "[None for _ in iter(int, 1)]")


async def test_M06_memory_is_bounded(opened: Open) -> None:
    pool = opened(memory_bytes=1 << 28)
    with pytest.raises(Invalid):
        await answer(pool, "len(bytes(1 << 28))")
    assert await answer(pool, "len(bytes(1 << 20))") == 1 << 20


async def test_M10_a_worker_and_its_children_reach_no_network(opened: Open) -> None:
    pool = opened()
    child = "__import__('subprocess').run([sys.executable, '-c', {!r}], stderr=-3).returncode"
    assert await answer(pool, child.format("import socket")) == 0
    assert await answer(pool, child.format("import socket; socket.socket()")) == 1
    with pytest.raises(Invalid):
        await answer(pool, "__import__('socket').socket()")


async def test_a_worker_knows_nothing_of_our_environment(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEDIUNION_SECRETS_MASTER_KEY", "secret")
    names = await answer(opened(), "sorted(os.environ)")
    assert set(names) <= {"PATH", "PYTHONPATH", "LANG", "LC_CTYPE"}


async def test_as_many_work_at_once_as_there_are_processes(opened: Open) -> None:
    pool = opened(processes=2)
    pids = await asyncio.gather(*(pool.make({"run": "time.sleep(0.05)", "use": "test"}) for _ in range(6)))
    assert pool.started <= 2
    assert len({each["pid"] for each in pids}) <= 2


async def test_who_waits_behind_too_many_is_told_to_come_back(opened: Open) -> None:
    pool = opened(task_seconds=300)

    def wait() -> Awaitable[Any]:
        return asyncio.ensure_future(answer(pool, "time.sleep(300)"))

    waiting = [wait() for _ in range(50)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await answer(pool, "1")
    for each in waiting:
        each.cancel()  # type: ignore[attr-defined]  # they are futures
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_worker_that_cannot_be_started_is_no_fault_of_the_file(opened: Open) -> None:
    with pytest.raises(Unavailable):
        await answer(opened(command=["/does/not/exist"]), "1")


async def test_M06_the_real_worker_refuses_a_bomb_and_goes_on(tmp_path: Path) -> None:
    pool = Pool(1, 1 << 26)
    source = tmp_path / "source"
    task = {"source": str(source), "folder": str(tmp_path), "use": "attachment"}
    task |= {"picture_bytes": 1 << 24, "ffmpeg": ""}  # type: ignore[dict-item]  # numbers and texts
    source.write_bytes(samples.png_of_size(50_000, 50_000))
    with pytest.raises(Invalid):
        await pool.make(task)
    source.write_bytes(samples.picture())
    assert (await pool.make(task))["width"] == 64
    assert (pool.started, pool.killed) == (1, 0)
    await pool.close()
