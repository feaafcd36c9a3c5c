"""Who acts: a scope lets an app ask, the role of its member, as it is at this moment, decides (row W18)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from fediunion.api.auth import Caller
from fediunion.api.endpoint import Call, Endpoint, Handler, Json
from fediunion.members.models import Role
from fediunion.social.moderation.members import is_at_least
from fediunion.social.moderation.officers import Officer, get_officer

MOST: Final = 200
USUAL: Final = 100
T = TypeVar("T")


class Moderator(Officer):
    """The officer who acts by an app."""

    @property
    def sees_addresses(self) -> bool:
        """Whether it may read the e-mail addresses of members."""
        return is_at_least(self.role, Role.ADMIN)


def moderator_of(session: Session, caller: Caller, least: Role) -> Moderator:
    """Return who acts; raise NotAllowed for a member whose role, or whose token, does not reach `least`."""
    officer = get_officer(session, caller.member_id, caller.role, least)
    return Moderator(officer.actor_id, officer.role, officer.handle)


async def read_as(call: Call, least: Role, work: Callable[[Session, Moderator], T]) -> T:
    """Return what `work` reads for a member of at least that role. Raises NotAllowed for another."""
    caller = call.member
    return await call.world.db.read(lambda session: work(session, moderator_of(session, caller, least)))


async def write_as(call: Call, least: Role, work: Callable[[Session, Moderator], T]) -> T:
    """Do `work` for a member of at least that role, in one unit. Raises NotAllowed for another."""
    caller = call.member
    return await call.world.db.write(lambda session: work(session, moderator_of(session, caller, least)))


def for_role(least: Role, endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that looks at nothing of the instance, for members of that role alone."""
    return replace(endpoint, handle=_guarded(least, endpoint.handle))


def _guarded(least: Role, handle: Handler) -> Handler:
    async def guarded(call: Call) -> Json:
        await read_as(call, least, lambda _session, moderator: moderator)
        return await handle(call)

    return guarded
