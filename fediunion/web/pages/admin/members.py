"""/admin/members: who is here and whom we know elsewhere, one account, and what is done about it."""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.invites.queries import find_inviter
from fediunion.members.models import Role
from fediunion.members.rights import rank_of
from fediunion.social.moderation import accounts, members
from fediunion.social.moderation.account_queries import (
    STATES,
    AccountFilter,
    get_moderated,
    list_moderated,
)
from fediunion.social.moderation.decisions import consequences_for, decide, list_decisions
from fediunion.social.moderation.models import Measure
from fediunion.social.moderation.officers import Officer
from fediunion.social.moderation.queries import list_reports
from fediunion.social.moderation.roles import give_role
from fediunion.social.moderation.two_persons import ask_for_owner
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, page_of, ways_on
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.pages.admin.people import MEASURES, ROLES, handles_of, shown_account
from fediunion.web.render import page
from fediunion.web.routes import Who, require_step_up, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/admin/members"
_LONGEST: Final = 300
_STATES: Final = {
    "": Sentence("All"),
    "active": Sentence("Active"),
    "pending": Sentence("Wait for approval"),
    "disabled": Sentence("Disabled"),
    "silenced": Sentence("Limited"),
    "suspended": Sentence("Suspended"),
    "sensitized": Sentence("Pictures covered"),
}
assert set(_STATES) == {"", *STATES}
_ORIGINS: Final = (("local", Sentence("Here")), ("remote", Sentence("Elsewhere")))
_DECIDED: Final = Sentence("It is decided, and the account was told why where it can be.")
_UNDONE: Final = Sentence("It is taken back.")
_ERASED: Final = Sentence("The account is deleted; what it wrote goes now, here and where it was sent.")
_ROLE_GIVEN: Final = Sentence("The role is given.")
_OWNER_ASKED: Final = Sentence("A second officer has to approve it within 24 hours.")

_Undo = Callable[[Session, Actor, Officer], None]
_UNDONE_BY: Final[dict[str, _Undo]] = {
    "unsuspend": lambda session, actor, by: accounts.unsuspend(session, actor, by=by.handle),
    "unlimit": lambda session, actor, by: accounts.unsilence(session, actor, by=by.handle),
    "uncover": lambda session, actor, by: members.unsensitize(session, actor, by=by.handle),
    "enable": lambda session, actor, by: members.enable(session, actor, by=by.handle),
}


async def show_members(visit: Visit) -> Response:
    """GET /admin/members?q=…&state=…&origin=…: accounts by the beginning of the name, and how they stand."""
    given, asked = visit.request.query_params, page_of(visit)
    text, state = given.get("q", "").strip()[:_LONGEST], given.get("state", "")
    origin = given.get("origin", "local")
    name, _, host = text.removeprefix("@").partition("@")
    wanted = AccountFilter(
        local=origin != "remote",
        states=[state] if state in STATES else [],
        username=name,
        host=host if origin == "remote" else "",
    )
    found = await read_as(visit, Role.MODERATOR, lambda session, _: list_moderated(session, wanted, asked))
    ids = [account.actor.id for account in found]
    kept = {"q": text, "state": state, "origin": origin}
    return page(
        visit,
        "admin/members.html",
        active="members",
        rows=[shown_account(account) for account in found],
        states=list(_STATES.items()),
        origins=_ORIGINS,
        kept=kept,
        ways=ways_on(visit, asked, ids),
    )


async def show_member(visit: Visit) -> Response:
    """GET /admin/members/{id}: one account, what was decided about it, and what can be."""
    return await _member(visit)


async def decide_member(visit: Visit, form: Form) -> Response:
    """POST /admin/members/{id}/decide: warns, covers, limits or suspends, with a reason."""
    number, measure = id_in_path(visit), form.get("measure", "")

    def work(session: Session, officer: Officer) -> None:
        if measure not in tuple(Measure):
            raise Invalid(Sentence("Choose what happens."), field="measure")
        actor = get_moderated(session, number).actor
        decide(session, actor, Measure(measure), form.get("reason", ""), by=officer)

    return await _done(visit, form, Role.MODERATOR, work, _DECIDED)


async def undo(visit: Visit, form: Form) -> Response:
    """POST /admin/members/{id}/{unsuspend|unlimit|uncover|enable}: takes something back."""
    number, act = id_in_path(visit), _UNDONE_BY[visit.request.url.path.rpartition("/")[2]]

    def work(session: Session, officer: Officer) -> None:
        actor = get_moderated(session, number).actor
        members.check_outranks(session, officer.role, actor)
        act(session, actor, officer)

    return await _done(visit, form, Role.MODERATOR, work, _UNDONE)


