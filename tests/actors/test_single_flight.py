"""One piece of work for all who want the same."""

import asyncio

import pytest

from fediunion.actors.single_flight import SingleFlight


class Work:
    """Counts how often it was started, and waits to be released."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.started = 0
        self.release = asyncio.Event()
        self.fault = fault

    async def __call__(self) -> int:
        self.started += 1
        await self.release.wait()
        if self.fault is not None:
            raise self.fault
        return self.started


async def test_all_who_ask_meanwhile_get_the_same_and_later_ones_anew() -> None:
    flights: SingleFlight[int] = SingleFlight()
    work = Work()
    asked = [asyncio.create_task(flights.run("key", work)) for _ in range(5)]
    other = asyncio.create_task(flights.run("other", work))
    await asyncio.sleep(0)
    work.release.set()
    results = await asyncio.gather(*asked)
    await other
    assert len(set(results)) == 1
    assert work.started == 2
    await flights.run("key", work)
    assert work.started == 3


async def test_an_error_is_for_all_and_not_kept() -> None:
    flights: SingleFlight[int] = SingleFlight()
    work = Work(ValueError("no"))
    work.release.set()
    outcomes = await asyncio.gather(*(flights.run("key", work) for _ in range(3)), return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["no"] * 3
    assert work.started == 1
    work.fault = None
    assert await flights.run("key", work) == 2


async def test_who_gives_up_does_not_stop_it_for_the_others() -> None:
    flights: SingleFlight[int] = SingleFlight()
    work = Work()
    first = asyncio.create_task(flights.run("key", work))
    second = asyncio.create_task(flights.run("key", work))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    work.release.set()
    assert await second == 1
