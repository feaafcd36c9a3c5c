"""/settings/security/sessions: browsers are signed out from another one."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.sentences import Sentence
from fediunion.members.models import Member
from fediunion.members.sessions import end_session_of_id, end_sessions
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.pages.security.answers import PATH
from fediunion.web.routes import Who, see_other, sent
from fediunion.web.visits import Visit

_SESSIONS: Final = f"{PATH}/sessions"
_ENDED: Final = Sentence("That browser is signed out.")
_ALL_ENDED: Final = Sentence("All other browsers are signed out.")


async def end_one(visit: Visit, form: Form) -> Response:
    """POST /settings/security/sessions/{id}/end: ends a session of the member; whose it is not, nothing."""
    del form
    number = id_in_path(visit)

    def unit(session: Session) -> None:
        end_session_of_id(session, session.get_one(Member, visit.member.member_id), number)

    await visit.world.db.write(unit)
    return see_other(visit, PATH, _ENDED)


async def end_others(visit: Visit, form: Form) -> Response:
    """POST /settings/security/sessions/end: ends all sessions of the member but this one (row W03)."""
    del form

    def unit(session: Session) -> None:
        end_sessions(session, session.get_one(Member, visit.member.member_id), but=visit.cookie)

    await visit.world.db.write(unit)
    return see_other(visit, PATH, _ALL_ENDED)


ROUTES: Final[Sequence[BaseRoute]] = (
    sent(f"{_SESSIONS}/end", end_others, to=Who.MEMBER),
    sent(f"{_SESSIONS}/{{id:int}}/end", end_one, to=Who.MEMBER),
)
