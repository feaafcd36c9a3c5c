"""Giving members roles: by who has a higher one; the owner's takes two (social/moderation/two_persons.py)."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.errors import NotAllowed, NotFound
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Member, Role
from fediunion.members.queries import find_member_of
from fediunion.members.rights import rank_of
from fediunion.members.service import set_role
from fediunion.social.moderation.audit import record_audit
from fediunion.social.moderation.members import check_outranks
from fediunion.social.moderation.officers import Officer

ROLE_GIVEN: Final = "member.role"


def give_role(session: Session, actor: Actor, role: Role, *, by: Officer, reason: str = "") -> None:
    """Give a member a role below that of the officer; the same one again changes nothing (row W18).

    Everybody may step down; nobody decides about an equal. Raises NotAllowed, also for the owner's role:
    that takes two; NotFound for no member.
    """
    member = get_member_of(session, actor)
    if role is Role.OWNER:
        sentence = Sentence("Who becomes owner is for two officers to decide.")
        raise NotAllowed(sentence, reason="two-person")
    steps_down = actor.id == by.actor_id and rank_of(role) < rank_of(member.role)
    if not steps_down:
        check_outranks(session, by.role, actor)
        if rank_of(role) >= rank_of(by.role):
            raise NotAllowed(Sentence("You can give roles below your own only."), reason="role-too-high")
    if member.role == role:
        return
    set_role(session, member, role)
    words = f"{role}: {reason}" if reason else str(role)
    record_audit(session, by=by.handle, action=ROLE_GIVEN, subject=actor.uri, reason=words)


def get_member_of(session: Session, actor: Actor) -> Member:
    """Return the member who acts as that actor; raise NotFound for nobody of ours."""
    member = find_member_of(session, actor.id) if actor.local else None
    if member is None:
        raise NotFound(Sentence("There is no such member."))
    return member