async def erase(visit: Visit, form: Form) -> Response:
    """POST /admin/members/{id}/erase: deletes a suspended account, after a proof of who does it."""
    number = id_in_path(visit)
    if elsewhere := require_step_up(visit, back=f"{PATH}/{number}"):
        return elsewhere

    def work(session: Session, officer: Officer) -> None:
        actor = get_moderated(session, number).actor
        members.check_outranks(session, officer.role, actor)
        members.erase(session, actor, by=officer.handle)

    return await _done(visit, form, Role.ADMIN, work, _ERASED, then=PATH)


async def change_role(visit: Visit, form: Form) -> Response:
    """POST /admin/members/{id}/role: gives a role below one's own, or asks for the owner's."""
    number, role = id_in_path(visit), form.get("role", "")
    if elsewhere := require_step_up(visit, back=f"{PATH}/{number}"):
        return elsewhere

    def work(session: Session, officer: Officer) -> None:
        if role not in tuple(Role):
            raise Invalid(Sentence("Choose a role."), field="role")
        actor, why = get_moderated(session, number).actor, form.get("why", "")
        if role == Role.OWNER:
            ask_for_owner(session, actor, by=officer, reason=why)
        else:
            give_role(session, actor, Role(role), by=officer, reason=why)

    told = _OWNER_ASKED if role == Role.OWNER else _ROLE_GIVEN
    return await _done(visit, form, Role.ADMIN, work, told)


async def _done(
    visit: Visit,
    form: Form,
    least: Role,
    work: Callable[[Session, Officer], None],
    told: Sentence,
    *,
    then: str = "",
) -> Response:
    try:
        await write_as(visit, least, work)
    except (Invalid, NotAllowed) as error:
        field = error.field if isinstance(error, Invalid) else ""
        return await _member(
            visit, form, {"why" if field == "reason" and "role" in form else field: sentence_of(error)}
        )
    return see_other(visit, then or f"{PATH}/{id_in_path(visit)}", told)


async def _member(visit: Visit, form: Form | None = None, problems: dict[str, str] | None = None) -> Response:
    number = id_in_path(visit)
    found = await read_as(visit, Role.MODERATOR, lambda session, officer: _load(session, number, officer))
    return page(
        visit,
        "admin/member.html",
        status=422 if problems else 200,
        active="members",
        problems=problems or {},
        typed=form or {},
        measures=MEASURES,
        **found,
    )


def _load(session: Session, number: int, officer: Officer) -> dict[str, object]:
    account = get_moderated(session, number)
    actor, member = account.actor, account.member
    role = Role.MEMBER if member is None else Role(member.role)
    outranks = member is None or rank_of(role) < rank_of(officer.role)
    is_admin = rank_of(officer.role) >= rank_of(Role.ADMIN)
    below = [each for each in Role if rank_of(each) < rank_of(officer.role)]
    inviter = None if member is None else find_inviter(session, member.id)
    decisions = list_decisions(session, Page(limit=20), target_id=actor.id)
    return {
        "account": shown_account(account),
        "actor": actor,
        "member": member,
        "role": role,
        "can_decide": outranks,
        "can_erase": outranks and is_admin and actor.suspended_at is not None,
        "roles": [(each, ROLES[each]) for each in (*below, Role.OWNER)] if member and is_admin else [],
        "counted": consequences_for(session, actor),
        "invited_by": "" if inviter is None else session.get_one(Actor, inviter.actor_id).username,
        "decisions": decisions,
        "officers": handles_of(
            session, (each for row in decisions for each in (row.by_id, row.answered_by_id))
        ),
        "reports": [
            *list_reports(session, Page(limit=10), target_id=actor.id),
            *list_reports(session, Page(limit=10), target_id=actor.id, resolved=True),
        ],
    }


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_members, to=Who.MODERATOR),
    shown(f"{PATH}/{{id:int}}", show_member, to=Who.MODERATOR),
    sent(f"{PATH}/{{id:int}}/decide", decide_member, to=Who.MODERATOR),
    sent(f"{PATH}/{{id:int}}/erase", erase, to=Who.ADMIN),
    sent(f"{PATH}/{{id:int}}/role", change_role, to=Who.ADMIN),
    *(sent(f"{PATH}/{{id:int}}/{act}", undo, to=Who.MODERATOR) for act in _UNDONE_BY),
)
