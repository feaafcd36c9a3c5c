"""Giving roles: the whole matrix of who decides about whom (W18)."""

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.db import Database
from fediunion.kit.errors import NotAllowed, NotFound
from fediunion.kit.pages import Page
from fediunion.members.models import Role
from fediunion.members.queries import find_member_of
from fediunion.social.moderation.audit import list_audit
from fediunion.social.moderation.officers import get_officer
from fediunion.social.moderation.roles import give_role
from tests.social.builders import local_actor, member_of, remote_actor
from tests.social.moderation.officers import officer

RANKS = list(Role)
MATRIX = [(by, before, after) for by in Role for before in Role for after in Role]


@pytest.mark.parametrize(("by", "before", "after"), MATRIX, ids=["-".join(row) for row in MATRIX])
async def test_W18_roles_are_given_by_higher_ones_and_below_their_own(
    social: Database, by: Role, before: Role, after: Role
) -> None:
    ranks = {role: RANKS.index(role) for role in Role}
    allowed = after is not Role.OWNER and ranks[before] < ranks[by] and ranks[after] < ranks[by]

    def work(session: Session) -> None:
        who = officer(session, "olga", by)
        member = member_of(session, local_actor(session, "cara"), before)
        actor = get_actor(session, member.actor_id)
        if allowed:
            give_role(session, actor, after, by=who, reason="elected")
            assert member.role == after
            expected = [] if before is after else [("@olga@union.test", f"{after}: elected")]
            assert [(entry.by, entry.reason) for entry in list_audit(session, Page())] == expected
        else:
            with pytest.raises(NotAllowed):
                give_role(session, actor, after, by=who)
            assert member.role == before

    await social.write(work)


async def test_W18_an_officer_steps_down_and_the_last_owner_does_not(social: Database) -> None:
    def work(session: Session) -> None:
        for name, role in (("adam", Role.ADMIN), ("mona", Role.MODERATOR)):
            who = officer(session, name, role)
            give_role(session, get_actor(session, who.actor_id), Role.MEMBER, by=who)
            stepped = find_member_of(session, who.actor_id)
            assert stepped is not None
            assert stepped.role == Role.MEMBER
        owner = officer(session, "olga", Role.OWNER)
        with pytest.raises(NotAllowed, match="last owner"):
            give_role(session, get_actor(session, owner.actor_id), Role.ADMIN, by=owner)

    await social.write(work)


async def test_nobody_elsewhere_has_a_role_here(social: Database) -> None:
    def work(session: Session) -> None:
        owner = officer(session, "olga", Role.OWNER)
        with pytest.raises(NotFound):
            give_role(session, remote_actor(session, "far.test", "far"), Role.MODERATOR, by=owner)

    await social.write(work)


@pytest.mark.parametrize(
    ("role", "allowed", "least", "may"),
    [
        (Role.ADMIN, Role.ADMIN, Role.MODERATOR, True),
        (Role.ADMIN, Role.MEMBER, Role.MODERATOR, False),
        (Role.MEMBER, Role.ADMIN, Role.MODERATOR, False),
        (Role.MODERATOR, Role.MODERATOR, Role.ADMIN, False),
    ],
    ids=["admin", "without a second factor", "role taken meanwhile", "too low"],
)
async def test_W18_who_acts_has_both_the_role_and_the_rights_of_the_session(
    social: Database, role: Role, allowed: Role, least: Role, may: bool
) -> None:
    def work(session: Session) -> None:
        member = member_of(session, local_actor(session, "olga"), role)
        if may:
            found = get_officer(session, member.id, allowed, least)
            assert (found.role, found.handle) == (role, "@olga@union.test")
        else:
            with pytest.raises(NotAllowed):
                get_officer(session, member.id, allowed, least)

    await social.write(work)
