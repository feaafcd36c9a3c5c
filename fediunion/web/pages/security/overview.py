"""What a member can prove itself with, recovery codes, and what an officer's rights wait for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.db import settings_of
from fediunion.members.factors.enrolment import make_recovery_codes
from fediunion.members.factors.standing import Factors, list_factors
from fediunion.members.invites.service import may_invite
from fediunion.members.models import Member, WebSession
from fediunion.members.rights import lacks_second_factor
from fediunion.members.sessions import list_sessions
from fediunion.web.forms import Form, safe_next
from fediunion.web.pages.security.answers import PATH, codes_page
from fediunion.web.pages.sign_in import FOR_OFFICERS
from fediunion.web.render import page
from fediunion.web.routes import Who, require_step_up, see_other, sent, shown
from fediunion.web.visits import Visit


@dataclass(frozen=True)
class _Standing:
    """What the page shows of a member."""

    factors: Factors
    sessions: list[WebSession]
    has_email: bool
    rights_wait: bool
    may_invite: bool


async def show_security(visit: Visit) -> Response:
    """GET /settings/security: the ways to sign in, and the browsers in which somebody did."""
    standing = await visit.world.db.read(_standing, visit.member.member_id)
    return page(
        visit,
        "security/security.html",
        active="security",
        standing=standing,
        here=visit.member.session_id,
    )


async def show_office(visit: Visit) -> Response:
    """GET /settings/security/office?next=…: tells an officer what the rights of the office wait for."""
    then = safe_next(visit.request.query_params.get("next", PATH))
    standing = await visit.world.db.read(_standing, visit.member.member_id)
    if not standing.rights_wait:
        return see_other(visit, then)
    return page(visit, "security/office.html", active="security", then=then)


async def renew_codes(visit: Visit, form: Form) -> Response:
    """POST /settings/security/codes: ten new recovery codes, shown once; the old ones are dead (W12)."""
    del form
    if elsewhere := require_step_up(visit, back=PATH):
        return elsewhere
    return codes_page(visit, await visit.world.db.write(make_recovery_codes, visit.cookie))


def _standing(session: Session, member_id: int) -> _Standing:
    member, settings = session.get_one(Member, member_id), settings_of(session)
    return _Standing(
        factors=list_factors(session, member),
        sessions=list_sessions(session, member),
        has_email=member.sealed_email is not None,
        rights_wait=lacks_second_factor(member, settings),
        may_invite=may_invite(member, settings),
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_security, to=Who.MEMBER),
    shown(FOR_OFFICERS, show_office, to=Who.MEMBER),
    sent(f"{PATH}/codes", renew_codes, to=Who.MEMBER),
)
