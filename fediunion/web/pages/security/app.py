"""/settings/security/app: an authenticator app is set up, and removed."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.factors.enrolment import finish_totp, remove_totp, start_totp
from fediunion.members.refusals import WrongProof
from fediunion.web.attempts import TOO_OFTEN, too_often
from fediunion.web.forms import Form
from fediunion.web.pages.security.answers import PATH, changed
from fediunion.web.pages.step_up import PASSKEY_OPTIONS
from fediunion.web.render import page
from fediunion.web.routes import Who, require_step_up, sent, shown
from fediunion.web.visits import Visit

SET_UP: Final = f"{PATH}/app"
_REMOVAL: Final = f"{SET_UP}/remove"
_ADDED: Final = Sentence("The app is set up: signing in asks for a code from now on.")
_REMOVED: Final = Sentence("The app was removed.")


async def show_set_up(visit: Visit) -> Response:
    """GET /settings/security/app: what an authenticator app is; a button begins."""
    return require_step_up(visit, back=SET_UP) or page(visit, "security/app.html", active="security")


async def begin(visit: Visit, form: Form) -> Response:
    """POST /settings/security/app: a new secret, as a QR code and as text."""
    del form
    if elsewhere := require_step_up(visit, back=SET_UP):
        return elsewhere
    enrolment = await visit.world.db.write(start_totp, visit.cookie)
    drawn = Markup(enrolment.qr_svg())  # noqa: S704 - drawn here, of numbers alone
    secret = " ".join(enrolment.secret[at : at + 4] for at in range(0, len(enrolment.secret), 4))
    return _code_form(visit, drawn=drawn, secret=secret)


async def finish(visit: Visit, form: Form) -> Response:
    """POST /settings/security/app/code: the app counts once it showed a right code."""
    if elsewhere := require_step_up(visit, back=SET_UP):
        return elsewhere
    try:
        what = await visit.world.db.write(finish_totp, visit.cookie, form.get("code", ""))
    except Invalid as error:
        return _code_form(visit, problem=sentence_of(error), status=422)
    return changed(visit, what, _ADDED)


async def show_removal(visit: Visit) -> Response:
    """GET /settings/security/app/remove: asks for the password and a factor."""
    return require_step_up(visit, back=_REMOVAL) or removal_page(visit, _REMOVAL)


async def remove(visit: Visit, form: Form) -> Response:
    """POST /settings/security/app/remove: removes the app (row W12)."""
    if elsewhere := require_step_up(visit, back=_REMOVAL):
        return elsewhere
    try:
        what = await remove_totp(
            visit.world,
            cookie=visit.cookie,
            password=form.get("password", ""),
            address=visit.address,
            code=form.get("code", ""),
            answer=form.get("answer", ""),
        )
    except (WrongProof, TooManyAttempts) as error:
        return removal_refused(visit, _REMOVAL, error)
    return changed(visit, what, _REMOVED)


def removal_page(
    visit: Visit, action: str, problem: str = "", name: str = "", *, status: int = 200
) -> Response:
    """Return the page that asks for password and factor before one goes; `name` is that of a passkey."""
    return page(
        visit,
        "security/removal.html",
        status=status,
        active="security",
        action=action,
        options=PASSKEY_OPTIONS,
        name=name,
        problems={"": problem} if problem else {},
    )


def removal_refused(
    visit: Visit, action: str, error: WrongProof | TooManyAttempts, name: str = ""
) -> Response:
    """Return the same page with what was wrong."""
    if isinstance(error, TooManyAttempts):
        return too_often(removal_page(visit, action, TOO_OFTEN, name), error)
    return removal_page(visit, action, sentence_of(error), name, status=422)


def _code_form(
    visit: Visit, *, drawn: str = "", secret: str = "", problem: str = "", status: int = 200
) -> Response:
    problems = {"code": problem} if problem else {}
    values = {"drawn": drawn, "secret": secret, "problems": problems}
    return page(visit, "security/app_code.html", status=status, active="security", **values)


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(SET_UP, show_set_up, to=Who.MEMBER),
    sent(SET_UP, begin, to=Who.MEMBER),
    sent(f"{SET_UP}/code", finish, to=Who.MEMBER),
    shown(_REMOVAL, show_removal, to=Who.MEMBER),
    sent(_REMOVAL, remove, to=Who.MEMBER),
)
