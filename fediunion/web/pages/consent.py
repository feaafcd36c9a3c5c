"""GET and POST /oauth/authorize: an app asks a member, who allows it or does not. No script is needed.

Source: RFC 6749 section 4.1, https://docs.joinmastodon.org/methods/oauth/#authorize
"""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode, urlsplit

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.oauth.redirects import OUT_OF_BAND, issuer, shown_target, with_answer
from fediunion.oauth.refusals import OAuthRefused, Why
from fediunion.oauth.scopes import scope_sentences
from fediunion.oauth.service.authorization import (
    PARAMETERS,
    AuthorizationRequest,
    check_request,
    issue_code,
)
from fediunion.web.forms import Form, sign_in_path
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visitors import to_proof
from fediunion.web.visits import Visit

PATH: Final = "/oauth/authorize"
_HEADERS: Final = {"cache-control": "no-store", "x-robots-tag": "noindex"}
_TRUE: Final = frozenset({"true", "t", "1", "on", "yes"})


async def show_consent(visit: Visit) -> Response:
    """Show what the app asks for, to who is signed in; others sign in first, with `force_login` everybody."""
    try:
        given = _once(visit.request.query_params.multi_items())
        asked = await visit.world.db.read(check_request, given)
    except OAuthRefused as refused:
        return _refused(visit, refused)
    if visit.visitor is None or given.get("force_login", "").lower() in _TRUE:
        return _redirect(visit, sign_in_path(_path_of(given)))
    if _administers(asked) and not visit.visitor.is_proved:
        return to_proof(_path_of(given))
    return _consent(visit, asked, given)


async def submit_consent(visit: Visit, given: Form) -> Response:
    """Send the member back to the app with a code, or without; the code is shown where `oob` is the address.

    What was asked for is checked again: a form can be changed. An app that is to administer needs a proof of
    the last minutes (W19): a browser that was left open must not become a key that lasts.
    """
    visitor = visit.visitor
    if visitor is None:
        return _redirect(visit, sign_in_path(_path_of(given)))
    allowed = given.get("decision") == "allow"

    def unit(session: Session) -> tuple[AuthorizationRequest, str | None]:
        asked = check_request(session, given)
        if allowed and _administers(asked) and not visitor.is_proved:
            return asked, None
        return asked, issue_code(session, visitor.member_id, asked) if allowed else ""

    try:
        asked, code = await visit.world.db.write(unit)
    except OAuthRefused as refused:
        return _refused(visit, refused)
    if code is None:
        return to_proof(_path_of(given))
    if asked.redirect_uri == OUT_OF_BAND:
        return _page(visit, "oauth/code.html", code=code, app_name=asked.application.name)
    if code:
        answer = {"code": code}
    else:
        denied = "The resource owner or authorization server denied the request."
        answer = {"error": str(Why.ACCESS_DENIED), "error_description": denied}
    if asked.state is not None:
        answer["state"] = asked.state
    return _redirect(visit, with_answer(asked.redirect_uri, answer | {"iss": issuer(visit.settings)}))


def _once(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return parameters by name; raise OAuthRefused where one comes twice (RFC 6749 section 3.1)."""
    given = dict(pairs)
    if len(given) != len(pairs):
        raise OAuthRefused(Why.INVALID_REQUEST, Sentence("The link of the app says something twice"))
    return given


def _path_of(given: Mapping[str, str]) -> str:
    """Return the address of the same request once somebody has signed in."""
    return f"{PATH}?{urlencode({name: given[name] for name in PARAMETERS if name in given})}"


def _consent(visit: Visit, asked: AuthorizationRequest, given: Mapping[str, str]) -> Response:
    application = asked.application
    scopes = asked.scopes.split()
    website = urlsplit(application.website or "")
    return _page(
        visit,
        "oauth/consent.html",
        app_name=application.name,
        website=website.netloc,
        target="" if asked.redirect_uri == OUT_OF_BAND else shown_target(asked.redirect_uri),
        sentences=scope_sentences(scopes),
        administers=_administers(asked),
        fields=[(name, given[name]) for name in PARAMETERS if name in given],
        other_login=sign_in_path(_path_of(given)),
        action=PATH,
    )


def _administers(asked: AuthorizationRequest) -> bool:
    return any(scope.startswith("admin:") for scope in asked.scopes.split())


def _refused(visit: Visit, refused: OAuthRefused) -> Response:
    response = _page(visit, "oauth/refused.html", sentence=sentence_of(refused), why=str(refused.why))
    response.status_code = 400
    return response


def _page(visit: Visit, template: str, **values: object) -> Response:
    # Whoever looks, the page of a decision has no menu to lose the way in.
    response = page(visit, template, status=200, active="", **values | {"layout": "layouts/public.html"})
    response.headers.update(_HEADERS)
    return response


def _redirect(visit: Visit, address: str) -> Response:
    response = see_other(visit, address)
    response.headers.update(_HEADERS)
    return response


ROUTES: Final[Sequence[BaseRoute]] = tuple(
    route
    for path in (PATH, f"{PATH}/")
    for route in (shown(path, show_consent, to=Who.ANYBODY), sent(path, submit_consent, to=Who.ANYBODY))
)
