"""Whose turn it is to be asked, and how long a server is known to be slow."""

import asyncio

import pytest

from fediunion.inbox.turns import PATIENT, QUICK, LetsWait, Pace, Turns
from fediunion.kit.errors import Unreachable
from tests.inbox.rig import Rig

NOTE = "https://slow.example/notes/1"
SISTER = "https://other.slow.example/notes/2"
ELSEWHERE = "https://quick.example/notes/1"


async def ask(
    rig: Rig,
    turns: Turns,
    uri: str,
    *,
    cause: str = "slow.example",
    seconds: float = 0.0,
    answers: bool = True,
    reason: str = "timeout",
) -> None:
    """Have `cause` ask a server that takes so long."""
    async with turns.at(uri, cause):
        rig.clock.advance(seconds)
        if not answers:
            raise Unreachable("no answer", reason=reason)


async def test_who_is_in_a_hurry_leaves_a_slow_domain_alone_for_ten_minutes(rig: Rig) -> None:
    quick, patient = Turns(rig.world, QUICK), Turns(rig.world, PATIENT)
    await ask(rig, quick, NOTE, seconds=2)
    for uri in (NOTE, SISTER):
        with pytest.raises(LetsWait):
            await ask(rig, quick, uri)
        await ask(rig, patient, uri)
    await ask(rig, quick, ELSEWHERE)
    rig.clock.advance(minutes=10, seconds=1)
    await ask(rig, quick, NOTE)


async def test_a_domain_that_was_waited_for_in_vain_is_left_alone_for_a_minute(rig: Rig) -> None:
    patient = Turns(rig.world, PATIENT)
    await ask(rig, patient, NOTE, seconds=9)
    with pytest.raises(Unreachable, match="no answer"):
        await ask(rig, patient, NOTE, seconds=9, answers=False)
    with pytest.raises(Unreachable, match="let us wait") as raised:
        await ask(rig, patient, SISTER)
    assert raised.value.retry_after_seconds == 60
    await ask(rig, patient, ELSEWHERE)
    rig.clock.advance(61)
    await ask(rig, patient, NOTE)


async def test_an_error_that_came_at_once_is_held_against_nobody(rig: Rig) -> None:
    for turns in (Turns(rig.world, QUICK), Turns(rig.world, PATIENT)):
        for _ in range(2):
            with pytest.raises(Unreachable, match="no answer"):
                await ask(rig, turns, NOTE, answers=False)


async def is_left_alone(rig: Rig, turns: Turns, cause: str) -> bool:
    """Return whether the slow server is not asked for what `cause` sends."""
    try:
        await ask(rig, turns, SISTER, cause=cause)
    except (LetsWait, Unreachable):
        return True
    return False


@pytest.mark.parametrize("pace", [QUICK, PATIENT], ids=["quick", "patient"])
async def test_F39_what_one_sender_had_us_wait_for_holds_up_that_sender_alone(rig: Rig, pace: Pace) -> None:
    turns = Turns(rig.world, pace)
    for number in range(3):
        address = f"https://slow.example/pages/{number}"
        with pytest.raises((LetsWait, Unreachable)):
            await ask(rig, turns, address, cause="evil.example", seconds=9, answers=False)
    causes = ("evil.example", "good.example", "slow.example")
    assert [await is_left_alone(rig, turns, cause) for cause in causes] == [True, False, False]
    with pytest.raises((LetsWait, Unreachable)):
        await ask(rig, turns, NOTE, cause="wicked.example", seconds=9, answers=False)
    assert [await is_left_alone(rig, turns, cause) for cause in causes] == [True, True, False]


async def test_F39_what_a_server_has_us_ask_of_itself_has_places_of_its_own(rig: Rig) -> None:
    turns = Turns(rig.world, PATIENT)
    async with turns.at(NOTE, "evil.example"), turns.at(SISTER, "evil.example"):
        await asyncio.wait_for(ask(rig, turns, NOTE), 60)


async def test_that_there_was_no_room_for_a_fetch_is_held_against_nobody(rig: Rig) -> None:
    turns = Turns(rig.world, PATIENT)
    with pytest.raises(Unreachable, match="no answer"):
        await ask(rig, turns, NOTE, seconds=9, answers=False, reason="fetch-budget")
    assert not await is_left_alone(rig, turns, "slow.example")
    assert not await is_left_alone(rig, Turns(rig.world, QUICK), "slow.example")
