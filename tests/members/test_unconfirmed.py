"""Accounts asked for with an address that is somebody else's: they keep its owner from nothing (W25)."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from fediunion.config import InviteMakers, MailMode, Mode, RegistrationMode, Settings
from fediunion.jobs.models import Job
from fediunion.kit.errors import FediUnionError, NotFound
from fediunion.members.email_change import ask_email_change, confirm_email_change
from fediunion.members.invites.service import make_invite
from fediunion.members.jobs import tidy
from fediunion.members.joining import Asked, Newcomer, join
from fediunion.members.links.sealed import sealed_in_link
from fediunion.members.mail.service import Letter
from fediunion.members.models import Member, MemberState, Role, SignUp
from fediunion.members.password_change import MAIL_RESET, ask_reset, mail_reset, reset_password
from fediunion.members.queries import find_member, find_member_by_email
from fediunion.members.refusals import SignInRefused
from fediunion.members.sign_in import SignedIn, sign_in
from fediunion.members.sign_ups import (
    approve_sign_up,
    confirm_email,
    send_confirmation_again,
    sign_up,
    waits_for_mail,
)
from fediunion.members.unconfirmed import MOST_NAMED, list_named
from tests.actors.home import keys_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.members.conftest import PASSWORD, Office, office_of, password_hash

JANE = "jane@home.example"
HERS = "a sentence of hers alone"
"""Her password; that of who uses her address is PASSWORD."""


def real(settings: Settings, mode: RegistrationMode = RegistrationMode.OPEN) -> Settings:
    """Return settings of an instance where limits count and addresses have to be confirmed."""
    registration = replace(settings.registration, mode=mode, invites_by=InviteMakers.MEMBER)
    return replace(
        settings,
        instance=replace(settings.instance, mode=Mode.PRODUCTION),
        registration=registration,
        mail=replace(settings.mail, mode=MailMode.SMTP),
        limits=replace(settings.limits, enabled=True),
    )


@pytest.fixture
async def open_office(databases: Databases, settings: Settings, clock: FakeClock) -> AsyncIterator[Office]:
    """An office where everybody may ask for an account."""
    async with office_of(real(settings), databases, clock) as made:
        yield made


async def ask(office: Office, name: str, *, email: str = JANE, number: int = 7, code: str = "") -> Newcomer:
    """Ask for an account on our page, from the address of that number."""
    asked = Asked(username=name, email=email, password=HERS, agrees=True, reason="I nurse", invite_code=code)
    return await join(office.world, asked, address=f"192.0.2.{number}")


async def squat(office: Office, name: str = "doomed_name") -> None:
    """Ask for an account with the address of Jane and a password that is not hers."""
    keys = keys_for(office.settings)
    await office.db.write(sign_up, username=name, email=JANE, password_hash=password_hash(), keys=keys)


async def to_jane(office: Office) -> list[Letter]:
    """Return the mails to Jane."""
    return [letter for letter in await office.letters() if letter.to.lower() == JANE]


def token_in(letter: Letter) -> str:
    """Return what the link of a mail carries."""
    found = re.search(r"/(?:confirm-email|password/new|settings/email/confirm)\?token=([\w-]+)", letter.text)
    assert found, letter.text
    return found[1]


async def confirm(office: Office, letter: Letter, name: str) -> Member:
    """Confirm an account by the link of a mail."""
    return await office.db.write(confirm_email, token_in(letter), name)


async def enter(office: Office, name: str, password: str) -> SignedIn:
    """Sign in."""
    return await sign_in(office.world, name=name, password=password, address="203.0.113.9")


async def ask_again(office: Office, name: str, *, number: int = 7) -> None:
    """Ask for another mail, and let the jobs of all that was asked run."""
    await ask_reset(office.world, name=name, address=f"192.0.2.{number}")
    jobs = await office.db.read(lambda session: list(session.scalars(select(Job).order_by(Job.id))))
    await mail_reset(office.world, [job for job in jobs if job.kind == MAIL_RESET][-1].payload)


async def holder(office: Office) -> str | None:
    """Return the name of who has Jane's address."""
    found = await office.db.read(find_member_by_email, JANE)
    return None if found is None else found[1].username


async def member_named(office: Office, name: str) -> Member:
    """Return a member as stored."""
    found = await office.db.read(find_member, name)
    assert found is not None
    return found[0]


async def test_W25_who_asks_first_keeps_the_owner_of_an_address_out_of_nothing(open_office: Office) -> None:
    office = open_office
    await squat(office)
    await ask(office, "jane_free")
    assert await holder(office) is None
    letters = await to_jane(office)
    assert len(letters) == 2
    assert not any("have an account" in letter.subject + letter.text for letter in letters)
    await confirm(office, letters[-1], "jane_free")
    assert await holder(office) == "jane_free"
    for name in ("jane_free", JANE.upper()):
        assert (await enter(office, name, HERS)).complete
    with pytest.raises(SignInRefused, match="Open the link in the mail"):
        await enter(office, "doomed_name", PASSWORD)
    # No mail that came later, or before, opens the other one.
    await ask_again(office, "doomed_name", number=1)
    assert await to_jane(office) == letters
    for letter in letters:
        with pytest.raises(NotFound):
            await confirm(office, letter, "doomed_name")


