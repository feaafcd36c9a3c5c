"""/sign-in/again: a member proves once more to be the one, before what is dangerous (row W19)."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.sentences import sentence_of
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.refusals import WrongProof
from fediunion.members.step_up import prove_by_password
from fediunion.web.forms import Form, safe_next
from fediunion.web.pages.sign_in import TOO_OFTEN
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visitors import PROOF_PATH, set_cookie
from fediunion.web.visits import Visit


async def show_proof(visit: Visit) -> Response:
    """GET /sign-in/again?next=…: the form."""
    return _form(visit, safe_next(visit.request.query_params.get("next", "/")))


async def submit_proof(visit: Visit, form: Form) -> Response:
    """POST /sign-in/again: on to the next page, or the form again with what is wrong."""
    then, client = safe_next(form.get("next", "/")), visit.request.client
    try:
        cookie = await prove_by_password(
            visit.world,
            cookie=visit.cookie,
            password=form.get("password", ""),
            address=client.host if client else "",
        )
    except WrongProof as wrong:
        return _form(visit, then, sentence_of(wrong), 422)
    except TooManyAttempts as error:
        response = _form(visit, then, TOO_OFTEN, 429)
        response.headers["retry-after"] = str(error.retry_after_seconds)
        return response
    answer = see_other(visit, then)
    set_cookie(answer, visit.settings, cookie, lasts=True)
    return answer


def _form(visit: Visit, then: str, problem: str = "", status: int = 200) -> Response:
    problems = {"password": problem} if problem else {}
    return page(visit, "account/step_up.html", status=status, then=then, problems=problems)


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PROOF_PATH, show_proof, to=Who.MEMBER),
    sent(PROOF_PATH, submit_proof, to=Who.MEMBER),
)
