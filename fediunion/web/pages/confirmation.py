"""Where the mail leads that confirms an address: looking confirms nothing, as programs look at links too."""

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fediunion.kit.errors import NotFound
from fediunion.members.models import MemberState
from fediunion.members.sessions import form_token, new_session_cookie
from fediunion.members.sign_ups import confirm_email
from fediunion.web.forms import read_form
from fediunion.web.render import page
from fediunion.web.visitors import cookie_of, set_cookie, world_of

_LONGEST: Final = 200
# What stands in the address must not be told to the next page, or be kept on a shared machine.
_HEADERS: Final = {
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    "referrer-policy": "no-referrer",
    "vary": "Cookie",
}
_CONFIRMED: Final = "Your address is confirmed."
_OLD: Final = "This link was used, or is too old. Ask the app for another mail."


async def show_confirmation(request: Request) -> Response:
    """GET /confirm-email?token=…: asks whether to confirm."""
    cookie = cookie_of(request) or new_session_cookie()
    response = _page(request, cookie, token=request.query_params.get("token", "")[:_LONGEST])
    if not cookie_of(request):
        set_cookie(response, world_of(request).settings, cookie, lasts=False)
    return response


async def submit_confirmation(request: Request) -> Response:
    """POST /confirm-email: takes the address as confirmed, or says that the link is over."""
    world, cookie = world_of(request), cookie_of(request)
    given = await read_form(request, world.settings, cookie)
    try:
        member = await world.db.write(confirm_email, given.get("token", "")[:_LONGEST])
    except NotFound:
        return _page(request, cookie, sentence=_OLD, status=422)
    waits = member.state == MemberState.PENDING
    more = "Somebody of the union now decides about your account." if waits else "You can sign in."
    return _page(request, cookie, sentence=f"{_CONFIRMED} {more}")


def _page(
    request: Request, cookie: str, *, token: str = "", sentence: str = "", status: int = 200
) -> Response:
    settings = world_of(request).settings
    response = page(
        settings,
        "account/confirmation.html",
        token=form_token(cookie, settings),
        confirmation=token,
        sentence=sentence,
        visitor=None,
    )
    response.status_code = status
    response.headers.update(_HEADERS)
    return response


ROUTES: Final[Sequence[BaseRoute]] = (
    Route("/confirm-email", show_confirmation, methods=["GET"]),
    Route("/confirm-email", submit_confirmation, methods=["POST"]),
)
