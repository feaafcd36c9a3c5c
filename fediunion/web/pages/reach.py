"""/settings/reach: how far a member is seen from outside, and which servers know it already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor, Reach
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Member
from fediunion.members.service import set_reach
from fediunion.social.profiles.erasing import servers_that_know
from fediunion.web.forms import Form
from fediunion.web.pages.join import UNKNOWN
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.rows import own_actor
from fediunion.web.visits import Visit

PATH: Final = "/settings/reach"
_SAVED: Final = Sentence("Your reach is changed; servers that know you are told.")


@dataclass(frozen=True)
class _Typed:
    username: str
    reach: str


def known_outside(session: Session, visit: Visit) -> tuple[Actor, list[str]]:
    """Return the actor of who looks, and the servers that know it."""
    actor = own_actor(session, visit)
    return actor, servers_that_know(session, actor)


async def show_reach(visit: Visit) -> Response:
    """GET /settings/reach: three answers of equal weight, and the servers that know the member."""
    actor, hosts = await visit.world.db.read(known_outside, visit)
    return page(
        visit,
        "settings/reach.html",
        active="settings",
        typed=_Typed(actor.username, actor.reach),
        handle_domain=visit.settings.handle_domain,
        unknown=UNKNOWN,
        hosts=hosts,
    )


async def save_reach(visit: Visit, form: Form) -> Response:
    """POST /settings/reach: changes it; a word that is none changes nothing."""
    wanted = form.get("reach", "")
    if wanted in set(Reach):

        def unit(session: Session) -> None:
            set_reach(session, session.get_one(Member, visit.member.member_id), Reach(wanted))

        await visit.world.db.write(unit)
    return see_other(visit, PATH, _SAVED)


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_reach, to=Who.MEMBER),
    sent(PATH, save_reach, to=Who.MEMBER),
)
