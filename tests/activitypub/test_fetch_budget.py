"""How many fetches strangers may cause."""

import pytest

from fediunion.activitypub.fetch_budget import FetchBudget, Share
from fediunion.kit.clock import Clock
from fediunion.kit.errors import BadDocument, Unreachable


class SetClock(Clock):
    """A clock that moves when told."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


async def take(budget: FetchBudget, url: str, cause: str = "") -> bool:
    try:
        async with budget.slot(url, cause):
            return True
    except Unreachable:
        return False


async def test_an_exhausted_budget_says_when_to_come_back(clock: SetClock) -> None:
    budget = FetchBudget(clock, per_minute=1)
    assert await take(budget, "https://a.example/")
    clock.seconds += 20
    with pytest.raises(Unreachable) as raised:
        async with budget.slot("https://b.example/"):
            pass
    assert (raised.value.reason, raised.value.retry_after_seconds) == ("fetch-budget", 40)


async def test_S33_sixty_attempts_a_minute_overall(clock: SetClock) -> None:
    budget = FetchBudget(clock)
    taken = [await take(budget, f"https://dead-{number}.example/key") for number in range(1000)]
    assert sum(taken) == 60
    clock.seconds += 59
    assert not await take(budget, "https://good.example/key")
    clock.seconds += 1
    assert await take(budget, "https://good.example/key")


async def test_S33_two_at_once_for_a_registrable_domain(clock: SetClock) -> None:
    budget = FetchBudget(clock)
    async with budget.slot("https://a.evil.example/1"), budget.slot("https://b.evil.example/1"):
        assert not await take(budget, "https://c.evil.example/1")
        assert await take(budget, "https://good.example/1")
    assert await take(budget, "https://c.evil.example/1")


async def test_F31_nobody_who_has_us_ask_uses_up_what_others_need(clock: SetClock) -> None:
    budget = FetchBudget(
        clock,
        per_minute=12,
        per_domain_per_minute=8,
        share=Share(per_minute=6, per_domain_per_minute=4),
    )
    victim = [await take(budget, f"https://victim.example/{each}", "evil.example") for each in range(9)]
    assert sum(victim) == 4
    clock.seconds += 20
    others = [await take(budget, f"https://d{each}.example/", "evil.example") for each in range(9)]
    assert sum(others) == 2
    assert all([await take(budget, "https://victim.example/1", "good.example") for _ in range(4)])
    with pytest.raises(Unreachable) as raised:
        async with budget.slot("https://victim.example/1", "evil.example"):
            pass
    assert raised.value.retry_after_seconds == 40
    assert [await take(budget, f"https://d{each}.example/") for each in range(3)] == [True, True, False]
    clock.seconds += 41
    assert await take(budget, "https://victim.example/1", "evil.example")


async def test_S33_a_failed_fetch_gives_its_place_back(clock: SetClock) -> None:
    budget = FetchBudget(clock)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            async with budget.slot("https://evil.example/1"):
                raise ZeroDivisionError
    assert await take(budget, "https://evil.example/1")


async def test_F36_all_subdomains_share_one_bucket(clock: SetClock) -> None:
    budget = FetchBudget(clock)
    taken = [await take(budget, f"https://s{number}.evil.example/key") for number in range(500)]
    assert sum(taken) == 20
    assert await take(budget, "https://good.example/key")
    clock.seconds += 61
    assert await take(budget, "https://s1.evil.example/key")


async def test_R10_what_is_remembered_is_bounded(clock: SetClock) -> None:
    budget = FetchBudget(clock)
    for number in range(2000):
        clock.seconds += 0.5
        await take(budget, f"https://dead-{number}.example/key", f"cause-{number}.example")
    assert len(budget._recent) <= 60
    assert len(budget._recent_of) <= 3 * 60 + 1
    assert not budget._running


async def test_what_is_no_address_takes_no_place(clock: SetClock) -> None:
    budget = FetchBudget(clock, per_minute=1)
    with pytest.raises(BadDocument):
        async with budget.slot("javascript:x"):
            pass
    assert await take(budget, "https://good.example/")
