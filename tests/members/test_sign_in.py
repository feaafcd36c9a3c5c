"""Signing in by name and password, and with a second step for who has a second factor."""

import asyncio
import contextlib

import pytest

from fediunion.members.attempts import TooManyAttempts, count_attempts
from fediunion.members.factors.attempts import code_allowances
from fediunion.members.factors.recovery import replace_recovery_codes
from fediunion.members.models import MemberState
from fediunion.members.refusals import SignInRefused, WrongProof
from fediunion.members.second_step import (
    find_second_step,
    finish_by_code,
    finish_by_passkey,
    second_passkey_options,
)
from fediunion.members.service import set_password, suspend_member
from fediunion.members.sessions import list_sessions
from fediunion.members.sign_in import SignedIn, sign_in
from tests.members.conftest import PASSWORD, Office, password_hash
from tests.members.factors.test_passkeys import with_passkey
from tests.members.factors.test_totp import code_of, enrolled

ADDRESS = "192.0.2.1"


async def first_step(office: Office, name: str = "ana", address: str = ADDRESS, **more: str) -> SignedIn:
    """Return what the right password gives."""
    return await sign_in(office.world, name=name, password=PASSWORD, address=address, **more)


async def second_step(office: Office, cookie: str, code: str, address: str = ADDRESS) -> str:
    """Return the cookie that a code gives."""
    return await finish_by_code(office.world, cookie=cookie, code=code, address=address)


async def test_without_a_second_factor_the_password_is_enough(office: Office) -> None:
    ana = await office.add("ana", password_hash=password_hash())
    signed_in = await first_step(office, device="Firefox on Linux")
    assert signed_in.complete
    assert await office.is_signed_in(signed_in.cookie)
    (row,) = await office.on(ana, list_sessions)
    assert (row.device, row.proved_at) == ("Firefox on Linux", office.clock.now())


async def test_W11_after_the_password_alone_the_cookie_opens_nothing(office: Office) -> None:
    _, _, enrolment = await enrolled(office)
    signed_in = await first_step(office, device="Firefox on Linux")
    assert not signed_in.complete
    assert not await office.is_signed_in(signed_in.cookie)
    waiting = await office.db.read(find_second_step, signed_in.cookie)
    assert waiting is not None
    assert waiting.factors.totp
    with pytest.raises(WrongProof):
        await second_step(office, signed_in.cookie, "000000")
    assert not await office.is_signed_in(signed_in.cookie)
    cookie = await second_step(office, signed_in.cookie, code_of(office, enrolment))
    assert cookie != signed_in.cookie
    assert await office.is_signed_in(cookie)


async def test_W11_the_second_step_is_for_the_browser_of_the_first_alone(office: Office) -> None:
    _, _, enrolment = await enrolled(office)
    await first_step(office)
    for stranger in ("", "x" * 43):
        assert await office.db.read(find_second_step, stranger) is None
        with pytest.raises(SignInRefused, match="Start again"):
            await second_step(office, stranger, code_of(office, enrolment))


async def test_W11_a_second_step_is_made_once_and_within_ten_minutes(office: Office) -> None:
    _, _, enrolment = await enrolled(office)
    signed_in = await first_step(office)
    await second_step(office, signed_in.cookie, code_of(office, enrolment))
    office.clock.advance(seconds=60)
    with pytest.raises(SignInRefused):
        await second_step(office, signed_in.cookie, code_of(office, enrolment))
    late = await first_step(office)
    office.clock.advance(minutes=10)
    with pytest.raises(SignInRefused):
        await second_step(office, late.cookie, code_of(office, enrolment))


@pytest.mark.parametrize(
    "change", [(set_password, password_hash() + "="), (suspend_member,)], ids=["password", "suspension"]
)
async def test_W11_what_happened_between_the_steps_counts(office: Office, change: tuple[object, ...]) -> None:
    ana, _, enrolment = await enrolled(office)
    signed_in = await first_step(office)
    await office.on(ana, *change)
    with pytest.raises(SignInRefused):
        await second_step(office, signed_in.cookie, code_of(office, enrolment))


