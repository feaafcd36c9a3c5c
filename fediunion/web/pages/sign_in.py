"""Signing in and out."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qs, urlsplit

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from fediunion.members.attempts import TooManyAttempts
from fediunion.members.models import Member
from fediunion.members.sessions import end_session, end_sessions, form_token, new_session_cookie
from fediunion.members.sign_in import SignInRefused, sign_in
from fediunion.oauth.queries import find_application
from fediunion.web.forms import read_form, safe_next
from fediunion.web.render import page
from fediunion.web.visitors import cookie_of, find_visitor, set_cookie, take_cookie, to_sign_in, world_of
from fediunion.world import World

DEFAULT_NEXT: Final = "/settings/apps"
_CONSENT: Final = "/oauth/authorize"
_HEADERS: Final = {"cache-control": "no-store", "x-robots-tag": "noindex", "vary": "Cookie"}
_TOO_OFTEN: Final = "Somebody tried this too often. Wait a few minutes, then try again."


async def show_sign_in(request: Request) -> Response:
    """GET /sign-in?next=…: the form. The cookie that it gives stands for nobody."""
    then = safe_next(request.query_params.get("next", DEFAULT_NEXT))
    cookie = cookie_of(request) or new_session_cookie()
    response = await _form(request, cookie, then)
    if not cookie_of(request):
        set_cookie(response, world_of(request).settings, cookie, lasts=False)
    return response


async def submit_sign_in(request: Request) -> Response:
    """POST /sign-in: to the next page with a new cookie, or the form again with a sentence."""
    world, cookie = world_of(request), cookie_of(request)
    given = await read_form(request, world.settings, cookie)
    then, name = safe_next(given.get("next", DEFAULT_NEXT)), given.get("name", "")
    try:
        fresh = await sign_in(
            world,
            name=name,
            password=given.get("password", ""),
            address=request.client.host if request.client else "",
            replaces=cookie,
        )
    except SignInRefused as refused:
        return await _form(request, cookie, then, name=name, problem=str(refused), status=422)
    except TooManyAttempts as error:
        response = await _form(request, cookie, then, name=name, problem=_TOO_OFTEN, status=429)
        response.headers["retry-after"] = str(error.retry_after_seconds)
        return response
    answer = RedirectResponse(then, 303, _HEADERS)
    set_cookie(answer, world.settings, fresh, lasts=True)
    return answer


async def _form(
    request: Request, cookie: str, then: str, *, name: str = "", problem: str = "", status: int = 200
) -> Response:
    world = world_of(request)
    response = page(
        world.settings,
        "account/sign_in.html",
        then=then,
        name=name[:100],
        problem=problem,
        token=form_token(cookie, world.settings),
        visitor=await find_visitor(request),
        app_name=await _waiting_app(world, then),
        handle_domain=world.settings.handle_domain,
    )
    response.status_code = status
    response.headers.update(_HEADERS)
    return response


async def _waiting_app(world: World, then: str) -> str:
    """Return the name of the app that sent the member here, "" where none did."""
    parts = urlsplit(then)
    if not parts.path.startswith(_CONSENT):
        return ""
    client_ids = parse_qs(parts.query).get("client_id", [""])
    application = await world.db.read(find_application, client_ids[0])
    return "" if application is None else application.name


async def show_sign_out(request: Request) -> Response:
    """GET /sign-out: asks whether here or everywhere; looking changes nothing."""
    visitor = await find_visitor(request)
    if visitor is None:
        return RedirectResponse("/", 303, _HEADERS)
    response = page(world_of(request).settings, "account/sign_out.html", visitor=visitor)
    response.headers.update(_HEADERS)
    return response


async def submit_sign_out(request: Request) -> Response:
    """POST /sign-out: ends the session of this browser, with `everywhere` those of all."""
    world, cookie, visitor = world_of(request), cookie_of(request), await find_visitor(request)
    given = await read_form(request, world.settings, cookie)
    if visitor is None:
        return to_sign_in(request)

    def unit(session: Session) -> None:
        if given.get("where") == "everywhere":
            end_sessions(session, session.get_one(Member, visitor.member_id))
        end_session(session, cookie)

    await world.db.write(unit)
    answer = RedirectResponse("/", 303, _HEADERS)
    take_cookie(answer, world.settings)
    return answer


ROUTES: Final[Sequence[BaseRoute]] = (
    Route("/sign-in", show_sign_in, methods=["GET"]),
    Route("/sign-in", submit_sign_in, methods=["POST"]),
    Route("/sign-out", show_sign_out, methods=["GET"]),
    Route("/sign-out", submit_sign_out, methods=["POST"]),
)
