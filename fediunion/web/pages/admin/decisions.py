"""/settings/decisions: what moderators decided about a member; /admin/appeals: who decides on appeals."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Role
from fediunion.social.moderation.decisions import (
    answer_appeal,
    appeal,
    list_appeals,
    list_decisions,
    may_appeal,
)
from fediunion.social.moderation.models import AppealState, Decision
from fediunion.social.moderation.officers import Officer
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, page_of, ways_on
from fediunion.web.pages.admin.acting import read_as, write_as
from fediunion.web.pages.admin.people import MEASURES, handle_of
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/settings/decisions"
APPEALS: Final = "/admin/appeals"
STATES: Final = {
    AppealState.WAITING: Sentence("Your appeal waits for another moderator."),
    AppealState.UPHELD: Sentence("After your appeal the decision stands."),
    AppealState.TAKEN_BACK: Sentence("After your appeal the decision was taken back."),
}
APPEALED: Final = Sentence("Another moderator looks at it, and you are told here.")
_ANSWERED: Final = Sentence("The appeal is decided, and the member sees your answer.")


async def show_decisions(visit: Visit) -> Response:
    """GET /settings/decisions: the statements of reasons, and how appeals stand."""
    return await _decisions(visit)


async def submit_appeal(visit: Visit, form: Form) -> Response:
    """POST /settings/decisions/{id}/appeal: asks, once, that somebody else decides."""
    number, text = id_in_path(visit), form.get("text", "")
    try:
        await visit.world.db.write(appeal, visit.member.actor_id, number, text)
    except Invalid as error:
        return await _decisions(visit, {f"text-{number}": sentence_of(error)}, text)
    return see_other(visit, PATH, APPEALED)


async def show_appeals(visit: Visit) -> Response:
    """GET /admin/appeals: the appeals that wait."""
    return await _appeals(visit)


async def submit_answer(visit: Visit, form: Form) -> Response:
    """POST /admin/appeals/{id}: upholds a decision, or takes it back."""
    number, answer, verdict = id_in_path(visit), form.get("answer", ""), form.get("verdict", "")

    def work(session: Session, officer: Officer) -> None:
        if verdict not in ("uphold", "take-back"):
            raise Invalid(Sentence("Choose what happens."), field="answer")
        answer_appeal(session, number, by=officer, takes_back=verdict == "take-back", answer=answer)

    try:
        await write_as(visit, Role.MODERATOR, work)
    except (Invalid, NotAllowed) as error:
        return await _appeals(visit, {f"answer-{number}": sentence_of(error)}, answer)
    return see_other(visit, APPEALS, _ANSWERED)


async def _decisions(visit: Visit, problems: dict[str, str] | None = None, typed: str = "") -> Response:
    asked = page_of(visit)

    def load(session: Session) -> list[tuple[Decision, bool]]:
        rows = list_decisions(session, asked, target_id=visit.member.actor_id)
        return [(row, may_appeal(session, row)) for row in rows]

    rows = await visit.world.db.read(load)
    ids = [row.id for row, _ in rows]
    return page(
        visit,
        "admin/decisions.html",
        status=422 if problems else 200,
        active="decisions",
        rows=rows,
        measures=MEASURES,
        states=STATES,
        problems=problems or {},
        typed=typed,
        ways=ways_on(visit, asked, ids),
    )


async def _appeals(visit: Visit, problems: dict[str, str] | None = None, typed: str = "") -> Response:
    asked = page_of(visit)
    own_id = visit.member.actor_id
    rows = await read_as(visit, Role.MODERATOR, lambda session, _: list_appeals(session, asked))
    ids = [row.id for row, _ in rows]
    return page(
        visit,
        "admin/appeals.html",
        status=422 if problems else 200,
        active="appeals",
        rows=[(row, handle_of(actor), row.by_id == own_id) for row, actor in rows],
        measures=MEASURES,
        problems=problems or {},
        typed=typed,
        ways=ways_on(visit, asked, ids),
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_decisions, to=Who.MEMBER),
    sent(f"{PATH}/{{id:int}}/appeal", submit_appeal, to=Who.MEMBER),
    shown(APPEALS, show_appeals, to=Who.MODERATOR),
    sent(f"{APPEALS}/{{id:int}}", submit_answer, to=Who.MODERATOR),
)
