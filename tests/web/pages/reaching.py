"""Who can know of a member from outside, and who follows from there."""

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from tests.oauth.rig import Desk
from tests.social.builders import let_follow, remote_actor


async def set_reach(desk: Desk, name: str, reach: Reach) -> None:
    """Let a member be known outside."""
    actor = await desk.union.actor(name)

    def unit(session: Session) -> None:
        session.get_one(Actor, actor.id).reach = reach

    await desk.db.write(unit)


async def followers_at(desk: Desk, name: str, *handles: str) -> None:
    """Let accounts of other servers follow a member."""
    actor = await desk.union.actor(name)

    def unit(session: Session) -> None:
        for handle in handles:
            username, host = handle.split("@")
            let_follow(session, remote_actor(session, host, username), session.get_one(Actor, actor.id))

    await desk.db.write(unit)
