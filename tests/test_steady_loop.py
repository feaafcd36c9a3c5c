"""The loop of the tests: waits are as long as they should be, and standing still does not count."""

import asyncio
import time

import pytest

from tests.steady_loop import SteadyLoop

_SHORT = 1.0


async def test_tests_run_in_it() -> None:
    assert isinstance(asyncio.get_running_loop(), SteadyLoop)


async def test_no_deadline_passes_while_the_machine_stands_still() -> None:
    async with asyncio.timeout(_SHORT):
        time.sleep(2 * _SHORT)  # noqa: ASYNC251  # that is standing still
        await asyncio.sleep(0)


async def test_a_deadline_passes_while_nothing_happens() -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.3)
