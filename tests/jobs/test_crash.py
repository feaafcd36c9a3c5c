"""Crash points: where they are, when they strike, and that production refuses them."""

import asyncio
import re
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import fediunion
from fediunion.config import Mode, Settings
from fediunion.jobs.crash import CRASH_POINTS, VARIABLE, crash_point, refuse_in_production
from fediunion.kit.errors import BadConfiguration

_PASSES = """
from fediunion.jobs.crash import crash_point
for number in range(5):
    print(number, flush=True)
    crash_point("job_after_claim")
    crash_point("job_before_finish")
"""


async def _run(armed: str) -> tuple[int | None, int]:
    """Return the exit code of a process that passes two points five times, and how often it began."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _PASSES,
        stdout=asyncio.subprocess.PIPE,
        env={VARIABLE: armed},
        cwd=Path(fediunion.__file__).parents[1],
    )
    output, _ = await process.communicate()
    return process.returncode, len(output.split())


@pytest.mark.parametrize(
    ("armed", "code", "rounds"),
    [
        ("", 0, 5),
        ("after_commit_before_ack", 0, 5),
        ("job_after_claim", -signal.SIGKILL, 1),
        ("job_before_finish:3", -signal.SIGKILL, 3),
        ("job_before_finish:9", 0, 5),
    ],
)
async def test_a_process_dies_at_the_passing_that_is_asked_for(armed: str, code: int, rounds: int) -> None:
    assert await _run(armed) == (code, rounds)


def test_nothing_happens_where_no_crash_is_asked_for() -> None:
    for name in CRASH_POINTS:
        crash_point(name)


def test_every_crash_point_in_the_code_is_in_the_list() -> None:
    sources = Path(fediunion.__file__).parent.rglob("*.py")
    used = {name for file in sources for name in re.findall(r'crash_point\("(.*?)"\)', file.read_text())}
    assert used
    assert used <= set(CRASH_POINTS)


def test_production_refuses_to_start_with_a_crash_asked_for(settings: Settings) -> None:
    production = replace(settings, instance=replace(settings.instance, mode=Mode.PRODUCTION))
    refuse_in_production(production, {})
    with pytest.raises(BadConfiguration, match=VARIABLE):
        refuse_in_production(production, {VARIABLE: "job_after_claim"})


@pytest.mark.parametrize("armed", ["nowhere", "job_after_claim:soon"])
def test_a_crash_point_that_does_not_exist_is_refused(settings: Settings, armed: str) -> None:
    refuse_in_production(settings, {VARIABLE: "job_after_claim:2"})
    with pytest.raises(BadConfiguration, match="crash point"):
        refuse_in_production(settings, {VARIABLE: armed})
