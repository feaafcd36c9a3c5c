"""/admin/invites: all invitations, making one as an officer, revoking anybody's."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.queries import get_actor
from fediunion.db import now_of, settings_of
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.invites.queries import list_invites
from fediunion.members.invites.service import (
    code_of,
    invite_link,
    make_invite,
    may_invite,
    revoke_invite,
)
from fediunion.members.models import Member, Role
from fediunion.social.moderation.audit import record_audit
from fediunion.social.moderation.officers import Officer
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, page_of, ways_on
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.pages.admin.people import handle_of
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/admin/invites"
_MADE: Final = Sentence("The invitation is made: give its link to whom you mean.")
_REVOKED: Final = Sentence("The invitation is worthless now.")


async def show_invites(visit: Visit) -> Response:
    """GET /admin/invites: the invitations of everybody; the links of one's own."""
    return await _invites(visit)


async def make(visit: Visit, form: Form) -> Response:
    """POST /admin/invites: makes an invitation for so many people and days."""
    uses, days = form.get("uses", "").strip(), form.get("days", "").strip()

    def work(session: Session, officer: Officer) -> None:
        if not days.isdecimal() or len(days) > 4 or (uses and (not uses.isdecimal() or len(uses) > 6)):
            raise Invalid(Sentence("Write whole numbers."), field="days")
        member = session.get_one(Member, visit.member.member_id)
        number = int(uses) if uses else None
        made = make_invite(session, member, uses=number, days=int(days), note=form.get("note", ""))
        record_audit(session, by=officer.handle, action="invite.make", subject=str(made.invite.id))

    try:
        await write_as(visit, Role.MODERATOR, work)
    except (Invalid, NotAllowed) as error:
        field = error.field if isinstance(error, Invalid) else ""
        return await _invites(visit, form, {field: sentence_of(error)})
    return see_other(visit, PATH, _MADE)


async def revoke(visit: Visit, form: Form) -> Response:
    """POST /admin/invites/{id}/revoke: lets an invitation be worthless, whoever's it is."""
    del form
    number = id_in_path(visit)

    def work(session: Session, officer: Officer) -> None:
        revoke_invite(session, session.get_one(Member, visit.member.member_id), number)
        record_audit(session, by=officer.handle, action="invite.revoke", subject=str(number))

    await write_as(visit, Role.MODERATOR, work)
    return see_other(visit, PATH, _REVOKED)


async def _invites(
    visit: Visit, form: Form | None = None, problems: dict[str, str] | None = None
) -> Response:
    asked = page_of(visit)

    def load(session: Session, _officer: Officer) -> tuple[list[dict[str, object]], bool, list[int]]:
        settings, now = settings_of(session), now_of(session)
        own = session.get_one(Member, visit.member.member_id)
        rows: list[dict[str, object]] = []
        invites = list_invites(session, asked)
        for invite in invites:
            maker = session.get_one(Member, invite.made_by_id)
            live = invite.revoked_at is None and invite.ends_at > now and invite.uses_left != 0
            rows.append(
                {
                    "invite": invite,
                    "live": live,
                    "maker": handle_of(get_actor(session, maker.actor_id)),
                    "link": invite_link(code_of(invite, settings), settings)
                    if live and maker.id == own.id
                    else "",
                }
            )
        return rows, may_invite(own, settings), [invite.id for invite in invites]

    rows, may, ids = await read_as(visit, Role.MODERATOR, load)
    return page(
        visit,
        "admin/invites.html",
        status=422 if problems else 200,
        active="invites",
        rows=rows,
        may=may,
        typed=form or {},
        problems=problems or {},
        ways=ways_on(visit, asked, ids),
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_invites, to=Who.MODERATOR),
    sent(PATH, make, to=Who.MODERATOR),
    sent(f"{PATH}/{{id:int}}/revoke", revoke, to=Who.MODERATOR),
)
