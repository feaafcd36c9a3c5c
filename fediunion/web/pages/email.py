"""Another e-mail address: asked for, confirmed at the new one, taken back at the old one (row W15)."""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.db import settings_of
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.email_change import (
    EMAIL_IS_MAILED,
    ask_email_change,
    confirm_email_change,
    find_email_change,
    undo_email_change,
)
from fediunion.members.emails import unseal_email
from fediunion.members.links.models import LinkKind
from fediunion.members.models import Member
from fediunion.web.attempts import TOO_OFTEN, too_often
from fediunion.web.forms import Form
from fediunion.web.links import LONGEST_TOKEN, link_page, token_of
from fediunion.web.render import page
from fediunion.web.routes import Who, require_step_up, see_other, sent, shown
from fediunion.web.visits import Visit

PATH: Final = "/settings/email"
CONFIRM: Final = "/settings/email/confirm"
UNDO: Final = "/settings/email/undo"
_CONFIRMED: Final = Sentence("This is the address of your account now.")
_UNDONE: Final = Sentence(
    "The address is the old one again, and everybody was signed out. Choose another password now: a mail is"
    " on its way."
)
_OVER: Final = Sentence("This link was used, or is too old.")


async def show_email(visit: Visit) -> Response:
    """GET /settings/email: the address that is, and a field for another."""
    return require_step_up(visit, back=PATH) or await _form(visit)


async def submit_email(visit: Visit, form: Form) -> Response:
    """POST /settings/email: says the same whether somebody has that address or not (row W08)."""
    if elsewhere := require_step_up(visit, back=PATH):
        return elsewhere
    email = form.get("email", "")
    try:
        await ask_email_change(
            visit.world,
            cookie=visit.cookie,
            email=email,
            address=visit.address,
            language=visit.reader.language,
        )
    except Invalid as error:
        return await _form(visit, email, sentence_of(error), status=422)
    except TooManyAttempts as error:
        return too_often(await _form(visit, email, TOO_OFTEN), error)
    return see_other(visit, PATH, EMAIL_IS_MAILED)


async def show_confirm(visit: Visit) -> Response:
    """GET /settings/email/confirm?token=…: asks whether to confirm."""
    return await _asked(visit, LinkKind.NEW_EMAIL)


async def submit_confirm(visit: Visit, form: Form) -> Response:
    """POST /settings/email/confirm: changes the address, once for each link."""
    return await _done(visit, form, confirm_email_change, _CONFIRMED)


async def show_undo(visit: Visit) -> Response:
    """GET /settings/email/undo?token=…: asks whether to take the change back."""
    return await _asked(visit, LinkKind.OLD_EMAIL)


async def submit_undo(visit: Visit, form: Form) -> Response:
    """POST /settings/email/undo: the old address again; all sessions and apps end."""
    return await _done(visit, form, undo_email_change, _UNDONE)


async def _form(visit: Visit, email: str = "", problem: str = "", *, status: int = 200) -> Response:
    current = await visit.world.db.read(_email_of, visit.member.member_id)
    problems = {"email": problem} if problem else {}
    values = {"current": current, "email": email[:320], "problems": problems}
    return page(visit, "security/email.html", status=status, active="security", **values)


async def _asked(visit: Visit, kind: LinkKind) -> Response:
    token = token_of(visit)
    name = await visit.world.db.read(find_email_change, token, kind)
    if name is None:
        return _link(visit, "", status=404)
    return _link(visit, token, name=name, undoes=kind is LinkKind.OLD_EMAIL)


async def _done(
    visit: Visit, form: Form, change: Callable[[Session, str], Member], sentence: Sentence
) -> Response:
    try:
        await visit.world.db.write(change, form.get("token", "")[:LONGEST_TOKEN])
    except NotFound:
        return _link(visit, "", status=422)
    except Invalid as error:
        return _link(visit, "", sentence=sentence_of(error), status=422)
    return _link(visit, "", sentence=sentence)


def _link(
    visit: Visit,
    token: str,
    *,
    name: str = "",
    undoes: bool = False,
    sentence: str = _OVER,
    status: int = 200,
) -> Response:
    values = {"link": token, "name": name, "undoes": undoes, "sentence": sentence}
    layout = "layouts/public.html"
    return link_page(visit, "account/email_link.html", status=status, layout=layout, **values)


def _email_of(session: Session, member_id: int) -> str:
    sealed = session.get_one(Member, member_id).sealed_email
    return "" if sealed is None else unseal_email(sealed, member_id, settings_of(session))


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_email, to=Who.MEMBER),
    sent(PATH, submit_email, to=Who.MEMBER),
    shown(CONFIRM, show_confirm, to=Who.ANYBODY),
    sent(CONFIRM, submit_confirm, to=Who.ANYBODY),
    shown(UNDO, show_undo, to=Who.ANYBODY),
    sent(UNDO, submit_undo, to=Who.ANYBODY),
)
