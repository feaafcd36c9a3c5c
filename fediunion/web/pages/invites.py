"""/settings/invites: a member's invitations, for those whom the union lets invite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.db import now_of, settings_of
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.invites.models import Invite
from fediunion.members.invites.queries import list_invites
from fediunion.members.invites.service import (
    LONGEST_NOTE,
    MOST_DAYS,
    MOST_DAYS_OF_OFFICERS,
    MOST_USES,
    code_of,
    invite_link,
    make_invite,
    may_invite,
    revoke_invite,
)
from fediunion.members.models import Member, Role
from fediunion.members.rights import rights_of_member
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/settings/invites"
_MOST_SHOWN: Final = 100
_NO_PROBLEMS: Final[Mapping[str, str]] = MappingProxyType({})
_MADE: Final = Sentence("The invitation is made: send its link to whom it is for.")
_REVOKED: Final = Sentence("The invitation is worthless now.")
_NO_NUMBER: Final = Sentence("This has to be a number.")


@dataclass(frozen=True)
class _Shown:
    """An invitation as its maker sees it; `link` is "" for one that is over."""

    id: int
    note: str
    link: str
    uses: int
    uses_left: int | None
    ends_at: datetime
    is_revoked: bool


@dataclass(frozen=True)
class _Desk:
    """What the page is made of."""

    invites: list[_Shown]
    is_officer: bool


async def show_invites(visit: Visit) -> Response:
    """GET /settings/invites: the invitations and the form of a new one; 404 for who may not invite."""
    return await _page(visit)


async def submit_invite(visit: Visit, form: Form) -> Response:
    """POST /settings/invites: makes an invitation, or shows what is wrong with it."""
    uses, days, note = form.get("uses", "1").strip(), form.get("days", "7").strip(), form.get("note", "")
    typed = {"uses": uses, "days": days, "note": note}
    wrong = {
        name: _NO_NUMBER
        for name, text in (("uses", uses), ("days", days))
        if not (text.isascii() and text.isdigit() and len(text) < 6) and not (name == "uses" and not text)
    }
    if wrong:
        return await _page(visit, typed, wrong, status=422)

    def unit(session: Session) -> None:
        member = session.get_one(Member, visit.member.member_id)
        make_invite(session, member, uses=int(uses) if uses else None, days=int(days), note=note)

    try:
        await visit.world.db.write(unit)
    except Invalid as error:
        return await _page(visit, typed, {error.field: sentence_of(error)}, status=422)
    except NotAllowed as error:
        return await _page(visit, typed, {"": sentence_of(error)}, status=422)
    return see_other(visit, PATH, _MADE)


async def revoke(visit: Visit, form: Form) -> Response:
    """POST /settings/invites/{id}/revoke: makes an invitation worthless; 404 for another member's."""
    del form
    number = id_in_path(visit)

    def unit(session: Session) -> None:
        revoke_invite(session, session.get_one(Member, visit.member.member_id), number)

    await visit.world.db.write(unit)
    return see_other(visit, PATH, _REVOKED)


async def _page(
    visit: Visit,
    typed: Mapping[str, str] = MappingProxyType({"uses": "1", "days": "7", "note": ""}),
    problems: Mapping[str, str] = _NO_PROBLEMS,
    *,
    status: int = 200,
) -> Response:
    desk = await visit.world.db.read(_desk, visit.member.member_id)
    return page(
        visit,
        "account/invites.html",
        status=status,
        active="invites",
        invites=desk.invites,
        typed=typed,
        problems=problems,
        is_officer=desk.is_officer,
        most_uses=MOST_USES,
        most_days=MOST_DAYS_OF_OFFICERS if desk.is_officer else MOST_DAYS,
        longest_note=LONGEST_NOTE,
    )


def _desk(session: Session, member_id: int) -> _Desk:
    member, settings = session.get_one(Member, member_id), settings_of(session)
    if not may_invite(member, settings):
        raise NotFound("There is no such page.")
    found = list_invites(session, Page(limit=_MOST_SHOWN), member_id=member_id)
    is_officer = rights_of_member(member, settings) is not Role.MEMBER
    return _Desk([_shown(session, invite) for invite in found], is_officer)


def _shown(session: Session, invite: Invite) -> _Shown:
    settings = settings_of(session)
    over = invite.revoked_at is not None or invite.ends_at <= now_of(session) or invite.uses_left == 0
    return _Shown(
        id=invite.id,
        note=invite.note,
        link="" if over else invite_link(code_of(invite, settings), settings),
        uses=invite.uses,
        uses_left=invite.uses_left,
        ends_at=invite.ends_at,
        is_revoked=invite.revoked_at is not None,
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_invites, to=Who.MEMBER),
    sent(PATH, submit_invite, to=Who.MEMBER),
    sent(f"{PATH}/{{id:int}}/revoke", revoke, to=Who.MEMBER),
)
