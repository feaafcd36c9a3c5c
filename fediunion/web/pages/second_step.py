"""/sign-in/second: the second step, in the browser in which the password was right."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.sentences import sentence_of
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.refusals import SignInRefused, WrongProof
from fediunion.members.second_step import (
    find_second_step,
    finish_by_code,
    finish_by_passkey,
    second_passkey_options,
)
from fediunion.web.attempts import TOO_OFTEN, too_often
from fediunion.web.forms import Form, safe_next, sign_in_path
from fediunion.web.pages.sign_in import DEFAULT_NEXT, SECOND_STEP, enter
from fediunion.web.passkeys import options_answer
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit


async def show_second_step(visit: Visit) -> Response:
    """GET /sign-in/second?next=…: asks for a code or a passkey; back to the first step where nobody waits."""
    return await _form(visit, safe_next(visit.request.query_params.get("next", DEFAULT_NEXT)))


async def submit_code(visit: Visit, form: Form) -> Response:
    """POST /sign-in/second: on with a session, for a code of the app or a recovery code."""
    then = safe_next(form.get("next", DEFAULT_NEXT))
    try:
        cookie = await finish_by_code(
            visit.world, cookie=visit.cookie, code=form.get("code", ""), address=visit.address
        )
    except (WrongProof, TooManyAttempts) as error:
        return await _refused(visit, then, error, "code")
    return await enter(visit, cookie, then)


async def ask_passkey(visit: Visit, form: Form) -> Response:
    """POST /sign-in/second/passkey/options: what the browser asks a passkey of the member, as JSON."""
    del form
    return await options_answer(visit.world.db.write(second_passkey_options, visit.cookie), visit.reader)


async def submit_passkey(visit: Visit, form: Form) -> Response:
    """POST /sign-in/second/passkey: on with a session, for what a passkey signed."""
    then = safe_next(form.get("next", DEFAULT_NEXT))
    try:
        cookie = await finish_by_passkey(
            visit.world, cookie=visit.cookie, answer=form.get("answer", ""), address=visit.address
        )
    except (WrongProof, TooManyAttempts) as error:
        return await _refused(visit, then, error, "passkey")
    return await enter(visit, cookie, then)


async def _refused(visit: Visit, then: str, error: WrongProof | TooManyAttempts, field: str) -> Response:
    if isinstance(error, TooManyAttempts):
        return too_often(await _form(visit, then, field, TOO_OFTEN), error)
    if isinstance(error, SignInRefused):
        return see_other(visit, sign_in_path(then))
    return await _form(visit, then, field, sentence_of(error), status=422)


async def _form(
    visit: Visit, then: str, field: str = "", problem: str = "", *, status: int = 200
) -> Response:
    waiting = await visit.world.db.read(find_second_step, visit.cookie) if visit.cookie else None
    if waiting is None:
        return see_other(visit, sign_in_path(then))
    response = page(
        visit,
        "account/second_step.html",
        status=status,
        layout="layouts/public.html",
        then=then,
        factors=waiting.factors,
        problems={field: problem} if field else {},
    )
    response.headers["x-robots-tag"] = "noindex"
    return response


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(SECOND_STEP, show_second_step, to=Who.ANYBODY),
    sent(SECOND_STEP, submit_code, to=Who.ANYBODY),
    sent(f"{SECOND_STEP}/passkey/options", ask_passkey, to=Who.ANYBODY),
    sent(f"{SECOND_STEP}/passkey", submit_passkey, to=Who.ANYBODY),
)
