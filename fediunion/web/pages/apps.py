"""/settings/apps: what a member let in, and ending it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from fediunion.kit.errors import NotFound
from fediunion.oauth.queries import AuthorisedApp, list_authorised_apps
from fediunion.oauth.scopes import scope_sentences
from fediunion.oauth.service.revocation import revoke_application, revoke_member_token
from fediunion.web.forms import read_form
from fediunion.web.render import page
from fediunion.web.visitors import cookie_of, find_visitor, to_sign_in, world_of

PATH: Final = "/settings/apps"
_HEADERS: Final = {"cache-control": "no-store", "x-robots-tag": "noindex", "vary": "Cookie"}


async def show_apps(request: Request) -> Response:
    """GET /settings/apps: the apps that may act for who is signed in."""
    world, visitor = world_of(request), await find_visitor(request)
    if visitor is None:
        return to_sign_in(request)
    apps = await world.db.read(list_authorised_apps, visitor.member_id)
    response = page(
        world.settings,
        "account/apps.html",
        apps=[_shown(app) for app in apps],
        ended=request.query_params.get("ended") == "1",
        visitor=visitor,
    )
    response.headers.update(_HEADERS)
    return response


async def end_app(request: Request) -> Response:
    """POST /settings/apps/{kind}/{id}/end: ends all tokens of an app, or a token without one.

    Whoever's they are not, nothing happens. Streams of the app end too.
    """
    world, visitor = world_of(request), await find_visitor(request)
    await read_form(request, world.settings, cookie_of(request))
    if visitor is None:
        return to_sign_in(request)
    kind, number = request.path_params["kind"], request.path_params["id"]
    ends = {"app": revoke_application, "token": revoke_member_token}.get(kind)
    if ends is None or number >= 1 << 63:
        raise NotFound("There is no such app.")
    await world.db.write(ends, visitor.member_id, number)
    return RedirectResponse(f"{PATH}?ended=1", 303, _HEADERS)


def _shown(app: AuthorisedApp) -> dict[str, object]:
    kind, number = ("token", app.token_id) if app.application_id is None else ("app", app.application_id)
    return {
        "name": app.name,
        "website": urlsplit(app.website or "").netloc,
        "sentences": scope_sentences(app.scopes),
        "scopes": " ".join(app.scopes),
        "since": _day(app.since),
        "last_used": _day(app.last_used_at),
        "action": f"{PATH}/{kind}/{number}/end",
    }


def _day(moment: datetime | None) -> dict[str, str] | None:
    return None if moment is None else {"iso": f"{moment:%Y-%m-%d}", "shown": f"{moment.day} {moment:%B %Y}"}


ROUTES: Final[Sequence[BaseRoute]] = (
    Route(PATH, show_apps, methods=["GET"]),
    Route(f"{PATH}/{{kind}}/{{id:int}}/end", end_app, methods=["POST"]),
)
