"""Signing in and out."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.attempts import TooManyAttempts
from fediunion.members.devices import describe_device
from fediunion.members.models import Member
from fediunion.members.refusals import SignInRefused
from fediunion.members.sessions import end_session, end_sessions
from fediunion.members.sign_in import sign_in
from fediunion.oauth.queries import find_application
from fediunion.web.forms import Form, safe_next
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visitors import set_cookie, take_cookie
from fediunion.web.visits import Visit
from fediunion.world import World

DEFAULT_NEXT: Final = "/settings/apps"
SECOND_STEP: Final = "/sign-in/second"
_CONSENT: Final = "/oauth/authorize"
TOO_OFTEN: Final = Sentence("Somebody tried this too often. Wait a few minutes, then try again.")


async def show_sign_in(visit: Visit) -> Response:
    """GET /sign-in?next=…: the form. The cookie that it gives stands for nobody."""
    return await _form(visit, safe_next(visit.request.query_params.get("next", DEFAULT_NEXT)))


async def submit_sign_in(visit: Visit, form: Form) -> Response:
    """POST /sign-in: to the next page with a new cookie, or the form again with a sentence."""
    request = visit.request
    then, name = safe_next(form.get("next", DEFAULT_NEXT)), form.get("name", "")
    try:
        signed_in = await sign_in(
            visit.world,
            name=name,
            password=form.get("password", ""),
            address=request.client.host if request.client else "",
            replaces=visit.cookie,
            device=describe_device(request.headers.get("user-agent", "")),
        )
    except SignInRefused as refused:
        return await _form(visit, then, name=name, problem=sentence_of(refused), status=422)
    except TooManyAttempts as error:
        response = await _form(visit, then, name=name, problem=TOO_OFTEN, status=429)
        response.headers["retry-after"] = str(error.retry_after_seconds)
        return response
    answer = see_other(visit, then if signed_in.complete else f"{SECOND_STEP}?{urlencode({'next': then})}")
    set_cookie(answer, visit.settings, signed_in.cookie, lasts=signed_in.complete)
    return answer


async def _form(visit: Visit, then: str, *, name: str = "", problem: str = "", status: int = 200) -> Response:
    response = page(
        visit,
        "account/sign_in.html",
        status=status,
        layout="layouts/public.html",
        then=then,
        name=name[:100],
        problem=problem,
        app_name=await _waiting_app(visit.world, then),
        handle_domain=visit.settings.handle_domain,
    )
    response.headers["x-robots-tag"] = "noindex"
    return response


async def _waiting_app(world: World, then: str) -> str:
    """Return the name of the app that sent the member here, "" where none did."""
    parts = urlsplit(then)
    if not parts.path.startswith(_CONSENT):
        return ""
    client_ids = parse_qs(parts.query).get("client_id", [""])
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
    shown("/sign-in", show_sign_in, to=Who.ANYBODY),
    sent("/sign-in", submit_sign_in, to=Who.ANYBODY),
    shown("/sign-out", show_sign_out, to=Who.ANYBODY),
    sent("/sign-out", submit_sign_out, to=Who.MEMBER),
)
