"""Another password: by the one that was, by mail, by a recovery code; all that was open ends."""

import asyncio
import re
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.config import Settings
from fediunion.jobs.models import Job
from fediunion.kit.errors import Invalid, NotFound
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.factors.recovery import replace_recovery_codes
from fediunion.members.links.models import MailedLink
from fediunion.members.models import Member, MemberState
from fediunion.members.password_change import (
    MAIL_RESET,
    ask_reset,
    change_password,
    is_reset_good,
    mail_reset,
    reset_by_recovery_code,
    reset_password,
)
from fediunion.members.refusals import WrongProof
from fediunion.members.service import change_email, set_password
from fediunion.members.tokens import create_token, find_token
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.members.conftest import PASSWORD, Office, office_of, password_hash

ADDRESS = "192.0.2.1"
NEW = "purple monkey dishwasher"


async def ana_of(office: Office) -> Member:
    """Return a member with an address and PASSWORD."""
    return await office.add("ana", email="ana@us.example", password_hash=password_hash())


async def jobs(office: Office) -> list[Job]:
    """Return the jobs about resets that wait."""

    def read(session: Session) -> list[Job]:
        return list(session.scalars(select(Job).where(Job.kind == MAIL_RESET).order_by(Job.id)))

    return await office.db.read(read)


async def mailed_token(office: Office, name: str = "ana") -> str:
    """Ask for a reset, run its job, and return the token of the newest mail."""
    await ask_reset(office.world, name=name, address=ADDRESS)
    await mail_reset(office.world, (await jobs(office))[-1].payload)
    found = re.search(r"token=([\w-]+)", (await office.letters())[-1].text)
    assert found
    return found[1]


async def test_a_changed_password_ends_all_but_the_browser_in_which_it_was_changed(office: Office) -> None:
    ana = await ana_of(office)
    here, there = await office.signed_in(ana), await office.signed_in(ana)
    bearer = await office.on(ana, create_token, "read")
    fresh = await change_password(office.world, cookie=here, current=PASSWORD, new=NEW, address=ADDRESS)
    assert [await office.is_signed_in(cookie) for cookie in (fresh, here, there)] == [True, False, False]
    assert await office.db.read(find_token, bearer) is None
    (letter,) = await office.letters()
    assert letter.to == "ana@us.example"
    assert "password of your account was changed" in letter.text


@pytest.mark.parametrize(
    ("current", "new", "error"),
    [("wrong", NEW, WrongProof), (PASSWORD, "short", Invalid), (PASSWORD, "ana@us.example", Invalid)],
    ids=["wrong", "short", "own address"],
)
async def test_a_password_that_is_not_changed_ends_nothing(
    office: Office, current: str, new: str, error: type[Exception]
) -> None:
    ana = await ana_of(office)
    cookie = await office.signed_in(ana)
    with pytest.raises(error):
        await change_password(office.world, cookie=cookie, current=current, new=new, address=ADDRESS)
    assert await office.is_signed_in(cookie)
    assert (await office.state_of(ana)).password_hash == password_hash()


async def test_W14_a_mailed_link_gives_another_password_once(office: Office) -> None:
    ana = await ana_of(office)
    cookie = await office.signed_in(ana)
    token = await mailed_token(office, "ANA@us.example")
    assert await office.db.read(is_reset_good, token)
    await reset_password(office.world, token=token, new=NEW)
    assert (await office.state_of(ana)).password_hash != password_hash()
    assert not await office.is_signed_in(cookie)
    assert not await office.db.read(is_reset_good, token)
    with pytest.raises(NotFound):
        await reset_password(office.world, token=token, new=NEW)
    assert "was changed" in (await office.letters())[-1].text


async def test_W14_a_link_lives_an_hour_and_only_the_newest_counts(office: Office) -> None:
    await ana_of(office)
    old = await mailed_token(office)
    new = await mailed_token(office)
    assert [await office.db.read(is_reset_good, token) for token in (old, new)] == [False, True]
    office.clock.advance(hours=1)
    with pytest.raises(NotFound):
        await reset_password(office.world, token=new, new=NEW)


