"""Who acts for the instance: an officer, with the role as it is at this moment."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.kit.errors import NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Member, MemberState, Role
from fediunion.members.rights import lower_role, rank_of


@dataclass(frozen=True)
class Officer:
    """The member who acts. `handle` is what the log of privileged acts calls it."""

    actor_id: int
    role: Role
    handle: str


def get_officer(session: Session, member_id: int, allowed: str, least: Role) -> Officer:
    """Return who acts; raise NotAllowed unless the member's role, and what it is `allowed`, reach `least`.

    `allowed` is what the door found out: the rights of the session or token (members/rights.py, row W18).
    """
    member = session.get(Member, member_id)
    role = Role.MEMBER if member is None else lower_role(member.role, allowed)
    if member is None or member.state != MemberState.ACTIVE or rank_of(role) < rank_of(least):
        raise NotAllowed(Sentence("This action is not allowed"))
    actor = get_actor(session, member.actor_id)
    return Officer(actor.id, role, handle_of(actor))


def handle_of(actor: Actor) -> str:
    """Return what the log of privileged acts calls a member."""
    return f"@{actor.username}@{actor.handle_host}"
