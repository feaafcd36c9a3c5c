"""Who acts on the pages of officers: the role of a member as it is at the moment of the act (row W18)."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from fediunion.members.models import Role
from fediunion.social.moderation.officers import Officer, get_officer
from fediunion.web.visits import Visit

T = TypeVar("T")
Work = Callable[[Session, Officer], T]


async def read_as(visit: Visit, least: Role, work: Work[T]) -> T:
    """Return what `work` reads for who has at least that role now. Raises NotAllowed for another."""
    return await visit.world.db.read(lambda session: work(session, _officer(session, visit, least)))


async def write_as(visit: Visit, least: Role, work: Work[T]) -> T:
    """Do `work` in one unit for who has at least that role now. Raises NotAllowed for another."""
    return await visit.world.db.write(lambda session: work(session, _officer(session, visit, least)))


def _officer(session: Session, visit: Visit, least: Role) -> Officer:
    return get_officer(session, visit.member.member_id, visit.member.role, least)
