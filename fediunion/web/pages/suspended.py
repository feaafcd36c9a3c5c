"""/sign-in/suspended: what was decided about a suspended member, and the appeal, without a session."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid
from fediunion.kit.pages import Page
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.refusals import SignInRefused, WrongProof
from fediunion.members.suspension import (
    Suspended,
    complete_suspension_link,
    count_appeal,
    find_suspended,
)
from fediunion.social.moderation.decisions import appeal, list_decisions, may_appeal
from fediunion.social.moderation.models import Decision
from fediunion.web.attempts import TOO_OFTEN, too_often
from fediunion.web.forms import Form, sign_in_path
from fediunion.web.links import LONGEST_TOKEN, link_page, token_of
from fediunion.web.listing import id_in_path
from fediunion.web.pages.admin.decisions import APPEALED, STATES
from fediunion.web.pages.admin.people import MEASURES
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/sign-in/suspended"
_MOST: Final = 40
_OVER: Final = Sentence("This took too long. Start again with your name and password.")


def way_to(token: str) -> str:
    """Return the address of the page for who holds a link."""
    return f"{PATH}?{urlencode({'token': token})}"


async def show_suspended(visit: Visit) -> Response:
    """GET /sign-in/suspended?token=…: the decisions, or first the question for the second factor."""
    return await _page(visit, token_of(visit))


async def submit_code(visit: Visit, form: Form) -> Response:
    """POST /sign-in/suspended/code: on with a link that shows the decisions."""
    token = form.get("token", "")[:LONGEST_TOKEN]
    try:
        whole = await complete_suspension_link(
            visit.world,
            cookie=visit.cookie,
            token=token,
            code=form.get("code", ""),
            address=visit.address,
        )
    except SignInRefused:
        return see_other(visit, sign_in_path("/home"), _OVER)
    except WrongProof as error:
        return await _page(visit, token, {"code": sentence_of(error)})
    except TooManyAttempts as error:
        return too_often(await _page(visit, token, {"code": TOO_OFTEN}), error)
    return see_other(visit, way_to(whole))


async def submit_appeal(visit: Visit, form: Form) -> Response:
    """POST /sign-in/suspended/{id}/appeal: asks, once, that somebody else decides. Raises NotFound."""
    token, number, text = form.get("token", "")[:LONGEST_TOKEN], id_in_path(visit), form.get("text", "")

    def unit(session: Session) -> bool:
        found = find_suspended(session, visit.cookie, token)
        if found is None or not found.complete:
            return False
        appeal(session, found.actor_id, number, text)
        return True

    field = f"text-{number}"
    try:
        found = await visit.world.db.read(find_suspended, visit.cookie, token)
        if found is not None:
            await visit.world.db.write(count_appeal, found.member_id, visit.address)
        if not await visit.world.db.write(unit):
            return see_other(visit, sign_in_path("/home"), _OVER)
    except Invalid as error:
        return await _page(visit, token, {field: sentence_of(error)}, text)
    except TooManyAttempts as error:
        return too_often(await _page(visit, token, {field: TOO_OFTEN}, text), error)
    return see_other(visit, way_to(token), APPEALED)


async def _page(
    visit: Visit, token: str, problems: dict[str, str] | None = None, typed: str = ""
) -> Response:
    def load(session: Session) -> tuple[Suspended, list[tuple[Decision, bool]]] | None:
        found = find_suspended(session, visit.cookie, token)
        if found is None:
            return None
        rows = list_decisions(session, Page(limit=_MOST), target_id=found.actor_id) if found.complete else []
        return found, [(row, may_appeal(session, row)) for row in rows]

    loaded = await visit.world.db.read(load)
    if loaded is None:
        return see_other(visit, sign_in_path("/home"), _OVER)
    found, rows = loaded
    return link_page(
        visit,
        "account/suspended.html",
        status=422 if problems else 200,
        layout="layouts/public.html",
        token=token,
        complete=found.complete,
        rows=rows,
        measures=MEASURES,
        states=STATES,
        problems=problems or {},
        typed=typed,
    )


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_suspended, to=Who.ANYBODY),
    sent(f"{PATH}/code", submit_code, to=Who.ANYBODY),
    sent(f"{PATH}/{{id:int}}/appeal", submit_appeal, to=Who.ANYBODY),
)
