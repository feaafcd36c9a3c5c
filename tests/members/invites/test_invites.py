"""Invitations: who makes them, how often they are good, and what is remembered of them."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.config import InviteMakers, RegistrationMode, Settings
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.pages import Page
from fediunion.members.invites.models import Invite, InviteUse
from fediunion.members.invites.queries import find_inviter, list_invites
from fediunion.members.invites.service import (
    NewInvite,
    code_of,
    find_invite_of_code,
    forget_invites,
    invite_link,
    make_invite,
    may_invite,
    revoke_invite,
    use_invite,
)
from fediunion.members.models import Member, Role
from fediunion.members.queries import get_member
from fediunion.members.service import disable_member, set_role, suspend_member, unsuspend_member
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.members.conftest import Office, office_of, password_hash


def use(session: Session, newcomer: Member, code: str) -> Invite:
    """Use an invitation."""
    return use_invite(session, code, newcomer)


async def invited(office: Office, **more: Any) -> NewInvite:
    """Return an invitation of a moderator."""
    mod = await office.add("mod", role=Role.MODERATOR)
    made: NewInvite = await office.on(mod, make_invite, **more)
    return made


@pytest.mark.parametrize("makers", InviteMakers, ids=str)
@pytest.mark.parametrize("role", Role, ids=str)
async def test_W18_who_may_invite_is_configured(
    settings: Settings, databases: Databases, clock: FakeClock, makers: InviteMakers, role: Role
) -> None:
    registration = replace(settings.registration, invites_by=makers)
    async with office_of(replace(settings, registration=registration), databases, clock) as office:
        member = await office.add("ana", role=role)
        allowed = list(Role).index(role) >= list(Role).index(Role(makers))
        assert may_invite(member, office.settings) is allowed
        if allowed:
            assert (await office.on(member, make_invite)).code
        else:
            with pytest.raises(NotAllowed):
                await office.on(member, make_invite)


async def test_nobody_invites_where_registration_is_closed(office: Office) -> None:
    closed = replace(office.settings.registration, mode=RegistrationMode.CLOSED)
    mod = await office.add("mod", role=Role.OWNER)
    assert not may_invite(mod, replace(office.settings, registration=closed))


async def test_an_invitation_is_good_as_often_as_it_says(office: Office) -> None:
    made = await invited(office, uses=2, note="  For the \n night shift ")
    assert (made.invite.note, made.invite.uses_left) == ("For the night shift", 2)
    newcomers = [await office.add(name) for name in ("ana", "ben", "cleo")]
    for newcomer in newcomers[:2]:
        await office.on(newcomer, use, made.code)
    with pytest.raises(NotFound, match="over"):
        await office.on(newcomers[2], use, made.code)
    assert await office.db.read(find_invite_of_code, made.code) is None
    (row,) = await office.db.read(list_invites, Page(), member_id=made.invite.made_by_id)
    assert (row.uses, row.uses_left) == (2, 0)


async def test_of_many_who_use_the_last_place_at_once_one_gets_it(office: Office) -> None:
    made = await invited(office)
    newcomers = [await office.add(f"ana{number}") for number in range(5)]
    results = await asyncio.gather(
        *(office.on(newcomer, use, made.code) for newcomer in newcomers), return_exceptions=True
    )
    assert sum(isinstance(result, Invite) for result in results) == 1


async def test_an_invitation_ends_by_itself_or_is_revoked(office: Office) -> None:
    made = await invited(office, uses=None, days=3)
    ana, mod = await office.add("ana"), await office.add("mod2", role=Role.MODERATOR)
    with pytest.raises(NotFound):
        await office.on(ana, revoke_invite, made.invite.id)
    assert await office.db.read(find_invite_of_code, made.code) is not None
    await office.on(mod, revoke_invite, made.invite.id)
    assert await office.db.read(find_invite_of_code, made.code) is None
    other = await office.on(mod, make_invite, days=3)
    office.clock.advance(days=3)
    assert await office.db.read(find_invite_of_code, other.code) is None


LIMITS = {
    "none": ({"uses": 0}, "uses"),
    "too many": ({"uses": 11}, "uses"),
    "everybody": ({"uses": None}, "uses"),
    "no day": ({"days": 0}, "days"),
    "too long": ({"days": 31}, "days"),
}


@pytest.mark.parametrize(("asked", "field"), LIMITS.values(), ids=LIMITS)
async def test_members_without_an_office_invite_few_and_not_for_long(
    settings: Settings, databases: Databases, clock: FakeClock, asked: dict[str, Any], field: str
) -> None:
    registration = replace(settings.registration, invites_by=InviteMakers.MEMBER)
    async with office_of(replace(settings, registration=registration), databases, clock) as office:
        ana = await office.add("ana")
        with pytest.raises(Invalid) as refused:
            await office.on(ana, make_invite, **asked)
        assert refused.value.field == field
        for _ in range(5):
            await office.on(ana, make_invite, uses=10, days=30)
        with pytest.raises(NotAllowed, match="5 open invitations"):
            await office.on(ana, make_invite)


async def test_O27_a_code_is_stored_as_a_hash_and_sealed_for_its_maker(office: Office) -> None:
    made = await invited(office)
    (row,) = await office.db.read(lambda session: list(session.scalars(select(Invite))))
    assert made.code not in str(vars(row))
    assert code_of(row, office.settings) == made.code
    assert invite_link(made.code, office.settings) == f"https://union.test/invite/{made.code}"


async def test_who_invited_whom_is_forgotten_after_thirty_days(office: Office) -> None:
    made = await invited(office, days=7)
    ana = await office.add("ana")
    await office.on(ana, use, made.code)
    inviter = await office.db.read(find_inviter, ana.id)
    assert inviter is not None
    assert inviter.id == made.invite.made_by_id
    office.clock.advance(days=29, hours=23)
    await office.db.write(forget_invites)
    assert await office.db.read(find_inviter, ana.id) is not None
    office.clock.advance(hours=1)
    await office.db.write(forget_invites)
    assert await office.db.read(lambda session: list(session.scalars(select(InviteUse)))) == []
    assert await office.db.read(find_inviter, ana.id) is None
    office.clock.advance(days=7)
    await office.db.write(forget_invites)
    assert await office.db.read(list_invites, Page()) == []


FALLEN = {
    "suspended": (suspend_member, ()),
    "disabled": (disable_member, ()),
    "officer no more": (set_role, (Role.MEMBER,)),
}


@pytest.mark.parametrize(("act", "given"), FALLEN.values(), ids=FALLEN)
async def test_W18_an_invitation_is_worth_nothing_while_its_maker_may_not_invite(
    office: Office, act: Any, given: tuple[Role, ...]
) -> None:
    made = await invited(office, uses=None, days=200)
    (mod, _) = await office.db.read(get_member, "mod")
    ana = await office.add("ana")
    await office.on(mod, act, *given)
    assert await office.db.read(find_invite_of_code, made.code) is None
    with pytest.raises(NotFound, match="over"):
        await office.on(ana, use, made.code)
    if act is suspend_member:
        await office.on(mod, unsuspend_member)
        assert (await office.on(ana, use, made.code)).id == made.invite.id


async def test_W18_who_is_officer_no_more_has_invitations_as_a_member_may_have_them(
    settings: Settings, databases: Databases, clock: FakeClock
) -> None:
    registration = replace(settings.registration, invites_by=InviteMakers.MEMBER)
    async with office_of(replace(settings, registration=registration), databases, clock) as office:
        mod = await office.add("mod", role=Role.MODERATOR)
        asked = {"few": (10, 30), "all": (None, 30), "many": (11, 30), "long": (1, 31)}
        codes = {
            name: (await office.on(mod, make_invite, uses=uses, days=days)).code
            for name, (uses, days) in asked.items()
        }

        async def good() -> list[str]:
            found = {name: await office.db.read(find_invite_of_code, code) for name, code in codes.items()}
            return [name for name, invite in found.items() if invite is not None]

        assert await good() == list(codes)
        await office.on(mod, set_role, Role.MEMBER)
        assert await good() == ["few"]


async def test_W18_an_invitation_of_an_officer_without_a_second_factor_is_that_of_a_member(
    real_office: Office,
) -> None:
    mod = await real_office.add("mod", role=Role.MODERATOR, password_hash=password_hash())
    await real_office.on(mod, has_factor, real_office.clock.now())
    made = await real_office.on(mod, make_invite)
    assert await real_office.db.read(find_invite_of_code, made.code) is not None
    await real_office.on(mod, has_factor, None)
    assert await real_office.db.read(find_invite_of_code, made.code) is None


def has_factor(_: Session, member: Member, since: datetime | None) -> None:
    """Note since when a member has a second factor."""
    member.second_factor_since = since
