"""GET and POST /oauth/authorize: an app asks a member, who allows it or does not. No script is needed.

Source: RFC 6749 section 4.1, https://docs.joinmastodon.org/methods/oauth/#authorize
"""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode, urlsplit

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fediunion.oauth.redirects import OUT_OF_BAND, issuer, shown_target, with_answer
from fediunion.oauth.refusals import OAuthRefused, Why
from fediunion.oauth.scopes import scope_sentences
from fediunion.oauth.service.authorization import (
    PARAMETERS,
    AuthorizationRequest,
    check_request,
    issue_code,
)
from fediunion.web.forms import read_form, sign_in_path
from fediunion.web.render import page
from fediunion.web.visitors import Visitor, cookie_of, find_visitor, world_of

PATH: Final = "/oauth/authorize"
_HEADERS: Final = {"cache-control": "no-store", "x-robots-tag": "noindex", "vary": "Cookie"}
_TRUE: Final = frozenset({"true", "t", "1", "on", "yes"})


async def show_consent(request: Request) -> Response:
    """Show what the app asks for, to who is signed in; others sign in first, with `force_login` everybody."""
    world = world_of(request)
    try:
        given = _once(request.query_params.multi_items())
        asked = await world.db.read(check_request, given)
    except OAuthRefused as refused:
        return _refused(request, refused)
    visitor = await find_visitor(request)
    if visitor is None or given.get("force_login", "").lower() in _TRUE:
        return _redirect(sign_in_path(_path_of(given)))
    return _consent(request, asked, given, visitor)


async def submit_consent(request: Request) -> Response:
    """Send the member back to the app with a code, or without; the code is shown where `oob` is the address.

    What was asked for is checked again: a form can be changed.
    """
    world, cookie = world_of(request), cookie_of(request)
    given = await read_form(request, world.settings, cookie)
    visitor = await find_visitor(request)
    if visitor is None:
        return _redirect(sign_in_path(_path_of(given)))
    allowed = given.get("decision") == "allow"

    def unit(session: Session) -> tuple[AuthorizationRequest, str]:
        asked = check_request(session, given)
        return asked, issue_code(session, visitor.member_id, asked) if allowed else ""

    try:
        asked, code = await world.db.write(unit)
    except OAuthRefused as refused:
        return _refused(request, refused)
    if asked.redirect_uri == OUT_OF_BAND:
        return _page(request, "oauth/code.html", code=code, app_name=asked.application.name, visitor=visitor)
    if code:
        answer = {"code": code}
    else:
        denied = "The resource owner or authorization server denied the request."
        answer = {"error": str(Why.ACCESS_DENIED), "error_description": denied}
    if asked.state is not None:
        answer["state"] = asked.state
    return _redirect(with_answer(asked.redirect_uri, answer | {"iss": issuer(world.settings)}))


def _once(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return parameters by name; raise OAuthRefused where one comes twice (RFC 6749 section 3.1)."""
    given = dict(pairs)
    if len(given) != len(pairs):
        raise OAuthRefused(Why.INVALID_REQUEST, "The link of the app says something twice")
    return given


def _path_of(given: Mapping[str, str]) -> str:
    """Return the address of the same request once somebody has signed in."""
    return f"{PATH}?{urlencode({name: given[name] for name in PARAMETERS if name in given})}"


def _consent(
    request: Request, asked: AuthorizationRequest, given: Mapping[str, str], visitor: Visitor
) -> Response:
    application = asked.application
    scopes = asked.scopes.split()
    website = urlsplit(application.website or "")
    return _page(
        request,
        "oauth/consent.html",
        app_name=application.name,
        website=website.netloc,
        target="" if asked.redirect_uri == OUT_OF_BAND else shown_target(asked.redirect_uri),
        sentences=scope_sentences(scopes),
        administers=any(scope.startswith("admin:") for scope in scopes),
        fields=[(name, given[name]) for name in PARAMETERS if name in given],
        other_login=sign_in_path(_path_of(given)),
        visitor=visitor,
        action=PATH,
    )


def _refused(request: Request, refused: OAuthRefused) -> Response:
    response = _page(request, "oauth/refused.html", sentence=str(refused), why=str(refused.why), visitor=None)
    response.status_code = 400
    return response


def _page(request: Request, template: str, **values: object) -> Response:
    response = page(world_of(request).settings, template, **values)
    response.headers.update(_HEADERS)
    return response


def _redirect(address: str) -> Response:
    response = Response(status_code=303, headers=_HEADERS)
    # As it is: the address of an app is compared character by character, and must not be quoted anew.
    response.headers["location"] = address
    return response


ROUTES: Final[Sequence[BaseRoute]] = tuple(
    Route(path, handle, methods=[method])
    for path in (PATH, f"{PATH}/")
    for method, handle in (("GET", show_consent), ("POST", submit_consent))
)
