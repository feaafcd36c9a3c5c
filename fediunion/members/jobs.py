"""Background work about members: what was not confirmed, used or finished in time goes."""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.kit.json import JsonObject
from fediunion.members.factors.challenges import forget_challenges
from fediunion.members.invites.service import forget_invites
from fediunion.members.links.service import forget_old_links
from fediunion.members.second_step import forget_over
from fediunion.members.sign_ups import forget_unconfirmed
from fediunion.world import World

TIDY: Final = "members.tidy"


async def tidy(world: World, _payload: JsonObject) -> None:
    """Job: erase requests for accounts whose address was not confirmed in time, and all that is over."""
    await world.db.write(_tidy)


def _tidy(session: Session) -> None:
    forget_unconfirmed(session)
    forget_old_links(session)
    forget_challenges(session)
    forget_over(session)
    forget_invites(session)
