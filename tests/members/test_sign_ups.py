"""Joining: open, by approval, by invitation, closed; with an address or without."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.models import Reach
from fediunion.actors.queries import get_actor
from fediunion.config import InviteMakers, MailMode, RegistrationMode, Settings
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.members.email_rules import is_work_address
from fediunion.members.emails import parse_email
from fediunion.members.factors.recovery import count_recovery_codes
from fediunion.members.invites.queries import find_inviter
from fediunion.members.invites.service import make_invite
from fediunion.members.models import MemberState, Role
from fediunion.members.pseudonyms import suggest_pseudonyms, words_of
from fediunion.members.sign_ups import Joined, approve_sign_up, sign_up
from tests.actors.home import keys_for
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.members.conftest import Office, office_of, password_hash


def registering(settings: Settings, mode: RegistrationMode, **more: Any) -> Settings:
    """Return settings with another way to join, and without mail."""
    registration = replace(settings.registration, mode=mode, invites_by=InviteMakers.MEMBER, **more)
    return replace(settings, registration=registration, mail=replace(settings.mail, mode=MailMode.OFF))


async def join(office: Office, **more: Any) -> Joined:
    """Ask for an account."""
    asked = {"username": "ana", "email": "ana@us.example", "password_hash": password_hash()} | more
    joined: Joined = await office.db.write(sign_up, keys=keys_for(office.settings), **asked)
    return joined


MODES = {
    # mode: without an invitation, with one of a member, with one of an officer
    RegistrationMode.OPEN: (MemberState.ACTIVE, MemberState.ACTIVE, MemberState.ACTIVE),
    RegistrationMode.APPROVAL: (MemberState.PENDING, MemberState.PENDING, MemberState.ACTIVE),
    RegistrationMode.INVITE: (None, MemberState.ACTIVE, MemberState.ACTIVE),
}


@pytest.mark.parametrize("inviter", [None, Role.MEMBER, Role.MODERATOR], ids=str)
@pytest.mark.parametrize("mode", MODES, ids=str)
async def test_how_one_joins_is_configured(
    settings: Settings, databases: Databases, clock: FakeClock, mode: RegistrationMode, inviter: Role | None
) -> None:
    expected = MODES[mode][[None, Role.MEMBER, Role.MODERATOR].index(inviter)]
    async with office_of(registering(settings, mode), databases, clock) as office:
        code = ""
        if inviter is not None:
            code = (await office.on(await office.add("ivo", role=inviter), make_invite)).code
        if expected is None:
            with pytest.raises(NotAllowed):
                await join(office, invite_code=code)
            return
        joined = await join(office, invite_code=code)
        assert joined.member.state == expected
        assert (await office.db.read(find_inviter, joined.member.id) is None) is (inviter is None)
        with pytest.raises(NotFound):
            await join(office, username="ben", email="ben@us.example", invite_code=code or "unknown")


async def test_in_a_trial_an_account_is_good_at_once_and_no_letter_has_to_be_opened(
    settings: Settings, databases: Databases, clock: FakeClock
) -> None:
    assert (settings.is_development, settings.mail.mode) == (True, MailMode.FILE)
    async with office_of(settings, databases, clock) as office:
        assert (await join(office)).member.state == MemberState.ACTIVE
        assert await office.letters() == []


async def test_nobody_joins_a_closed_instance(
    settings: Settings, databases: Databases, clock: FakeClock
) -> None:
    async with office_of(registering(settings, RegistrationMode.CLOSED), databases, clock) as office:
        for code in ("", "any"):
            with pytest.raises(NotAllowed):
                await join(office, invite_code=code)


async def test_an_invitation_for_a_name_that_is_taken_stays_good(office: Office) -> None:
    made = await office.on(await office.add("ana", role=Role.MODERATOR), make_invite)
    with pytest.raises(Invalid):
        await join(office, invite_code=made.code)
    assert (await join(office, username="ben", invite_code=made.code)).member.id


async def test_without_an_address_recovery_codes_take_its_place(
    settings: Settings, databases: Databases, clock: FakeClock
) -> None:
    anonymous = registering(settings, RegistrationMode.OPEN, email_required=False)
    async with office_of(anonymous, databases, clock) as office:
        joined = await join(office, email=None)
        assert joined.member.state == MemberState.ACTIVE
        assert len(joined.recovery_codes) == 10
        assert await office.db.read(count_recovery_codes, joined.member.id) == 10
        other = await join(office, username="ben", email="ben@us.example")
        assert other.recovery_codes == ()


async def test_an_address_is_needed_where_the_union_asks_for_one(office: Office) -> None:
    for email in (None, ""):
        with pytest.raises(Invalid) as refused:
            await join(office, email=email)
        assert refused.value.field == "email"


async def test_a_member_is_seen_as_far_as_it_chose_once_it_is_let_in(
    settings: Settings, databases: Databases, clock: FakeClock
) -> None:
    async with office_of(registering(settings, RegistrationMode.APPROVAL), databases, clock) as office:

        async def reach_of(member_id: int) -> str:
            return await office.db.read(lambda session: get_actor(session, member_id).reach)

        chosen = (await join(office, reach=Reach.PUBLIC)).member
        silent = (await join(office, username="ben", email="ben@us.example")).member
        assert [await reach_of(member.actor_id) for member in (chosen, silent)] == ["hidden", "hidden"]
        for member in (chosen, silent):
            await office.on(member, approve_sign_up)
        assert [await reach_of(member.actor_id) for member in (chosen, silent)] == ["public", "hidden"]


WORK = {
    "itself": ("ana@work.example", True),
    "below": ("ana@hr.ny.work.example", True),
    "a plus": ("ana+union@work.example", True),
    "letters": ("Ana@WORK.Example", True),
    "another script": ("ana@bücher.example", True),
    "in ascii": ("ana@mail.xn--bcher-kva.example", True),
    "longer": ("ana@mywork.example", False),
    "above": ("ana@example", False),
    "in the name": ("work.example@home.example", False),
    "a look-alike": ("ana@wоrk.example", False),
    "in front": ("ana@work.example.home.example", False),
}


@pytest.mark.parametrize(("email", "expected"), WORK.values(), ids=WORK)
def test_W16_an_address_at_work_is_known_by_its_parsed_domain(
    settings: Settings, email: str, expected: bool
) -> None:
    employers = replace(settings.registration, employer_domains=("work.example", "bücher.example"))
    assert is_work_address(parse_email(email), replace(settings, registration=employers)) is expected


@pytest.mark.parametrize("language", ["en", "fr", "ar", "fr-CA", "de"], ids=str)
async def test_pseudonyms_are_names_that_one_can_have(office: Office, language: str) -> None:
    names = await office.db.read(suggest_pseudonyms, language)
    assert len(set(names)) == 4
    first, second = words_of(language)
    for number, name in enumerate(names):
        parts = name.split("_")
        assert (parts[0] in first, parts[1] in second, len(name) <= 30) == (True, True, True)
        await join(office, username=name, email=f"ana{number}@us.example")


async def test_a_pseudonym_that_nobody_can_have_is_not_suggested(office: Office) -> None:
    await office.add("taken_name_10")
    drawn = itertools.cycle(["taken_name_10", "admin", "not a name", "free_name_11", "free_name_12"])

    def suggest(session: Session) -> list[str]:
        return suggest_pseudonyms(session, count=1, draw=lambda _: next(drawn))

    assert await office.db.read(suggest) == ["free_name_11"]
