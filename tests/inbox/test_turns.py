"""Whose turn it is to be asked, and how long a server is known to be slow."""

import pytest

from fediunion.inbox.turns import PATIENT, QUICK, LetsWait, Turns
from fediunion.kit.errors import Unreachable
from tests.inbox.rig import Rig

NOTE = "https://slow.example/notes/1"
SISTER = "https://other.slow.example/notes/2"
ELSEWHERE = "https://quick.example/notes/1"


async def ask(rig: Rig, turns: Turns, uri: str, *, seconds: float = 0.0, answers: bool = True) -> None:
    """Ask a server that takes so long."""
    async with turns.at(uri):
        rig.clock.advance(seconds)
        if not answers:
            raise Unreachable("no answer")


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
