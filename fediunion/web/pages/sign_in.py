"""Signing in, by a password or a passkey alone, and out."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.db import settings_of
from fediunion.kit.sentences import sentence_of
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.devices import describe_device
from fediunion.members.known_browsers import known_browser
from fediunion.members.models import Member
from fediunion.members.passkey_sign_in import sign_in_by_passkey, sign_in_options
from fediunion.members.refusals import AccountSuspended, SignInRefused, WrongProof
from fediunion.members.rights import lacks_second_factor
from fediunion.members.sessions import end_session, end_sessions, member_in
from fediunion.members.sign_in import sign_in
from fediunion.members.suspension import suspension_link
from fediunion.oauth.queries import find_application
from fediunion.web.attempts import TOO_OFTEN, too_often
from fediunion.web.forms import Form, safe_next
from fediunion.web.pages.suspended import way_to
from fediunion.web.passkeys import options_answer
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visitors import SIGN_IN_PATH, kept_by_browser, let_browser_keep, set_cookie, take_cookie
from fediunion.web.visits import Visit
from fediunion.world import World

DEFAULT_NEXT: Final = "/home"
SECOND_STEP: Final = "/sign-in/second"
PASSKEY: Final = "/sign-in/passkey"
FOR_OFFICERS: Final = "/settings/security/office"
_CONSENT: Final = "/oauth/authorize"


async def show_sign_in(visit: Visit) -> Response:
    """GET /sign-in?next=…: the form. The cookie that it gives stands for nobody."""
    return await _form(visit, safe_next(visit.request.query_params.get("next", DEFAULT_NEXT)))


async def submit_sign_in(visit: Visit, form: Form) -> Response:
    """POST /sign-in: to the next page with a new cookie, or the form again with a sentence."""
    then, name = safe_next(form.get("next", DEFAULT_NEXT)), form.get("name", "")
    try:
        signed_in = await sign_in(
            visit.world,
            name=name,
            password=form.get("password", ""),
            address=visit.address,
            replaces=visit.cookie,
            device=_device(visit),
            browser=kept_by_browser(visit.request),
        )
    except SignInRefused as refused:
        return await _refused(visit, then, name, refused)
    except TooManyAttempts as error:
        return too_often(await _form(visit, then, name=name, problem=TOO_OFTEN), error)
    if signed_in.complete:
        return await enter(visit, signed_in.cookie, then)
    answer = see_other(visit, f"{SECOND_STEP}?{urlencode({'next': then})}")
    set_cookie(answer, visit.settings, signed_in.cookie, lasts=False)
    return answer


async def ask_passkey(visit: Visit, form: Form) -> Response:
    """POST /sign-in/passkey/options: what the browser asks any passkey for this server, as JSON."""
    del form
    asked = sign_in_options(visit.world, cookie=visit.cookie, address=visit.address)
    return await options_answer(asked, visit.reader)


async def submit_passkey(visit: Visit, form: Form) -> Response:
    """POST /sign-in/passkey: to the next page with a new cookie, or the form again with a sentence."""
    then = safe_next(form.get("next", DEFAULT_NEXT))
    try:
        cookie = await sign_in_by_passkey(
            visit.world,
            cookie=visit.cookie,
            answer=form.get("answer", ""),
            address=visit.address,
            device=_device(visit),
        )
    except WrongProof as refused:
        return await _refused(visit, then, "", refused)
    except TooManyAttempts as error:
        return too_often(await _form(visit, then, problem=TOO_OFTEN), error)
    return await enter(visit, cookie, then)


async def enter(visit: Visit, cookie: str, then: str) -> Response:
    """Return the way on for who signed in, with the cookie of the session, and what the browser keeps of it.

    An officer whose rights wait for a second factor is led to enrol one first, except on the way to an app,
    which waits for an answer.
    """
    rights_wait, kept = await visit.world.db.read(_entering, cookie)
    if rights_wait and not _is_consent(then):
        then = f"{FOR_OFFICERS}?{urlencode({'next': then})}"
    answer = see_other(visit, then)
    set_cookie(answer, visit.settings, cookie, lasts=True)
    let_browser_keep(answer, visit.settings, kept)
    return answer


async def _refused(visit: Visit, then: str, name: str, refused: WrongProof) -> Response:
    """Return the form with what was said; with the way to the reasons for whose account is suspended."""
    way = ""
    if isinstance(refused, AccountSuspended):
        whose, complete = refused.member_id, refused.complete
        way = way_to(await visit.world.db.read(suspension_link, visit.cookie, whose, complete=complete))
    return await _form(visit, then, name=name, problem=sentence_of(refused), way=way, status=422)


def _entering(session: Session, cookie: str) -> tuple[bool, str]:
    member = member_in(session, cookie)
    return lacks_second_factor(member, settings_of(session)), known_browser(session, member)


def _device(visit: Visit) -> str:
    return describe_device(visit.request.headers.get("user-agent", ""))


async def _form(
    visit: Visit, then: str, *, name: str = "", problem: str = "", way: str = "", status: int = 200
) -> Response:
    response = page(
        visit,
        "account/sign_in.html",
        status=status,
        layout="layouts/public.html",
        then=then,
        name=name[:100],
        problem=problem,
        way=way,
        app_name=await _waiting_app(visit.world, then),
        handle_domain=visit.settings.handle_domain,
    )
    response.headers["x-robots-tag"] = "noindex"
    return response


def _is_consent(then: str) -> bool:
    return urlsplit(then).path.startswith(_CONSENT)


async def _waiting_app(world: World, then: str) -> str:
    """Return the name of the app that sent the member here, "" where none did."""
    if not _is_consent(then):
        return ""
    client_ids = parse_qs(urlsplit(then).query).get("client_id", [""])
    application = await world.db.read(find_application, client_ids[0])
    return "" if application is None else application.name


async def show_sign_out(visit: Visit) -> Response:
    """GET /sign-out: asks whether here or everywhere; looking changes nothing."""
    if visit.visitor is None:
        return see_other(visit, "/")
    return page(visit, "account/sign_out.html", active="sign-out")


async def submit_sign_out(visit: Visit, form: Form) -> Response:
    """POST /sign-out: ends the session of this browser, with `everywhere` those of all."""

    def unit(session: Session) -> None:
        if form.get("where") == "everywhere":
            end_sessions(session, session.get_one(Member, visit.member.member_id))
        end_session(session, visit.cookie)

    await visit.world.db.write(unit)
    answer = see_other(visit, "/")
    take_cookie(answer, visit.settings)
    return answer


ROUTES: Final[Sequence[BaseRoute]] = (
    shown(SIGN_IN_PATH, show_sign_in, to=Who.ANYBODY),
    sent(SIGN_IN_PATH, submit_sign_in, to=Who.ANYBODY),
    sent(f"{PASSKEY}/options", ask_passkey, to=Who.ANYBODY),
    sent(PASSKEY, submit_passkey, to=Who.ANYBODY),
    shown("/sign-out", show_sign_out, to=Who.ANYBODY),
    sent("/sign-out", submit_sign_out, to=Who.MEMBER),
)
