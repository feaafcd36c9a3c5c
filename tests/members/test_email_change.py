"""Another address: confirmed at the new one, told to the old one, taken back for seven days (W15)."""

import re

import pytest

from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.email_change import (
    ask_email_change,
    confirm_email_change,
    find_email_change,
    undo_email_change,
)
from fediunion.members.email_rules import add_domain_block
from fediunion.members.links.models import LinkKind
from fediunion.members.models import Member
from fediunion.members.queries import find_member_by_email
from tests.members.conftest import Office, password_hash

ADDRESS = "192.0.2.1"


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
    found = await office.db.read(find_email_change, token, LinkKind.NEW_EMAIL)
    assert found is not None
    assert found.id == ana.id
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
