"""Codes of an authenticator app: enrolled, asked for, taken once."""

import asyncio

import pyotp
import pytest
from sqlalchemy import select

from fediunion.kit.errors import BadConfiguration, Invalid, NotAllowed
from fediunion.members.factors.enrolment import finish_totp, remove_totp, start_totp
from fediunion.members.factors.models import TotpSecret
from fediunion.members.factors.standing import list_factors, reset_factors
from fediunion.members.factors.totp import STEP_SECONDS, TotpEnrolment, confirm_totp, take_totp
from fediunion.members.models import Member
from fediunion.members.refusals import WrongProof
from fediunion.members.sign_in import sign_in
from tests.members.conftest import PASSWORD, Office, password_hash


def code_of(office: Office, enrolment: TotpEnrolment, steps: int = 0) -> str:
    """Return what an app shows at this moment, or some steps of 30 seconds off."""
    step = int(office.clock.now().timestamp()) // STEP_SECONDS + steps
    return pyotp.TOTP(enrolment.secret).generate_otp(step)


async def enrolled(office: Office, name: str = "ana") -> tuple[Member, str, TotpEnrolment]:
    """Return a member with an app, the cookie of a browser, and what the app was enrolled with."""
    member = await office.add(name, email=f"{name}@us.example", password_hash=password_hash())
    cookie = await office.signed_in(member)
    enrolment: TotpEnrolment = await office.db.write(start_totp, cookie)
    changed = await office.db.write(finish_totp, cookie, code_of(office, enrolment))
    office.clock.advance(seconds=90)
    return member, changed.cookie, enrolment


async def test_an_app_is_enrolled_in_two_steps(office: Office) -> None:
    ana = await office.add("ana", email="ana@us.example")
    cookie = await office.signed_in(ana)
    enrolment = await office.db.write(start_totp, cookie)
    assert enrolment.uri.startswith("otpauth://totp/union:ana%40union.test?secret=")
    assert not await office.on(
        ana, lambda session, member: take_totp(session, member.id, code_of(office, enrolment))
    )
    with pytest.raises(Invalid, match="not the code"):
        await office.db.write(finish_totp, cookie, "000000")
    assert (await office.state_of(ana)).second_factor_since is None
    changed = await office.db.write(finish_totp, cookie, code_of(office, enrolment))
    assert len(changed.recovery_codes) == 10
    assert (await office.state_of(ana)).second_factor_since == office.clock.now()
    with pytest.raises(NotAllowed, match="already"):
        await office.db.write(start_totp, changed.cookie)


async def test_the_picture_of_an_enrolment_is_plain_svg(office: Office) -> None:
    drawn = TotpEnrolment("ABC", "otpauth://totp/union:ana?secret=ABC").qr_svg()
    assert drawn.startswith("<svg ")
    assert drawn.endswith("</svg>")
    assert "style" not in drawn
    assert "script" not in drawn


async def test_O27_the_secret_is_not_in_the_database_in_clear(office: Office) -> None:
    _, _, enrolment = await enrolled(office)
    (row,) = await office.db.read(lambda session: list(session.scalars(select(TotpSecret))))
    assert enrolment.secret.encode() not in row.sealed
    other = await office.add("ben")

    stolen = TotpSecret(member_id=other.id, sealed=row.sealed, last_counter=0, created_at=office.clock.now())
    await office.db.write(lambda session: session.add(stolen))
    with pytest.raises(BadConfiguration, match="does not open"):
        await office.on(other, confirm_totp, code_of(office, enrolment))


async def test_W11_a_code_is_taken_once_and_none_before_it(office: Office) -> None:
    ana, _, enrolment = await enrolled(office)

    async def take(code: str) -> bool:
        taken: bool = await office.on(ana, lambda session, member: take_totp(session, member.id, code))
        return taken

    before, now = code_of(office, enrolment, -1), code_of(office, enrolment)
    assert await take(now)
    assert not await take(now)
    assert not await take(before)
    office.clock.advance(seconds=30)
    assert await take(f" {code_of(office, enrolment)[:3]} {code_of(office, enrolment)[3:]} ")


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_W11_a_clock_may_be_one_step_off(office: Office, steps: int, right: bool) -> None:
    ana, _, enrolment = await enrolled(office)
    code = code_of(office, enrolment, steps)
    assert await office.on(ana, lambda session, member: take_totp(session, member.id, code)) is right


async def test_W11_of_two_who_show_one_code_at_once_one_gets_through(office: Office) -> None:
    ana, _, enrolment = await enrolled(office)
    code = code_of(office, enrolment)
    taken = await asyncio.gather(
        *(office.on(ana, lambda session, member: take_totp(session, member.id, code)) for _ in range(6))
    )
    assert sorted(taken) == [False] * 5 + [True]


NO_CODES = {
    "nothing": "",
    "five": "12345",
    "seven": "1234567",
    "other digits": "١٢٣٤٥٦",
    "letters": "abcdef",
    "long": "0" * 10_000,
}


@pytest.mark.parametrize("code", NO_CODES.values(), ids=NO_CODES)
async def test_what_is_no_code_is_refused(office: Office, code: str) -> None:
    ana, _, _ = await enrolled(office)
    assert not await office.on(ana, lambda session, member: take_totp(session, member.id, code))


async def test_W12_removing_an_app_takes_the_password_and_a_code_and_is_told_by_mail(office: Office) -> None:
    ana, cookie, enrolment = await enrolled(office)
    asked = {"cookie": cookie, "address": "192.0.2.1"}
    with pytest.raises(WrongProof, match="password"):
        await remove_totp(office.world, password="wrong", code=code_of(office, enrolment), **asked)
    with pytest.raises(WrongProof, match="code"):
        await remove_totp(office.world, password=PASSWORD, code="000000", **asked)
    assert (await office.state_of(ana)).second_factor_since is not None
    changed = await remove_totp(office.world, password=PASSWORD, code=code_of(office, enrolment), **asked)
    assert (await office.state_of(ana)).second_factor_since is None
    assert await office.is_signed_in(changed.cookie)
    assert not await office.is_signed_in(cookie)
    assert [letter.text.partition("\n")[0] for letter in await office.letters()] == [
        "An authenticator app is asked for codes from now on.",
        "The authenticator app was removed.",
    ]


async def test_W12_an_operator_who_removes_all_factors_ends_all_sessions_and_the_member_is_told(
    office: Office,
) -> None:
    ana, cookie, _ = await enrolled(office)
    await office.on(ana, reset_factors)
    assert not await office.is_signed_in(cookie)
    assert not (await office.on(ana, list_factors)).has_second
    signed_in = await sign_in(office.world, name="ana", password=PASSWORD, address="192.0.2.1")
    assert signed_in.complete
    assert (await office.letters())[-1].text.startswith("Who runs the server removed all second factors.")


async def test_W19_neither_adding_nor_removing_an_app_goes_without_a_proof_of_the_last_minutes(
    office: Office,
) -> None:
    ana, cookie, enrolment = await enrolled(office)
    office.clock.advance(minutes=9)
    with pytest.raises(NotAllowed, match="Show once more"):
        await remove_totp(
            office.world,
            cookie=cookie,
            password=PASSWORD,
            code=code_of(office, enrolment),
            address="192.0.2.1",
        )
    with pytest.raises(NotAllowed, match="Show once more"):
        await office.db.write(start_totp, cookie)
    assert (await office.state_of(ana)).second_factor_since is not None
