"""The list of browsers: what it says, and signing them out."""

import asyncio

import pytest
from sqlalchemy.orm import Session

from fediunion.kit.errors import NotAllowed
from fediunion.members.devices import describe_device
from fediunion.members.models import Member
from fediunion.members.sessions import (
    SESSIONS,
    begin_session,
    end_session_of_id,
    end_sessions,
    is_proved,
    list_sessions,
    proved_member,
)
from fediunion.world import CHANGED
from tests.members.conftest import Office

AGENTS = {
    "Firefox on Linux": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Chrome on Android": "Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/126.0 Mobile Safari/537.36",
    "Safari on iOS": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1",
    "Edge on Windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0",
    "": "curl/8.5.0",
}


@pytest.mark.parametrize(("said", "agent"), AGENTS.items(), ids=[name or "unknown" for name in AGENTS])
def test_a_device_is_described_coarsely(said: str, agent: str) -> None:
    assert describe_device(agent) == said


async def test_W03_a_member_signs_out_one_browser_or_all_others(office: Office) -> None:
    ana, ben = await office.add("ana"), await office.add("ben")
    cookies = [await office.on(ana, begin_session, device=f"Browser {number}") for number in range(3)]
    foreign = await office.signed_in(ben)
    rows = await office.on(ana, list_sessions)
    assert {row.device for row in rows} == {"Browser 0", "Browser 1", "Browser 2"}
    first = next(row for row in rows if row.device == "Browser 0")
    await office.on(ben, end_session_of_id, first.id)
    assert await office.is_signed_in(cookies[0])
    await office.on(ana, end_session_of_id, first.id)
    assert [await office.is_signed_in(cookie) for cookie in cookies] == [False, True, True]

    def others(session: Session, member: Member) -> None:
        end_sessions(session, member, but=cookies[2])

    await office.on(ana, others)
    assert [await office.is_signed_in(cookie) for cookie in [*cookies, foreign]] == [False, False, True, True]


async def test_O10_all_processes_hear_that_a_session_ended(office: Office) -> None:
    """Whatever a browser keeps open can end with it."""
    heard = asyncio.Event()
    office.db.subscribe(CHANGED, lambda what: heard.set() if what == SESSIONS else None)
    ana = await office.add("ana")
    await office.signed_in(ana)
    await office.on(ana, end_sessions)
    await asyncio.wait_for(heard.wait(), 60)


async def test_W03_sessions_that_are_over_are_not_listed(office: Office) -> None:
    ana = await office.add("ana")
    await office.signed_in(ana)
    office.clock.advance(hours=12)
    await office.signed_in(ana)
    assert len(await office.on(ana, list_sessions)) == 1


async def test_W19_a_proof_is_good_for_ten_minutes(office: Office) -> None:
    ana = await office.add("ana")
    cookie = await office.signed_in(ana)
    office.clock.advance(minutes=9, seconds=59)
    (row,) = await office.on(ana, list_sessions)
    assert is_proved(row, office.clock.now())
    assert (await office.db.read(proved_member, cookie)).id == ana.id
    office.clock.advance(seconds=1)
    assert not is_proved(row, office.clock.now())
    with pytest.raises(NotAllowed, match="Show once more"):
        await office.db.read(proved_member, cookie)