@pytest.mark.parametrize("asks", ["jane_free", "doomed_name", JANE], ids=["own name", "other", "address"])
async def test_W25_each_mail_names_the_accounts_and_says_whose_the_password_is(
    open_office: Office, asks: str
) -> None:
    office = open_office
    await squat(office)
    (first,) = await to_jane(office)
    assert "@doomed_name" in first.text
    assert "chose its name and password" in first.text
    await ask(office, "jane_free")
    await ask_again(office, asks)
    for letter in (await to_jane(office))[1:]:
        assert "@jane_free\n@doomed_name" in letter.text
        assert "Whoever asked for one chose its name and password" in letter.text
    named = await office.db.read(list_named, token_in(first))
    assert [each.username for each in named] == ["jane_free", "doomed_name"]


@pytest.mark.parametrize("moves", [False, True], ids=["stay", "are moved to another address"])
async def test_W25_O20_few_mails_go_to_an_address_and_each_opens_what_was_asked_for_later(
    open_office: Office, moves: bool
) -> None:
    office = open_office
    for number in range(5):
        await squat(office, f"doomed_{number}")
    if moves:
        for number in range(5):
            squatter = await member_named(office, f"doomed_{number}")
            await office.on(squatter, send_confirmation_again, f"other{number}@home.example")
    await ask(office, "jane_free")
    for _ in range(3):
        await ask_again(office, JANE)
    letters = await to_jane(office)
    assert len(letters) == 5
    await confirm(office, letters[0], "jane_free")
    assert (await enter(office, JANE, HERS)).complete


async def test_W25_the_next_hour_has_mails_of_its_own(open_office: Office) -> None:
    for number in range(7):
        await squat(open_office, f"doomed_{number}")
    open_office.clock.advance(hours=1)
    await ask(open_office, "jane_free")
    letters = await to_jane(open_office)
    assert len(letters) == 6
    assert "@jane_free" in letters[-1].text


async def test_W25_a_request_is_found_by_its_name_however_many_were_made_after_it(
    open_office: Office,
) -> None:
    office = open_office
    await ask(office, "jane_free")
    for number in range(MOST_NAMED):
        await squat(office, f"doomed_{number}")
        office.clock.advance(seconds=1)
    (letter, *_) = await to_jane(office)
    named = [each.username for each in await office.db.read(list_named, token_in(letter))]
    assert (len(named), named[0]) == (MOST_NAMED + 1, f"doomed_{MOST_NAMED - 1}")
    assert (await confirm(office, letter, "Jane_Free")).state == MemberState.ACTIVE


async def test_W25_of_two_that_are_confirmed_at_once_one_opens(open_office: Office) -> None:
    office = open_office
    await squat(office)
    await ask(office, "jane_free")
    letters = await to_jane(office)
    outcomes = await asyncio.gather(
        confirm(office, letters[0], "doomed_name"),
        confirm(office, letters[1], "jane_free"),
        return_exceptions=True,
    )
    assert sorted(isinstance(outcome, FediUnionError) for outcome in outcomes) == [False, True]
    states = [(await member_named(office, name)).state for name in ("doomed_name", "jane_free")]
    assert sorted(states) == [MemberState.ACTIVE, MemberState.PENDING]


async def test_W25_links_are_over_after_a_day_and_others_of_ours_open_nothing(open_office: Office) -> None:
    office = open_office
    await ask(office, "jane_free")
    (letter,) = await to_jane(office)
    forged = sealed_in_link(b"\0" * 40, office.settings, b"another purpose")
    short = sealed_in_link(b"", office.settings, b"confirm-email")
    changed = f"{token_in(letter)[:-2]}xx"
    for token in ("", "x", "\udc80", "é", forged, short, changed):
        with pytest.raises(NotFound):
            await office.db.read(list_named, token)
    office.clock.advance(hours=23, minutes=59)
    assert await office.db.read(list_named, token_in(letter))
    office.clock.advance(minutes=1)
    with pytest.raises(NotFound):
        await confirm(office, letter, "jane_free")


async def test_W25_the_link_says_nothing_of_the_address(open_office: Office) -> None:
    await ask(open_office, "jane_free")
    (letter,) = await to_jane(open_office)
    assert len(token_in(letter)) < 100
    await ask(open_office, "jane_2")
    assert token_in((await to_jane(open_office))[-1]) != token_in(letter)


async def test_W25_who_has_an_address_changes_to_it_whoever_named_it(open_office: Office) -> None:
    office = open_office
    await squat(office)
    ana = await office.add("ana", password_hash=password_hash())
    cookie = await office.signed_in(ana)
    await ask_email_change(office.world, cookie=cookie, email=JANE, address="192.0.2.7")
    letter = (await to_jane(office))[-1]
    assert "the account @ana at" in letter.text
    await office.db.write(confirm_email_change, token_in(letter))
    assert await holder(office) == "ana"
    assert not await office.on(await member_named(office, "doomed_name"), waits_for_mail)


