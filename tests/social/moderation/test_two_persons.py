"""Acts that take two officers: asked for by one, approved by another, each step in the log."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.db import Database
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.pages import Page
from fediunion.members.models import Member, MemberState, Role
from fediunion.members.queries import find_member_of
from fediunion.social.moderation.audit import list_audit
from fediunion.social.moderation.models import RequestState, TwoPersonRequest
from fediunion.social.moderation.officers import Officer
from fediunion.social.moderation.roles import give_role
from fediunion.social.moderation.two_persons import (
    Act,
    approve,
    ask_for_export,
    ask_for_owner,
    list_requests,
    refuse,
    take_permit,
)
from tests.fakes.clock import FakeClock
from tests.social.builders import local_actor, member_of
from tests.social.moderation.officers import officer

WHY = "She chairs the union from now on"


def candidate(session: Session) -> Member:
    """Return a member who is to be owner."""
    return member_of(session, local_actor(session, "cara"))


def asked(session: Session, by: Officer) -> TwoPersonRequest:
    """Return the request that the candidate becomes owner."""
    member = find_member_of(session, local_actor(session, "cara").id) or candidate(session)
    return ask_for_owner(session, get_actor(session, member.actor_id), by=by, reason=WHY)


async def test_C09_the_owner_role_is_given_by_two_officers(social: Database) -> None:
    def work(session: Session) -> None:
        owner, admin = officer(session, "olga", Role.OWNER), officer(session, "adam", Role.ADMIN)
        member = candidate(session)
        row = asked(session, admin)
        assert member.role == Role.MEMBER
        assert [each.id for each in list_requests(session, Page(), waiting=True)] == [row.id]
        approve(session, row.id, by=owner)
        assert (member.role, row.state, row.decided_by_id) == (Role.OWNER, RequestState.DONE, owner.actor_id)
        assert list_requests(session, Page(), waiting=True) == []
        entries = [(entry.by, entry.action) for entry in list_audit(session, Page())]
        assert entries == [
            ("@olga@union.test", "owner_role.approve"),
            ("@adam@union.test", "owner_role.ask"),
        ]
        assert all(str(row.id) in entry.reason for entry in list_audit(session, Page()))

    await social.write(work)


def _by_the_same(session: Session) -> None:
    owner = officer(session, "olga", Role.OWNER)
    approve(session, asked(session, owner).id, by=owner)


def _by_whom_it_is_about(session: Session) -> None:
    owner, admin = officer(session, "olga", Role.OWNER), officer(session, "adam", Role.ADMIN)
    row = ask_for_owner(session, get_actor(session, admin.actor_id), by=owner, reason=WHY)
    approve(session, row.id, by=admin)


def _by_whom_the_asker_just_made_an_admin(session: Session) -> None:
    owner, puppet = officer(session, "olga", Role.OWNER), officer(session, "pia", Role.MODERATOR)
    give_role(session, get_actor(session, puppet.actor_id), Role.ADMIN, by=owner)
    approve(session, asked(session, owner).id, by=replace(puppet, role=Role.ADMIN))


def _for_whom_the_approver_just_made_an_admin(session: Session) -> None:
    owner, puppet = officer(session, "olga", Role.OWNER), officer(session, "pia", Role.MODERATOR)
    give_role(session, get_actor(session, puppet.actor_id), Role.ADMIN, by=owner)
    approve(session, asked(session, replace(puppet, role=Role.ADMIN)).id, by=owner)


def _by_a_moderator(session: Session) -> None:
    owner, moderator = officer(session, "olga", Role.OWNER), officer(session, "mona", Role.MODERATOR)
    approve(session, asked(session, owner).id, by=moderator)


def _by_two_admins(session: Session) -> None:
    first, second = officer(session, "adam", Role.ADMIN), officer(session, "abel", Role.ADMIN)
    approve(session, asked(session, first).id, by=second)


def _asked_by_a_moderator(session: Session) -> None:
    asked(session, officer(session, "mona", Role.MODERATOR))


def _asked_by_who_has_no_office_any_more(session: Session) -> None:
    owner, admin = officer(session, "olga", Role.OWNER), officer(session, "adam", Role.ADMIN)
    row = asked(session, admin)
    former = find_member_of(session, admin.actor_id)
    assert former is not None
    former.state = MemberState.SUSPENDED
    approve(session, row.id, by=owner)


def _refused_before(session: Session) -> None:
    owner, admin = officer(session, "olga", Role.OWNER), officer(session, "adam", Role.ADMIN)
    row = asked(session, admin)
    refuse(session, row.id, by=owner)
    approve(session, row.id, by=owner)


REFUSALS: dict[str, Callable[[Session], None]] = {
    "by the same person": _by_the_same,
    "by whom it is about": _by_whom_it_is_about,
    "by whom the asker just made an admin": _by_whom_the_asker_just_made_an_admin,
    "for whom the approver just made an admin": _for_whom_the_approver_just_made_an_admin,
    "by a moderator": _by_a_moderator,
    "by two admins": _by_two_admins,
    "asked by a moderator": _asked_by_a_moderator,
    "asked by a former officer": _asked_by_who_has_no_office_any_more,
    "refused before": _refused_before,
}


@pytest.mark.parametrize("attempt", REFUSALS.values(), ids=REFUSALS)
async def test_C09_nobody_becomes_owner_otherwise(
    social: Database, attempt: Callable[[Session], None]
) -> None:
    def work(session: Session) -> None:
        with pytest.raises(NotAllowed):
            attempt(session)
        cara = find_member_of(session, local_actor(session, "cara").id)
        assert cara is None or cara.role == Role.MEMBER

    await social.write(work)


async def test_C09_who_has_been_an_officer_for_some_days_is_a_second_person(
    social: Database, clock: FakeClock
) -> None:
    def make(session: Session) -> tuple[Officer, Officer]:
        owner, admin = officer(session, "olga", Role.OWNER), officer(session, "adam", Role.MODERATOR)
        give_role(session, get_actor(session, admin.actor_id), Role.ADMIN, by=owner)
        return owner, replace(admin, role=Role.ADMIN)

    def decide(session: Session) -> str:
        return approve(session, asked(session, owner).id, by=admin).state

    owner, admin = await social.write(make)
    clock.advance(days=3)
    assert await social.write(decide) == RequestState.DONE


async def test_C09_a_request_is_over_after_a_day(social: Database, clock: FakeClock) -> None:
    def ask(session: Session) -> tuple[int, Officer]:
        owner = officer(session, "olga", Role.OWNER)
        return asked(session, officer(session, "adam", Role.ADMIN)).id, owner

    request_id, owner = await social.write(ask)
    clock.advance(hours=24)
    with pytest.raises(NotAllowed, match="too old"):
        await social.write(lambda session: approve(session, request_id, by=owner))


async def test_C09_an_export_is_taken_once_by_who_asked_within_a_day(
    social: Database, clock: FakeClock
) -> None:
    def ask(session: Session) -> tuple[int, Officer, Officer]:
        owner, admin = officer(session, "olga", Role.OWNER), officer(session, "adam", Role.ADMIN)
        row = ask_for_export(session, Act.KEY_EXPORT, by=owner, reason="We move to another machine")
        with pytest.raises(NotAllowed):
            take_permit(session, row.id, Act.KEY_EXPORT, by=owner)
        approve(session, row.id, by=admin)
        return row.id, owner, admin

    request_id, owner, admin = await social.write(ask)

    async def take(by: Officer, act: Act = Act.KEY_EXPORT) -> None:
        await social.write(lambda session: take_permit(session, request_id, act, by=by))

    for by, act in ((admin, Act.KEY_EXPORT), (owner, Act.FULL_EXPORT), (owner, Act.OWNER_ROLE)):
        with pytest.raises(NotAllowed):
            await take(by, act)
    results = await asyncio.gather(take(owner), take(owner), return_exceptions=True)
    assert sorted(result is None for result in results) == [False, True]
    actions = await social.read(lambda session: [entry.action for entry in list_audit(session, Page())])
    assert actions == ["key_export.take", "key_export.approve", "key_export.ask"]


async def test_C09_a_permit_is_over_after_a_day(social: Database, clock: FakeClock) -> None:
    def ask(session: Session) -> tuple[int, Officer]:
        owner = officer(session, "olga", Role.OWNER)
        row = ask_for_export(session, Act.FULL_EXPORT, by=owner, reason="An audit")
        approve(session, row.id, by=officer(session, "adam", Role.ADMIN))
        return row.id, owner

    request_id, owner = await social.write(ask)
    clock.advance(hours=24)
    with pytest.raises(NotAllowed):
        await social.write(lambda session: take_permit(session, request_id, Act.FULL_EXPORT, by=owner))


async def test_a_request_says_why_and_stands_once(social: Database) -> None:
    def work(session: Session) -> None:
        owner = officer(session, "olga", Role.OWNER)
        for reason in ("", "  ", "x" * 1001):
            with pytest.raises(Invalid):
                ask_for_export(session, Act.FULL_EXPORT, by=owner, reason=reason)
        row = ask_for_export(session, Act.FULL_EXPORT, by=owner, reason="An audit")
        with pytest.raises(Invalid, match="already"):
            ask_for_export(session, Act.FULL_EXPORT, by=owner, reason="An audit")
        refuse(session, row.id, by=owner)
        assert row.state == RequestState.WITHDRAWN
        ask_for_export(session, Act.FULL_EXPORT, by=owner, reason="An audit")
        with pytest.raises(NotFound):
            approve(session, 1, by=owner)

    await social.write(work)
