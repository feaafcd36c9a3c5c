"""Another address: confirmed at the new one, told to the old one, taken back for seven days (W15)."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from fediunion.config import Mode, RegistrationMode, Settings
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.email_change import (
    ask_email_change,
    confirm_email_change,
    find_email_change,
    undo_email_change,
)
from fediunion.members.email_rules import add_domain_block
from fediunion.members.events import MemberTakenBack
from fediunion.members.factors.enrolment import make_recovery_codes
from fediunion.members.factors.standing import list_factors
from fediunion.members.links.models import LinkKind
from fediunion.members.models import Member
from fediunion.members.password_change import reset_by_recovery_code, reset_password
from fediunion.members.queries import find_member_by_email
from fediunion.members.refusals import SignInRefused, WrongProof
from fediunion.members.second_step import find_second_step
from fediunion.members.sign_in import sign_in
from fediunion.members.sign_ups import confirm_email, sign_up, waits_for_mail
from tests.actors.home import keys_for
from tests.databases import Databases
from tests.fakes.authenticator import Authenticator
from tests.fakes.clock import FakeClock
from tests.members.conftest import PASSWORD, Office, office_of, password_hash
from tests.members.factors.test_passkeys import ORIGIN, enrol
from tests.members.factors.test_passkeys import sign_in as sign_in_by_passkey
from tests.members.factors.test_totp import enrolled

ADDRESS = "192.0.2.1"


@pytest.fixture
async def confirming(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Office]:
    """An office where whoever asks for an account confirms the address."""
    instance = replace(settings.instance, mode=Mode.PRODUCTION)
    registration = replace(settings.registration, mode=RegistrationMode.OPEN)
    real = replace(settings, instance=instance, registration=registration)
    async with office_of(real, databases, clock) as made:
        yield made


async def ana_in(office: Office) -> tuple[Member, str]:
    """Return a member with an address, and the cookie of a browser."""
    ana = await office.add("ana", email="old@us.example", password_hash=password_hash())
    return ana, await office.signed_in(ana)


async def ask(office: Office, cookie: str, email: str = "new@us.example") -> None:
    """Ask for another address."""
    await ask_email_change(office.world, cookie=cookie, email=email, address=ADDRESS)


async def token_to(office: Office, address: str) -> str:
    """Return the token of the newest mail to an address."""
    letters = [letter for letter in await office.letters() if letter.to == address]
    found = re.search(r"token=([\w-]+)", letters[-1].text)
    assert found
    return found[1]


async def whose(office: Office, email: str) -> int | None:
    """Return the member with that address."""
    found = await office.db.read(find_member_by_email, email)
    return None if found is None else found[0].id


async def test_W15_an_address_changes_once_it_is_confirmed_and_the_old_one_is_told(office: Office) -> None:
    ana, cookie = await ana_in(office)
    await ask(office, cookie)
    assert await whose(office, "old@us.example") == ana.id
    token = await token_to(office, "new@us.example")
    assert await office.db.read(find_email_change, token, LinkKind.NEW_EMAIL) == "ana"
    await office.db.write(confirm_email_change, token)
    assert await whose(office, "new@us.example") == ana.id
    assert await whose(office, "old@us.example") is None
    assert "/settings/email/undo?token=" in (await office.letters())[-1].text
    with pytest.raises(NotFound):
        await office.db.write(confirm_email_change, token)
    assert await office.is_signed_in(cookie)


async def test_W15_the_old_address_takes_it_back_for_seven_days(office: Office) -> None:
    ana, cookie = await ana_in(office)
    await ask(office, cookie)
    await office.db.write(confirm_email_change, await token_to(office, "new@us.example"))
    undo = await token_to(office, "old@us.example")
    office.clock.advance(days=6, hours=23)
    await office.db.write(undo_email_change, undo)
    assert await whose(office, "old@us.example") == ana.id
    assert not await office.is_signed_in(cookie)
    last = (await office.letters())[-1]
    assert (last.to, "/password/new?token=" in last.text) == ("old@us.example", True)
    with pytest.raises(NotFound):
        await office.db.write(undo_email_change, undo)


async def test_W15_after_seven_days_or_by_the_wrong_link_nothing_is_taken_back(office: Office) -> None:
    _, cookie = await ana_in(office)
    await ask(office, cookie)
    confirm = await token_to(office, "new@us.example")
    with pytest.raises(NotFound):
        await office.db.write(undo_email_change, confirm)
    await office.db.write(confirm_email_change, confirm)
    undo = await token_to(office, "old@us.example")
    with pytest.raises(NotFound):
        await office.db.write(confirm_email_change, undo)
    office.clock.advance(days=7)
    with pytest.raises(NotFound):
        await office.db.write(undo_email_change, undo)


async def test_W15_the_first_address_takes_it_back_also_after_a_second_change(office: Office) -> None:
    ana, cookie = await ana_in(office)
    for email in ("thief@us.example", "thief2@us.example"):
        await ask(office, cookie, email)
        await office.db.write(confirm_email_change, await token_to(office, email))
    undo_of_thief = await token_to(office, "thief@us.example")
    await office.db.write(undo_email_change, await token_to(office, "old@us.example"))
    assert await whose(office, "old@us.example") == ana.id
    with pytest.raises(NotFound):
        await office.db.write(undo_email_change, undo_of_thief)


async def test_W08_an_address_that_somebody_has_gets_no_mail_and_nobody_is_told(office: Office) -> None:
    _, cookie = await ana_in(office)
    await office.add("ben", email="ben@us.example")
    await ask(office, cookie, "BEN@us.example")
    assert await office.letters() == []


@pytest.mark.parametrize("email", ["no address", "a@blocked.example", "a@x.blocked.example"], ids=str)
async def test_W16_an_address_that_accounts_may_not_have_is_refused(office: Office, email: str) -> None:
    _, cookie = await ana_in(office)
    await office.db.write(add_domain_block, "blocked.example")
    with pytest.raises(Invalid):
        await ask(office, cookie, email)


async def test_W19_an_address_is_not_changed_without_a_proof_of_the_last_minutes(office: Office) -> None:
    _, cookie = await ana_in(office)
    office.clock.advance(minutes=10)
    with pytest.raises(NotAllowed, match="Show once more"):
        await ask(office, cookie)
    assert await office.letters() == []


async def test_O20_mails_to_confirm_addresses_are_limited(real_office: Office) -> None:
    _, cookie = await ana_in(real_office)
    for number in range(5):
        await ask(real_office, cookie, f"new{number}@us.example")
    with pytest.raises(TooManyAttempts):
        await ask(real_office, cookie, "more@us.example")


async def stolen(office: Office, cookie: str) -> str:
    """Change the address to that of a thief; return the token with which the old one takes it back."""
    await ask(office, cookie, "thief@us.example")
    await office.db.write(confirm_email_change, await token_to(office, "thief@us.example"))
    return await token_to(office, "old@us.example")


async def test_W15_taking_an_address_back_ends_the_password_that_the_thief_has(office: Office) -> None:
    ana, cookie = await ana_in(office)
    undo = await stolen(office, cookie)
    await office.db.write(undo_email_change, undo)
    reset = await token_to(office, "old@us.example")
    with pytest.raises(SignInRefused):
        await sign_in(office.world, name="ana", password=PASSWORD, address=ADDRESS)
    await reset_password(office.world, token=reset, new="a new sentence of hers")
    await sign_in(office.world, name="ana", password="a new sentence of hers", address=ADDRESS)
    assert [type(event) for event in office.announced if isinstance(event, MemberTakenBack)]
    assert (await office.state_of(ana)).second_factor_since is None


async def test_W15_taking_an_address_back_removes_what_a_thief_added_to_sign_in_with(office: Office) -> None:
    ana, cookie = await ana_in(office)
    own = Authenticator(ORIGIN)
    cookie = await enrol(office, cookie, own, "Her own")
    office.clock.advance(days=3)
    thief, later = Authenticator(ORIGIN), Authenticator(ORIGIN)
    cookie = await enrol(office, await office.signed_in(ana), thief, "Of the thief")
    codes = await office.db.write(make_recovery_codes, cookie)
    undo = await stolen(office, cookie)
    office.clock.advance(days=2)
    await enrol(office, await office.signed_in(ana), later, "Another of the thief")
    await office.db.write(undo_email_change, undo)
    factors = await office.on(ana, list_factors)
    assert [key.name for key in factors.passkeys] == ["Her own"]
    assert factors.recovery_codes_left == 0
    for device in (thief, later):
        with pytest.raises(WrongProof):
            await sign_in_by_passkey(office, device)
    with pytest.raises(WrongProof):
        await reset_by_recovery_code(
            office.world, name="ana", code=codes[0], new="a long enough sentence", address=ADDRESS
        )
    assert await office.is_signed_in(await sign_in_by_passkey(office, own))
    assert "added since the day before the change were removed" in (await office.letters())[-1].text


async def test_W15_an_app_of_a_thief_goes_and_with_the_last_factor_the_second_step(office: Office) -> None:
    ana, cookie, _ = await enrolled(office)
    waiting = await sign_in(office.world, name="ana", password=PASSWORD, address=ADDRESS)
    assert not waiting.complete
    await ask(office, cookie, "thief@us.example")
    await office.db.write(confirm_email_change, await token_to(office, "thief@us.example"))
    await office.db.write(undo_email_change, await token_to(office, "ana@us.example"))
    assert not (await office.on(ana, list_factors)).has_second
    assert (await office.state_of(ana)).second_factor_since is None
    assert await office.db.read(find_second_step, waiting.cookie) is None


async def test_W15_an_app_of_long_before_stays_and_is_asked_for(office: Office) -> None:
    ana, _, _ = await enrolled(office)
    office.clock.advance(days=2)
    cookie = await office.signed_in(ana)
    await ask(office, cookie, "thief@us.example")
    await office.db.write(confirm_email_change, await token_to(office, "thief@us.example"))
    await office.db.write(undo_email_change, await token_to(office, "ana@us.example"))
    assert (await office.on(ana, list_factors)).totp
    new = "a new sentence of hers"
    await reset_password(office.world, token=await token_to(office, "ana@us.example"), new=new)
    assert not (await sign_in(office.world, name="ana", password=new, address=ADDRESS)).complete


async def test_W15_a_thief_who_takes_back_a_change_of_its_own_does_not_keep_the_member_out(
    office: Office,
) -> None:
    ana, cookie = await ana_in(office)
    undo = await stolen(office, cookie)
    office.clock.advance(minutes=5)
    await ask(office, cookie, "thief2@us.example")
    await office.db.write(confirm_email_change, await token_to(office, "thief2@us.example"))
    await office.db.write(undo_email_change, await token_to(office, "thief@us.example"))
    assert await whose(office, "thief@us.example") == ana.id
    await office.db.write(undo_email_change, undo)
    assert await whose(office, "old@us.example") == ana.id


@pytest.mark.parametrize("taken_back", [True, False], ids=["taken back", "confirmed"])
async def test_W15_an_address_is_not_kept_from_its_owner_by_asking_for_an_account_with_it(
    confirming: Office, taken_back: bool
) -> None:
    office = confirming
    ana, cookie = await ana_in(office)
    undo = await stolen(office, cookie)
    wanted = "old@us.example" if taken_back else "new@us.example"
    squatter = (
        await office.db.write(
            sign_up,
            username="squatter",
            email=wanted,
            password_hash=password_hash(),
            keys=keys_for(office.settings),
        )
    ).member
    squatted = await token_to(office, wanted)
    assert await office.on(squatter, waits_for_mail)
    if taken_back:
        await office.db.write(undo_email_change, undo)
    else:
        await ask(office, cookie, wanted)
        await office.db.write(confirm_email_change, await token_to(office, wanted))
    assert await whose(office, wanted) == ana.id
    with pytest.raises(NotFound):
        await office.db.write(confirm_email, squatted, "squatter")
