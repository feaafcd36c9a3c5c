"""Recovery codes: each good once, only hashes stored."""

import asyncio

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.members.factors.models import RecoveryCode
from fediunion.members.factors.recovery import (
    count_recovery_codes,
    replace_recovery_codes,
    take_recovery_code,
)
from fediunion.members.models import Member
from tests.members.conftest import Office


def take(session: Session, member: Member, code: str) -> bool:
    """Use up a code."""
    return take_recovery_code(session, member.id, code)


def left(session: Session, member: Member) -> int:
    """Return how many codes there are."""
    return count_recovery_codes(session, member.id)


async def test_W12_ten_codes_are_each_good_once(office: Office) -> None:
    ana = await office.add("ana")
    codes = await office.on(ana, replace_recovery_codes)
    assert len(set(codes)) == 10
    assert await office.on(ana, take, codes[0])
    assert not await office.on(ana, take, codes[0])
    assert await office.on(ana, take, f" {codes[1].upper().replace('-', '')} ")
    assert await office.on(ana, left) == 8


async def test_W12_new_codes_make_the_old_ones_worthless(office: Office) -> None:
    ana = await office.add("ana")
    old = await office.on(ana, replace_recovery_codes)
    new = await office.on(ana, replace_recovery_codes)
    assert not await office.on(ana, take, old[0])
    assert await office.on(ana, take, new[0])


async def test_W12_the_code_of_one_member_is_nothing_for_another(office: Office) -> None:
    ana, ben = await office.add("ana"), await office.add("ben")
    codes = await office.on(ana, replace_recovery_codes)
    assert not await office.on(ben, take, codes[0])
    assert await office.on(ana, left) == 10


async def test_W12_of_two_who_use_one_code_at_once_one_gets_through(office: Office) -> None:
    ana = await office.add("ana")
    codes = await office.on(ana, replace_recovery_codes)
    taken = await asyncio.gather(*(office.on(ana, take, codes[0]) for _ in range(6)))
    assert sorted(taken) == [False] * 5 + [True]


async def test_O27_only_hashes_of_codes_are_stored(office: Office) -> None:
    ana = await office.add("ana")
    codes = await office.on(ana, replace_recovery_codes)
    rows = await office.db.read(lambda session: list(session.scalars(select(RecoveryCode))))
    stored = " ".join(str(vars(row)) for row in rows)
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)