async def test_W11_two_browsers_that_show_one_code_at_once_are_not_both_let_in(office: Office) -> None:
    _, _, enrolment = await enrolled(office)
    browsers = [(await first_step(office)).cookie for _ in range(3)]
    code = code_of(office, enrolment)
    results = await asyncio.gather(
        *(second_step(office, cookie, code) for cookie in browsers), return_exceptions=True
    )
    assert sorted(isinstance(result, str) for result in results) == [False, False, True]


async def test_W11_codes_are_tried_five_times_in_five_minutes(real_office: Office) -> None:
    _, _, enrolment = await enrolled(real_office)
    signed_in = await first_step(real_office)
    for number in range(5):
        with pytest.raises(WrongProof):
            await second_step(real_office, signed_in.cookie, "000000", f"192.0.2.{number}")
    with pytest.raises(TooManyAttempts):
        await second_step(real_office, signed_in.cookie, code_of(real_office, enrolment), "192.0.2.99")


async def test_W11_codes_are_tried_twenty_times_in_an_hour_and_fifty_in_a_day(real_office: Office) -> None:
    tried = [0, 0, 0, 0]
    for hour in range(len(tried)):
        for window in range(12):
            for _ in range(6):
                allowances = code_allowances("member 1", f"198.51.{hour}.{window}")
                with contextlib.suppress(TooManyAttempts):
                    await real_office.db.write(count_attempts, allowances)
                    tried[hour] += 1
            real_office.clock.advance(minutes=5)
    assert tried == [20, 20, 10, 0]


async def test_W12_a_recovery_code_stands_for_the_second_factor_once(office: Office) -> None:
    ana, _, _ = await enrolled(office)
    codes = await office.on(ana, replace_recovery_codes)
    signed_in = await first_step(office)
    assert await office.is_signed_in(await second_step(office, signed_in.cookie, codes[0]))
    again = await first_step(office)
    with pytest.raises(WrongProof):
        await second_step(office, again.cookie, codes[0])


async def test_W13_a_passkey_of_the_member_is_a_second_step(office: Office) -> None:
    _, _, ana_device = await with_passkey(office, "ana")
    _, _, ben_device = await with_passkey(office, "ben")
    signed_in = await first_step(office)
    for device in (ben_device, ana_device):
        options = await office.db.write(second_passkey_options, signed_in.cookie)
        try:
            cookie = await finish_by_passkey(
                office.world,
                cookie=signed_in.cookie,
                answer=device.sign(options, verified=False),
                address=ADDRESS,
            )
        except WrongProof:
            assert device is ben_device
    assert await office.is_signed_in(cookie)


async def test_W02_what_the_browser_had_before_ends_at_either_step(office: Office) -> None:
    _, first, enrolment = await enrolled(office)
    signed_in = await first_step(office, replaces=first)
    assert not await office.is_signed_in(first)
    other = await first_step(office, replaces=signed_in.cookie)
    assert await office.db.read(find_second_step, signed_in.cookie) is None
    assert await office.is_signed_in(await second_step(office, other.cookie, code_of(office, enrolment)))


NOBODY = {
    "unknown": ("nobody", PASSWORD),
    "unknown address": ("nobody@us.example", PASSWORD),
    "wrong password": ("ana", "wrong"),
    "wrong password of a suspended one": ("sue", "wrong"),
    "wrong password of one with an app": ("app", "wrong"),
    "deleted": ("gone", PASSWORD),
}


@pytest.mark.parametrize(("name", "password"), NOBODY.values(), ids=NOBODY)
async def test_W08_who_guesses_learns_nothing_of_an_account(office: Office, name: str, password: str) -> None:
    await office.add("ana", password_hash=password_hash())
    await office.add("sue", password_hash=password_hash(), state=MemberState.SUSPENDED)
    await office.add("gone", password_hash=password_hash(), state=MemberState.DELETED)
    await enrolled(office, "app")
    with pytest.raises(SignInRefused) as refused:
        await sign_in(office.world, name=name, password=password, address=ADDRESS)
    assert str(refused.value) == "The name or the password is not right."
