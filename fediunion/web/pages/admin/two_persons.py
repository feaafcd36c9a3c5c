"""/admin/two-persons: acts that one officer asks for and a second one approves."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.queries import find_actor
from fediunion.db import now_of
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.social.exports.models import Export
from fediunion.social.exports.service import list_exports
from fediunion.social.moderation.models import RequestState
from fediunion.social.moderation.officers import Officer
from fediunion.social.moderation.two_persons import (
    Act,
    approve,
    ask_for_export,
    list_requests,
    may_take,
    refuse,
)
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, page_of, ways_on
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.pages.admin.people import handle_of
from fediunion.web.render import page
from fediunion.web.routes import Who, require_step_up, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/admin/two-persons"
_ACTS: Final = {
    Act.OWNER_ROLE: Sentence("The owner’s role for a member"),
    Act.KEY_EXPORT: Sentence("An export of keys"),
    Act.FULL_EXPORT: Sentence("An export of everything"),
}
_STATES: Final = {
    RequestState.WAITING: Sentence("Waits for a second person"),
    RequestState.APPROVED: Sentence("Approved"),
    RequestState.DONE: Sentence("Done"),
    RequestState.REFUSED: Sentence("Refused"),
    RequestState.WITHDRAWN: Sentence("Withdrawn"),
}
_OVER: Final = Sentence("Too old")
_ASKED: Final = Sentence("A second officer has to approve it within 24 hours.")
_APPROVED: Final = Sentence("It is approved.")
_REFUSED: Final = Sentence("It is refused.")


async def show_requests(visit: Visit) -> Response:
    """GET /admin/two-persons: what was asked for, the newest first."""
    return await _requests(visit)


async def ask(visit: Visit, form: Form) -> Response:
    """POST /admin/two-persons: asks for an export. The owner's role is asked for on the page of a member."""
    act = form.get("act", "")
    if elsewhere := require_step_up(visit, back=PATH):
        return elsewhere

    def work(session: Session, officer: Officer) -> None:
        if act not in (Act.KEY_EXPORT, Act.FULL_EXPORT):
            raise Invalid(Sentence("Choose what happens."), field="act")
        ask_for_export(session, Act(act), by=officer, reason=form.get("reason", ""))

    try:
        await write_as(visit, Role.ADMIN, work)
    except Invalid as error:
        return await _requests(visit, form, {error.field: sentence_of(error)})
    return see_other(visit, PATH, _ASKED)


async def decide(visit: Visit, form: Form) -> Response:
    """POST /admin/two-persons/{id}/{approve|refuse}: the second person decides, after a proof."""
    del form
    number, approves = id_in_path(visit), visit.request.url.path.endswith("/approve")
    if elsewhere := require_step_up(visit, back=PATH):
        return elsewhere

    def work(session: Session, officer: Officer) -> None:
        (approve if approves else refuse)(session, number, by=officer)

    try:
        await write_as(visit, Role.ADMIN, work)
    except NotAllowed as error:
        return await _requests(visit, None, {"": sentence_of(error)})
    return see_other(visit, PATH, _APPROVED if approves else _REFUSED)


async def _requests(
    visit: Visit, form: Form | None = None, problems: dict[str, str] | None = None
) -> Response:
    asked = page_of(visit)

    def load(session: Session, officer: Officer) -> tuple[list[dict[str, object]], Sequence[Export]]:
        rows: list[dict[str, object]] = []
        for row in list_requests(session, asked):
            waits = row.state == RequestState.WAITING
            is_over = waits and row.ends_at <= now_of(session)
            about = find_actor(session, int(row.asked.get("actor_id", 0)))
            rows.append(
                {
                    "id": row.id,
                    "act": _ACTS[Act(row.act)],
                    "about": handle_of(about),
                    "reason": row.reason,
                    "by": handle_of(find_actor(session, row.asked_by_id)),
                    "at": row.asked_at,
                    "ends_at": row.ends_at,
                    "decided_by": handle_of(find_actor(session, row.decided_by_id or 0)),
                    "decided_at": row.decided_at,
                    "state": _OVER if is_over else _STATES[RequestState(row.state)],
                    "waits": waits and not is_over,
                    "is_own": row.asked_by_id == officer.actor_id,
                    "may_take": may_take(row, officer, now_of(session)),
                }
            )
        return rows, list_exports(session, officer.actor_id)

    rows, exports = await read_as(visit, Role.ADMIN, load)
    return page(
        visit,
        "admin/two_persons.html",
        status=422 if problems else 200,
        active="two-persons",
        rows=rows,
        typed=form or {},
        problems=problems or {},
        choices=[(act, _ACTS[act]) for act in (Act.KEY_EXPORT, Act.FULL_EXPORT)],
        exports=[(each, _ACTS[Act(each.act)]) for each in exports],
        ways=ways_on(visit, asked, [int(str(row["id"])) for row in rows]),
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_requests, to=Who.ADMIN),
    sent(PATH, ask, to=Who.ADMIN),
    sent(f"{PATH}/{{id:int}}/approve", decide, to=Who.ADMIN),
    sent(f"{PATH}/{{id:int}}/refuse", decide, to=Who.ADMIN),
)
