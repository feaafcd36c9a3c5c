"""Who acts: a scope lets an app ask, the role of its member, as it is at this moment, decides (row W18)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.api.auth import Caller
from fediunion.api.endpoint import Call, Endpoint, Handler, Json
from fediunion.kit.errors import NotAllowed
from fediunion.members.models import Member, MemberState, Role
from fediunion.social.moderation.members import is_at_least

MOST: Final = 200
USUAL: Final = 100
T = TypeVar("T")


@dataclass(frozen=True)
class Moderator:
    """The member who acts. `handle` is what the log of privileged acts calls it."""

    actor_id: int
    role: Role
    handle: str

    @property
    def sees_addresses(self) -> bool:
        """Whether it may read the e-mail addresses of members."""
        return is_at_least(self.role, Role.ADMIN)


def moderator_of(session: Session, caller: Caller, least: Role) -> Moderator:
    """Return who acts; raise NotAllowed for a member whose role is below `least`."""
    member = session.get(Member, caller.member_id)
    if member is None or member.state != MemberState.ACTIVE or not is_at_least(member.role, least):
        raise NotAllowed("This action is not allowed")
    actor = get_actor(session, member.actor_id)
    return Moderator(actor.id, Role(member.role), f"@{actor.username}@{actor.handle_host}")


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