@pytest.mark.parametrize(
    "change", [(set_password, "other"), (change_email, "new@us.example")], ids=["password", "address"]
)
async def test_W14_a_link_dies_with_the_password_and_the_address(
    office: Office, change: tuple[object, ...]
) -> None:
    ana = await ana_of(office)
    token = await mailed_token(office)
    await office.on(ana, *change)
    with pytest.raises(NotFound):
        await reset_password(office.world, token=token, new=NEW)


async def test_W14_of_two_who_use_a_link_at_once_one_gets_through(office: Office) -> None:
    await ana_of(office)
    token = await mailed_token(office)
    results = await asyncio.gather(
        *(reset_password(office.world, token=token, new=f"{NEW} {number}") for number in range(2)),
        return_exceptions=True,
    )
    assert sorted(result is None for result in results) == [False, True]


async def test_W14_the_link_is_of_our_own_address_and_only_its_hash_is_stored(office: Office) -> None:
    await ana_of(office)
    token = await mailed_token(office)
    assert f"https://union.test/password/new?token={token}\n" in (await office.letters())[-1].text
    (row,) = await office.db.read(lambda session: list(session.scalars(select(MailedLink))))
    assert token not in str(vars(row))


@pytest.mark.parametrize("name", ["ana", "nobody", "nobody@us.example", "sue", "ben", "", "\udc80"], ids=repr)
async def test_W08_asking_for_a_reset_does_the_same_for_everybody(office: Office, name: str) -> None:
    await ana_of(office)
    await office.add("sue", email="sue@us.example", state=MemberState.SUSPENDED)
    await office.add("ben")
    await ask_reset(office.world, name=name, address=ADDRESS)
    (job,) = await jobs(office)
    assert job.payload.keys() == {"asked", "language"}
    assert name.encode("utf-8", "replace") not in str(job.payload).encode() or not name
    await mail_reset(office.world, job.payload)
    assert [letter.to for letter in await office.letters()] == (["ana@us.example"] if name == "ana" else [])


async def test_O20_mails_for_a_reset_are_limited_by_caller(real_office: Office) -> None:
    for number in range(20):
        await ask_reset(real_office.world, name=f"name{number}", address="198.51.100.1")
    with pytest.raises(TooManyAttempts):
        await ask_reset(real_office.world, name="another", address="198.51.100.1")


async def test_W12_a_recovery_code_gives_another_password_to_a_member_without_an_address(
    office: Office,
) -> None:
    ben = await office.add("ben", password_hash=password_hash())
    cookie = await office.signed_in(ben)
    codes = await office.on(ben, replace_recovery_codes)

    async def reset(name: str, code: str) -> None:
        await reset_by_recovery_code(office.world, name=name, code=code, new=NEW, address=ADDRESS)

    for name, code in (("ben", "aaaa-aaaa-aaaa-aaaa"), ("nobody", codes[0])):
        with pytest.raises(WrongProof, match="The name or the code is not right"):
            await reset(name, code)
    await reset("ben", codes[0])
    assert (await office.state_of(ben)).password_hash != password_hash()
    assert not await office.is_signed_in(cookie)
    with pytest.raises(WrongProof):
        await reset("ben", codes[0])


async def test_W08_guessing_codes_of_somebody_unknown_is_as_free_as_of_a_member(real_office: Office) -> None:
    ben = await real_office.add("ben", password_hash=password_hash())
    await real_office.on(ben, replace_recovery_codes)
    # What matters is how often one may try; the hash that is made each time is for other tests.
    tried = {}
    for name in ("ben", "nobody", "another"):
        tried[name] = 0
        for number in range(7):
            address = f"192.0.{number}.{len(tried)}"
            try:
                await reset_by_recovery_code(
                    real_office.world, name=name, code="a" * 16, new=NEW, address=address
                )
            except WrongProof:
                tried[name] += 1
    assert tried == {"ben": 7, "nobody": 7, "another": 7}


async def test_V30_mails_name_the_instance_as_the_union_wants_it(
    settings: Settings, databases: Databases, clock: FakeClock
) -> None:
    named = replace(settings.instance, title="Nurses against the board", innocuous_name="Reading club")
    async with office_of(replace(settings, instance=named), databases, clock) as office:
        await ana_of(office)
        await mailed_token(office)
        (letter,) = await office.letters()
    assert letter.subject == "Another password for Reading club"
    assert "Nurses" not in letter.text
