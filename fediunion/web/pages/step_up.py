"""/sign-in/again: a member proves once more to be the one, before what is dangerous (row W19)."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.sentences import sentence_of
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.factors.standing import Factors, list_factors
from fediunion.members.models import Member
from fediunion.members.refusals import WrongProof
from fediunion.members.step_up import passkey_options, prove_by_code, prove_by_passkey, prove_by_password
from fediunion.web.attempts import TOO_OFTEN, too_often
from fediunion.web.forms import Form, safe_next
from fediunion.web.passkeys import options_answer
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visitors import PROOF_PATH, set_cookie
from fediunion.web.visits import Visit

PASSKEY_OPTIONS: Final = f"{PROOF_PATH}/passkey/options"


async def show_proof(visit: Visit) -> Response:
    """GET /sign-in/again?next=…: the form."""
    return await _form(visit, safe_next(visit.request.query_params.get("next", "/")))


async def submit_proof(visit: Visit, form: Form) -> Response:
    """POST /sign-in/again: on to the next page, or the form again with what is wrong."""
    then = safe_next(form.get("next", "/"))
    try:
        cookie = await prove_by_password(
            visit.world,
            cookie=visit.cookie,
            password=form.get("password", ""),
            address=visit.address,
        )
    except (WrongProof, TooManyAttempts) as error:
        return await _refused(visit, then, error, "password")
    return _proved(visit, then, cookie)


async def submit_code(visit: Visit, form: Form) -> Response:
    """POST /sign-in/again/code: the same for a code of the member's app."""
    then = safe_next(form.get("next", "/"))
    try:
        cookie = await prove_by_code(
            visit.world, cookie=visit.cookie, code=form.get("code", ""), address=visit.address
        )
    except (WrongProof, TooManyAttempts) as error:
        return await _refused(visit, then, error, "code")
    return _proved(visit, then, cookie)


async def ask_passkey(visit: Visit, form: Form) -> Response:
    """POST /sign-in/again/passkey/options: what the browser asks a passkey of the member, as JSON."""
    del form
    return await options_answer(visit.world.db.write(passkey_options, visit.cookie), visit.reader)


async def submit_passkey(visit: Visit, form: Form) -> Response:
    """POST /sign-in/again/passkey: the same for what a passkey signed."""
    then = safe_next(form.get("next", "/"))
    try:
        cookie = await prove_by_passkey(
            visit.world, cookie=visit.cookie, answer=form.get("answer", ""), address=visit.address
        )
    except (WrongProof, TooManyAttempts) as error:
        return await _refused(visit, then, error, "passkey")
    return _proved(visit, then, cookie)


def _proved(visit: Visit, then: str, cookie: str) -> Response:
    answer = see_other(visit, then)
    set_cookie(answer, visit.settings, cookie, lasts=True)
    return answer


async def _refused(visit: Visit, then: str, error: WrongProof | TooManyAttempts, field: str) -> Response:
    if isinstance(error, TooManyAttempts):
        return too_often(await _form(visit, then, field, TOO_OFTEN), error)
    return await _form(visit, then, field, sentence_of(error), status=422)


async def _form(
    visit: Visit, then: str, field: str = "", problem: str = "", *, status: int = 200
) -> Response:
    factors = await visit.world.db.read(_factors, visit.member.member_id)
    problems = {field: problem} if field else {}
    return page(visit, "account/step_up.html", status=status, then=then, problems=problems, factors=factors)


def _factors(session: Session, member_id: int) -> Factors:
    return list_factors(session, session.get_one(Member, member_id))


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PROOF_PATH, show_proof, to=Who.MEMBER),
    sent(PROOF_PATH, submit_proof, to=Who.MEMBER),
    sent(f"{PROOF_PATH}/code", submit_code, to=Who.MEMBER),
    sent(PASSKEY_OPTIONS, ask_passkey, to=Who.MEMBER),
    sent(f"{PROOF_PATH}/passkey", submit_passkey, to=Who.MEMBER),
)
