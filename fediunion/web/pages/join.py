"""/join and /invite/{code}: asking for an account, with the question how far one wants to be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import orjson
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.answers import NOT_FOUND
from fediunion.actors.models import Reach
from fediunion.actors.names import LONGEST_NAME
from fediunion.config import RegistrationMode
from fediunion.kit.catalogues import LANGUAGES
from fediunion.kit.errors import NotAllowed, NotFound
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.devices import describe_device
from fediunion.members.emails import LONGEST_ADDRESS
from fediunion.members.invites.service import find_invite_of_code
from fediunion.members.joining import WORK_ADDRESS, Asked, Faulty, Newcomer, join
from fediunion.members.password_change import ask_reset
from fediunion.members.passwords import SHORTEST
from fediunion.members.pseudonyms import suggest_pseudonyms
from fediunion.members.sign_ups import LONGEST_REASON, needs_email, sends_mail
from fediunion.web.attempts import TOO_OFTEN, too_often
from fediunion.web.forms import Form
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visitors import set_cookie
from fediunion.web.visits import Visit

PATH: Final = "/join"
INVITATION: Final = "/invite/{code}"
MAIL_AGAIN: Final = "/join/mail"
_LAYOUT: Final = "layouts/public.html"
_NO_FAULTS: Final[Mapping[str, str]] = MappingProxyType({})
_MAILED: Final = Sentence("If an account waits for this, a mail is on its way.")
_OVER: Final = Sentence("This invitation is over; ask for another.")
UNKNOWN: Final = {"status": NOT_FOUND.status, "says": orjson.loads(NOT_FOUND.body)["error"]}
"""What a server is answered that asks for a hidden member, or for nobody."""


@dataclass(frozen=True)
class _Typed:
    """What stands in the form; the password is never sent back."""

    username: str
    reach: str
    language: str
    email: str = ""
    reason: str = ""
    agrees: bool = False
    warned: bool = False


async def show_join(visit: Visit) -> Response:
    """GET /join: the form, or one sentence where nobody joins without an invitation, or at all."""
    return await _empty(visit, "")


async def show_invitation(visit: Visit) -> Response:
    """GET /invite/{code}: the form, for who was invited; 404 for an invitation that is over."""
    return await _empty(visit, visit.request.path_params["code"])


async def submit_join(visit: Visit, form: Form) -> Response:
    """POST /join: what comes next; with `do=another` another suggestion, else the form and what is wrong."""
    typed, code = await _typed(visit, form), form.get("invite", "")
    if form.get("do", "join") != "join":
        return _form(visit, typed, code)
    asked = Asked(
        username=typed.username,
        email=typed.email,
        password=form.get("password", ""),
        agrees=typed.agrees or not visit.settings.instance.rules,
        warned=typed.warned,
        reason=typed.reason,
        locale=typed.language,
        reach=Reach(typed.reach),
        invite_code=code,
    )
    device = describe_device(visit.request.headers.get("user-agent", ""))
    try:
        newcomer = await join(visit.world, asked, address=visit.address, replaces=visit.cookie, device=device)
    except Faulty as faulty:
        problems = {field: sentence_of(fault) for field, fault in faulty.faults.items()}
        at_work = any(fault.reason == WORK_ADDRESS for fault in faulty.faults.values())
        return _form(visit, typed, code, problems=problems, at_work=at_work, status=422)
    except TooManyAttempts as error:
        return too_often(_form(visit, typed, code, problems={"": TOO_OFTEN}), error)
    except (NotAllowed, NotFound):
        return _closed(visit, _OVER if code else "", status=422)
    return _joined(visit, typed, newcomer)


async def show_mail_again(visit: Visit) -> Response:
    """GET /join/mail: asks for whom the mail is sent once more that confirms an address."""
    return page(visit, "join/mail.html", layout=_LAYOUT, problems={}, name="")


async def submit_mail_again(visit: Visit, form: Form) -> Response:
    """POST /join/mail: says the same to everybody, whoever there is (row W08)."""
    name = form.get("name", "")
    try:
        await ask_reset(visit.world, name=name, address=visit.address, language=visit.reader.language)
    except TooManyAttempts as error:
        problems = {"name": TOO_OFTEN}
        return too_often(page(visit, "join/mail.html", layout=_LAYOUT, problems=problems, name=name), error)
    return see_other(visit, MAIL_AGAIN, _MAILED)


async def _empty(visit: Visit, code: str) -> Response:
    mode = visit.settings.registration.mode
    if code and mode is not RegistrationMode.CLOSED:
        if await visit.world.db.read(find_invite_of_code, code) is None:
            return _closed(visit, _OVER, status=404)
    elif mode in (RegistrationMode.CLOSED, RegistrationMode.INVITE):
        return _closed(visit)
    reach = str(visit.settings.privacy.default_reach)
    typed = _Typed(await _suggestion(visit), reach, visit.reader.language)
    return _form(visit, typed, code)


async def _suggestion(visit: Visit) -> str:
    found = await visit.world.db.read(suggest_pseudonyms, visit.reader.language, count=1)
    return found[0] if found else ""


async def _typed(visit: Visit, form: Form) -> _Typed:
    """Return the fields as far as they can be used; what is no choice of ours is the one to begin with."""
    reach, language = form.get("reach", ""), form.get("language", "")
    name = form.get("username", "")[:100]
    return _Typed(
        username=await _suggestion(visit) if form.get("do") == "another" else name,
        reach=reach if reach in set(Reach) else str(visit.settings.privacy.default_reach),
        language=language if language in LANGUAGES else visit.reader.language,
        email=form.get("email", "")[:LONGEST_ADDRESS],
        reason=form.get("reason", "")[:LONGEST_REASON],
        agrees=form.get("agreement") == "1",
        warned=form.get("warned") == "1",
    )


def _form(
    visit: Visit,
    typed: _Typed,
    code: str,
    *,
    problems: Mapping[str, str] = _NO_FAULTS,
    at_work: bool = False,
    status: int = 200,
) -> Response:
    settings = visit.settings
    response = page(
        visit,
        "join/join.html",
        status=status,
        layout=_LAYOUT,
        typed=typed,
        invite=code,
        problems=problems,
        asks_reason=settings.registration.mode is RegistrationMode.APPROVAL,
        sends_mail=sends_mail(settings),
        email_required=needs_email(settings),
        email_domains=settings.registration.email_domains,
        at_work=at_work or typed.warned,
        shortest=SHORTEST,
        longest_name=LONGEST_NAME,
        longest_reason=LONGEST_REASON,
        handle_domain=settings.handle_domain,
        unknown=UNKNOWN,
        choices=list(LANGUAGES.items()),
    )
    if code:
        response.headers["x-robots-tag"] = "noindex"
    return response


def _closed(visit: Visit, sentence: str = "", *, status: int = 200) -> Response:
    by_invitation = visit.settings.registration.mode is RegistrationMode.INVITE
    return page(
        visit,
        "join/closed.html",
        status=status,
        layout=_LAYOUT,
        by_invitation=by_invitation,
        sentence=sentence,
    )


def _joined(visit: Visit, typed: _Typed, newcomer: Newcomer) -> Response:
    """Return the page after the form; the recovery codes on it are shown this once."""
    name = typed.username.strip().lower()
    response = page(
        visit,
        "join/joined.html",
        layout=_LAYOUT,
        newcomer=newcomer,
        email=typed.email,
        name=name,
        handle=f"@{name}@{visit.settings.handle_domain}",
    )
    response.headers["x-robots-tag"] = "noindex"
    if newcomer.cookie:
        set_cookie(response, visit.settings, newcomer.cookie, lasts=True)
    return response


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(PATH, show_join, to=Who.ANYBODY),
    sent(PATH, submit_join, to=Who.ANYBODY),
    shown(MAIL_AGAIN, show_mail_again, to=Who.ANYBODY),
    sent(MAIL_AGAIN, submit_mail_again, to=Who.ANYBODY),
    shown(INVITATION, show_invitation, to=Who.ANYBODY),
)
