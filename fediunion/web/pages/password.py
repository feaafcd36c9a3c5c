"""Another password: by mail, by a recovery code, or by the one that was."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.password_change import (
    ask_reset,
    change_password,
    is_reset_good,
    list_passkeys_of_link,
    reset_by_recovery_code,
    reset_password,
)
from fediunion.members.passwords import SHORTEST
from fediunion.members.refusals import WrongProof
from fediunion.web.attempts import TOO_OFTEN, too_often
from fediunion.web.forms import Form
from fediunion.web.links import LONGEST_TOKEN, link_page, token_of
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visitors import set_cookie
from fediunion.web.visits import Visit

FORGOTTEN: Final = "/password/forgotten"
NEW: Final = "/password/new"
BY_CODE: Final = "/password/code"
CHANGE: Final = "/settings/password"
_LAYOUT: Final = "layouts/public.html"
_NO_PROBLEMS: Final[Mapping[str, str]] = MappingProxyType({})
_MAILED: Final = Sentence("If there is such an account with an address, a mail is on its way to it.")
_RESET: Final = Sentence("Your password is changed. Sign in with it; all browsers and apps were signed out.")
_CHANGED: Final = Sentence("Your password is changed. All other browsers and all apps were signed out.")


async def show_forgotten(visit: Visit) -> Response:
    """GET /password/forgotten: for whom a mail is wanted, and the way for who has no address."""
    return _forgotten(visit)


async def submit_forgotten(visit: Visit, form: Form) -> Response:
    """POST /password/forgotten: says the same to everybody, whoever there is (row W08)."""
    name = form.get("name", "")
    try:
        await ask_reset(visit.world, name=name, address=visit.address, language=visit.reader.language)
    except TooManyAttempts as error:
        return too_often(_forgotten(visit, name, {"name": TOO_OFTEN}), error)
    return see_other(visit, FORGOTTEN, _MAILED)


def _forgotten(visit: Visit, name: str = "", problems: Mapping[str, str] = _NO_PROBLEMS) -> Response:
    return page(visit, "account/forgotten.html", layout=_LAYOUT, name=name, problems=problems)


async def show_new(visit: Visit) -> Response:
    """GET /password/new?token=…: asks for the new password; looking uses the link not up (row W05)."""
    token = token_of(visit)
    good = await visit.world.db.read(is_reset_good, token)
    return await _new(visit, token if good else "", status=200 if good else 404)


async def submit_new(visit: Visit, form: Form) -> Response:
    """POST /password/new: changes the password, once for each link (row W14)."""
    token = form.get("token", "")[:LONGEST_TOKEN]
    try:
        await reset_password(visit.world, token=token, new=form.get("password", ""))
    except NotFound:
        return await _new(visit, "", status=422)
    except Invalid as error:
        return await _new(visit, token, {"password": sentence_of(error)}, status=422)
    return see_other(visit, "/sign-in", _RESET)


async def _new(
    visit: Visit, token: str, problems: Mapping[str, str] = _NO_PROBLEMS, *, status: int = 200
) -> Response:
    passkeys = await visit.world.db.read(list_passkeys_of_link, token)
    values = {"shortest": SHORTEST, "problems": problems, "layout": _LAYOUT, "passkeys": passkeys}
    return link_page(visit, "account/new_password.html", status=status, reset=token, **values)


async def show_by_code(visit: Visit) -> Response:
    """GET /password/code: name, recovery code and new password."""
    return _by_code(visit)


async def submit_by_code(visit: Visit, form: Form) -> Response:
    """POST /password/code: changes the password for a recovery code (row W12)."""
    name = form.get("name", "")
    try:
        await reset_by_recovery_code(
            visit.world,
            name=name,
            code=form.get("code", ""),
            new=form.get("password", ""),
            address=visit.address,
        )
    except Invalid as error:
        return _by_code(visit, name, {"password": sentence_of(error)}, status=422)
    except WrongProof as error:
        return _by_code(visit, name, {"code": sentence_of(error)}, status=422)
    except TooManyAttempts as error:
        return too_often(_by_code(visit, name, {"": TOO_OFTEN}), error)
    return see_other(visit, "/sign-in", _RESET)


def _by_code(
    visit: Visit, name: str = "", problems: Mapping[str, str] = _NO_PROBLEMS, *, status: int = 200
) -> Response:
    return page(
        visit,
        "account/by_code.html",
        status=status,
        layout=_LAYOUT,
        name=name[:100],
        shortest=SHORTEST,
        problems=problems,
    )


async def show_change(visit: Visit) -> Response:
    """GET /settings/password: the password that is and the one to be."""
    return _change(visit)


async def submit_change(visit: Visit, form: Form) -> Response:
    """POST /settings/password: changes it; this browser stays signed in, with another cookie (row W02)."""
    try:
        cookie = await change_password(
            visit.world,
            cookie=visit.cookie,
            current=form.get("current", ""),
            new=form.get("password", ""),
            address=visit.address,
        )
    except WrongProof as error:
        return _change(visit, {"current": sentence_of(error)}, status=422)
    except Invalid as error:
        return _change(visit, {"password": sentence_of(error)}, status=422)
    except TooManyAttempts as error:
        return too_often(_change(visit, {"current": TOO_OFTEN}), error)
    # What is said on the next page is sealed for the cookie that the browser has then.
    visit.cookie = cookie
    answer = see_other(visit, "/settings/security", _CHANGED)
    set_cookie(answer, visit.settings, cookie, lasts=True)
    return answer


def _change(visit: Visit, problems: Mapping[str, str] = _NO_PROBLEMS, *, status: int = 200) -> Response:
    values = {"shortest": SHORTEST, "problems": problems}
    return page(visit, "security/password.html", status=status, active="security", **values)


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(FORGOTTEN, show_forgotten, to=Who.ANYBODY),
    sent(FORGOTTEN, submit_forgotten, to=Who.ANYBODY),
    shown(NEW, show_new, to=Who.ANYBODY),
    sent(NEW, submit_new, to=Who.ANYBODY),
    shown(BY_CODE, show_by_code, to=Who.ANYBODY),
    sent(BY_CODE, submit_by_code, to=Who.ANYBODY),
    shown(CHANGE, show_change, to=Who.MEMBER),
    sent(CHANGE, submit_change, to=Who.MEMBER),
)
