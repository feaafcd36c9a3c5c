"""/welcome: the first steps of a new member."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor, Reach
from fediunion.members.factors.standing import Factors, list_factors
from fediunion.members.models import Member
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.visits import Visit

PATH: Final = "/welcome"


async def show_welcome(visit: Visit) -> Response:
    """GET /welcome: what is worth doing first, and what is done."""
    reach, factors = await visit.world.db.read(_standing, visit.member.member_id)
    return page(
        visit,
        "account/welcome.html",
        active="welcome",
        reach=str(reach),
        has_second=factors.has_second,
        host=visit.settings.web_domain,
    )


def _standing(session: Session, member_id: int) -> tuple[Reach, Factors]:
    member = session.get_one(Member, member_id)
    return Reach(session.get_one(Actor, member.actor_id).reach), list_factors(session, member)


ROUTES: Final[Sequence[BaseRoute]] = (shown(PATH, show_welcome, to=Who.MEMBER),)
