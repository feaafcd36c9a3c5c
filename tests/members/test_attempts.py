"""What tries are counted by: what was typed, whoever it may belong to; nobody is kept out by a stranger."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from fediunion.config import Mode, RegistrationMode, Settings
from fediunion.jobs.models import Job
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.factors.recovery import replace_recovery_codes
from fediunion.members.joining import Asked, join
from fediunion.members.known_browsers import known_browser
from fediunion.members.password_change import MAIL_RESET, ask_reset, mail_reset, reset_by_recovery_code
from fediunion.members.refusals import SignInRefused, WrongProof
from fediunion.members.second_step import finish_by_code
from fediunion.members.sign_in import sign_in
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.members.conftest import PASSWORD, Office, office_of, password_hash
from tests.members.factors.test_totp import code_of, enrolled

NEW = "a long enough passphrase"
OUTCOMES = (SignInRefused, WrongProof, TooManyAttempts)
Try = Callable[[Office, str, str], Awaitable[object]]


async def by_password(office: Office, name: str, address: str) -> object:
    """Try a wrong password."""
    return await sign_in(office.world, name=name, password="wrong", address=address)


async def by_code(office: Office, name: str, address: str) -> object:
    """Try a wrong recovery code."""
    code = "aaaa-bbbb-cccc-dddd"
    await reset_by_recovery_code(office.world, name=name, code=code, new=NEW, address=address)
    return "another password"


async def for_a_mail(office: Office, name: str, address: str) -> object:
    """Ask for the mail to another password."""
    await ask_reset(office.world, name=name, address=address)
    return "a mail may come"


DOORS = {"password": by_password, "recovery code": by_code, "mail": for_a_mail}


@pytest.fixture
async def strict_office(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Office]:
    """An office in which a password is tried twice in five minutes."""
    instance = replace(settings.instance, mode=Mode.PRODUCTION)
    limits = replace(settings.limits, enabled=True, logins_per_5_minutes=2, sign_ups_per_hour=2)
    registration = replace(settings.registration, mode=RegistrationMode.OPEN)
    strict = replace(settings, instance=instance, limits=limits, registration=registration)
    async with office_of(strict, databases, clock) as made:
        yield made


async def outcomes(office: Office, door: Try, names: list[str]) -> list[type | None]:
    """Return what each try comes to, each from another address."""
    found: list[type | None] = []
    for number, name in enumerate(names):
        try:
            await door(office, name, f"192.0.2.{number}")
        except OUTCOMES as error:
            found.append(type(error))
        else:
            found.append(None)
    return found


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
async def test_W08_tries_at_a_pseudonym_say_nothing_of_its_address(strict_office: Office, door: Try) -> None:
    await strict_office.add("quiet_stream", email="jane@us.example", password_hash=password_hash())
    await outcomes(strict_office, door, ["quiet_stream"] * 6)
    hers, nobodys = await outcomes(strict_office, door, ["jane@us.example", "nobody@us.example"])
    assert hers is nobodys
    assert hers is not TooManyAttempts


SPELLINGS = {
    "at": ("ana", "@ana"),
    "blanks": ("ana", " ana\u2003"),
    "case": ("ana", "ANA"),
    "address in another case": ("ana@us.example", "Ana@US.example "),
    "other letters of the domain": ("ana@us.example", "ana@\uff55s.example"),
    "another dot in the domain": ("ana@us.example", "ana@us\u3002example"),
}


@pytest.mark.parametrize("spellings", SPELLINGS.values(), ids=SPELLINGS)
async def test_W09_all_spellings_of_a_name_are_counted_as_one_whether_or_not_somebody_is_there(
    strict_office: Office, spellings: tuple[str, str]
) -> None:
    usual, other = spellings
    tried = [usual, usual, other]
    assert (await outcomes(strict_office, by_password, tried)).index(TooManyAttempts) == 2
    strict_office.clock.advance(hours=1)
    await strict_office.add("ana", email="ana@us.example", password_hash=password_hash())
    assert (await outcomes(strict_office, by_password, tried)).index(TooManyAttempts) == 2


async def test_W09_recovery_codes_are_tried_so_many_times_from_an_address_and_not_at_a_name(
    strict_office: Office,
) -> None:
    ana = await strict_office.add("ana", password_hash=password_hash())
    codes = await strict_office.on(ana, replace_recovery_codes)
    for _ in range(2):
        with pytest.raises(WrongProof):
            await by_code(strict_office, "ana", "192.0.2.1")
    with pytest.raises(TooManyAttempts):
        await by_code(strict_office, "ben", "192.0.2.1")
    elsewhere = "198.51.100.7"
    await reset_by_recovery_code(strict_office.world, name="ana", code=codes[0], new=NEW, address=elsewhere)


async def test_W11_who_knows_only_a_name_keeps_nobody_from_the_second_step(strict_office: Office) -> None:
    _, _, enrolment = await enrolled(strict_office)
    await outcomes(strict_office, by_code, ["ana"] * 6)
    signed_in = await sign_in(strict_office.world, name="ana", password=PASSWORD, address="198.51.100.7")
    code = code_of(strict_office, enrolment)
    cookie = await finish_by_code(
        strict_office.world, cookie=signed_in.cookie, code=code, address="198.51.100.7"
    )
    assert await strict_office.is_signed_in(cookie)


async def test_W09_a_browser_that_was_here_is_let_in_while_strangers_guess(strict_office: Office) -> None:
    ana = await strict_office.add("ana", email="ana@us.example", password_hash=password_hash())
    browser = await strict_office.on(ana, known_browser)
    await outcomes(strict_office, by_password, ["ana"] * 2)
    with pytest.raises(TooManyAttempts):
        await sign_in(strict_office.world, name="ana", password=PASSWORD, address="198.51.100.7")
    for name in ("ana", "@Ana", "ana@us.example"):
        signed_in = await sign_in(
            strict_office.world, name=name, password=PASSWORD, address="198.51.100.7", browser=browser
        )
        assert signed_in.complete


async def test_W09_a_browser_that_was_here_has_tries_of_its_own_at_its_own_account_alone(
    strict_office: Office,
) -> None:
    ana = await strict_office.add("ana", password_hash=password_hash())
    await strict_office.add("ben", password_hash=password_hash())
    browser = await strict_office.on(ana, known_browser)

    async def guess(name: str, number: int) -> None:
        await sign_in(
            strict_office.world, name=name, password="wrong", address=f"198.51.100.{number}", browser=browser
        )

    for number in range(2):
        with pytest.raises(SignInRefused):
            await guess("ana", number)
    with pytest.raises(TooManyAttempts):
        await guess("ana", 11)
    # The account itself was not tried at, as others see it; and another account is tried at as by anybody.
    assert await outcomes(strict_office, by_password, ["ana"]) == [SignInRefused]
    await outcomes(strict_office, by_password, ["ben"] * 2)
    with pytest.raises(TooManyAttempts):
        await guess("ben", 12)


@pytest.mark.parametrize("forged", ["", "x", "\udc80", "AAAA" * 40], ids=["none", "short", "odd", "long"])
async def test_W09_what_we_did_not_give_a_browser_is_worth_nothing(
    strict_office: Office, forged: str
) -> None:
    ana = await strict_office.add("ana", password_hash=password_hash())
    await outcomes(strict_office, by_password, ["ana"] * 2)
    old = await strict_office.on(ana, known_browser)
    strict_office.clock.advance(days=91)
    await outcomes(strict_office, by_password, ["ana"] * 2)
    for browser in (forged, old):
        with pytest.raises(TooManyAttempts):
            await sign_in(
                strict_office.world, name="ana", password=PASSWORD, address="198.51.100.7", browser=browser
            )


async def test_O20_mails_to_one_address_are_counted_in_every_spelling_of_it(strict_office: Office) -> None:
    await strict_office.add("ana", email="ana@us.example", password_hash=password_hash())
    spellings = ["ana@us.example", "ana@\uff55s.example", "ana@us\u3002example", "ana@u\u00ads.example"]
    await outcomes(strict_office, for_a_mail, spellings * 5)
    for job in await strict_office.db.read(
        lambda session: list(session.scalars(select(Job).where(Job.kind == MAIL_RESET)))
    ):
        await mail_reset(strict_office.world, job.payload)
    assert len(await strict_office.letters()) == 5


async def test_O20_mails_about_new_accounts_are_counted_in_every_spelling_of_an_address(
    strict_office: Office,
) -> None:
    for number, email in enumerate(("ana@us.example", "ana@\uff55s.example", "ANA@us\u3002example ")):
        asked = Asked(username=f"ana{number}", email=email, password=NEW, agrees=True)
        await join(strict_office.world, asked, address=f"192.0.2.{number}")
    assert len(await strict_office.letters()) == 2