async def test_W25_other_members_do_not_keep_a_member_from_an_address(open_office: Office) -> None:
    office = open_office
    for number in range(3):
        thief = await office.add(f"thief_{number}", password_hash=password_hash())
        cookie = await office.signed_in(thief)
        for _ in range(5):
            await ask_email_change(office.world, cookie=cookie, email=JANE, address=f"192.0.2.{number}")
    # One of each, and five more together.
    assert len(await to_jane(office)) == 8
    ana = await office.add("ana", password_hash=password_hash())
    cookie = await office.signed_in(ana)
    for _ in range(2):
        await ask_email_change(office.world, cookie=cookie, email=JANE, address="192.0.2.7")
    letters = await to_jane(office)
    assert len(letters) == 9
    await office.db.write(confirm_email_change, token_in(letters[-1]))
    assert await holder(office) == "ana"


async def test_W25_the_operator_gives_an_address_whoever_named_it(open_office: Office) -> None:
    await squat(open_office)
    letters = await to_jane(open_office)
    await open_office.add("olga", email=JANE, role=Role.OWNER, password_hash=password_hash())
    assert await holder(open_office) == "olga"
    with pytest.raises(NotFound):
        await confirm(open_office, letters[0], "doomed_name")


@pytest.mark.parametrize("mode", [RegistrationMode.APPROVAL, RegistrationMode.INVITE], ids=str)
async def test_W25_it_is_so_where_accounts_are_approved_and_by_invitation(
    databases: Databases, settings: Settings, clock: FakeClock, mode: RegistrationMode
) -> None:
    async with office_of(real(settings, mode), databases, clock) as office:
        ivo = await office.add("ivo")
        codes = [(await office.on(ivo, make_invite)).code for _ in range(2)]
        await ask(office, "doomed_name", number=1, code=codes[0])
        await ask(office, "jane_free", code=codes[1])
        if mode is RegistrationMode.APPROVAL:
            for name in ("doomed_name", "jane_free"):
                await office.on(await member_named(office, name), approve_sign_up)
        letters = await to_jane(office)
        assert {"is open" in letter.subject for letter in letters} == {False}
        await confirm(office, letters[0], "jane_free")
        states = [(await member_named(office, name)).state for name in ("doomed_name", "jane_free")]
        assert states == [MemberState.PENDING, MemberState.ACTIVE]


async def test_W25_a_request_goes_after_a_week_with_the_address_that_it_named(open_office: Office) -> None:
    office = open_office
    await squat(office)
    row = await office.db.read(lambda session: session.scalars(select(SignUp)).one())
    assert JANE.encode() not in (row.sealed_email or JANE.encode())
    office.clock.advance(days=8)
    await tidy(office.world, {})
    assert await office.db.read(lambda session: session.scalars(select(SignUp)).all()) == []
    assert (await member_named(office, "doomed_name")).state == MemberState.DELETED


async def test_W25_who_has_an_account_is_told_so_a_few_times_in_an_hour(open_office: Office) -> None:
    office = open_office
    await office.add("jane", email=JANE, password_hash=password_hash())
    before = await ask(office, "free_name", email="nobody@home.example")
    for number in range(5):
        await squat(office, f"doomed_{number}")
    answers = [await ask(office, f"doomed_{number}") for number in (5, 6)]
    assert {*answers, before} == {before}
    letters = await to_jane(office)
    assert {letter.subject.startswith("You have an account") for letter in letters} == {True}
    assert len(letters) == 5
    rows = await office.db.read(lambda session: list(session.scalars(select(SignUp))))
    assert sorted(row.email_key is None for row in rows) == [False] + [True] * 7


@pytest.mark.parametrize("name", ["jane", JANE], ids=["name", "address"])
async def test_W25_O20_strangers_do_not_keep_a_member_from_another_password(
    open_office: Office, name: str
) -> None:
    office = open_office
    await office.add("jane", email=JANE, password_hash=password_hash())
    for number in range(9):
        await ask_again(office, name, number=number)
    letters = await to_jane(office)
    assert len(letters) == 5
    office.clock.advance(minutes=20)
    await reset_password(office.world, token=token_in(letters[-1]), new=HERS)
    assert (await enter(office, name, HERS)).complete
    with pytest.raises(SignInRefused):
        await enter(office, name, PASSWORD)


async def test_W25_where_no_mail_is_sent_no_address_is_kept_and_nobody_is_told_of_one(
    databases: Databases, settings: Settings, clock: FakeClock
) -> None:
    silent = replace(real(settings), mail=replace(settings.mail, mode=MailMode.OFF))
    async with office_of(silent, databases, clock) as office:
        await office.add("jane", email=JANE, password_hash=password_hash())
        newcomer = await ask(office, "doomed_name")
        assert (newcomer.waits_for_mail, len(newcomer.recovery_codes)) == (False, 10)
        row = await member_named(office, "doomed_name")
        assert (row.state, row.email_key, row.sealed_email) == (MemberState.ACTIVE, None, None)
        assert (await ask(office, "ben", email="")).cookie != ""
