"""POST /oauth/token, /oauth/revoke and /oauth/introspect: tokens given, ended, and looked at."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from fediunion.api.oauth.requests import NO_STORE, authenticated, read_parameters, routes
from fediunion.oauth.queries import find_token_state
from fediunion.oauth.redirects import issuer
from fediunion.oauth.refusals import OAuthRefused, Why
from fediunion.oauth.service.grants import Issued, grant_to_application, redeem_code, renew
from fediunion.oauth.service.revocation import revoke_for_application
from fediunion.world import World

_NO_SUCH_GRANT: Final = "The authorization grant type is not supported by the authorization server."
_NOT_YOURS: Final = "You are not authorized to revoke this token"


async def give_token(world: World, request: Request) -> Response:
    """Answer POST /oauth/token: for a code, for a refresh token, or to an app for itself.

    Passwords are never taken from apps, and nothing is given in an address (no implicit grant).
    Source: https://docs.joinmastodon.org/methods/oauth/#token, RFC 6749 sections 4.1.3, 4.4.2 and 6.
    """
    given = await read_parameters(request)
    kind = given.get("grant_type", "")
    if not kind:
        raise OAuthRefused(Why.INVALID_REQUEST, "Missing required parameter: grant_type.")
    if kind not in ("authorization_code", "client_credentials", "refresh_token"):
        raise OAuthRefused(Why.UNSUPPORTED_GRANT_TYPE, _NO_SUCH_GRANT)
    application = await authenticated(world, request, given)
    if kind == "client_credentials":
        issued: Issued | OAuthRefused = await world.db.write(
            grant_to_application, application.id, given.get("scope", "")
        )
    elif kind == "refresh_token":
        issued = await world.db.write(
            renew,
            application.id,
            refresh_token=_needed(given, "refresh_token"),
            scope=given.get("scope", ""),
        )
    else:
        issued = await world.db.write(
            redeem_code,
            application.id,
            code=_needed(given, "code"),
            redirect_uri=_needed(given, "redirect_uri"),
            verifier=given.get("code_verifier", ""),
        )
    if isinstance(issued, OAuthRefused):
        raise issued
    return JSONResponse(_token_entity(issued), headers=NO_STORE)


def _needed(given: dict[str, str], name: str) -> str:
    if name not in given:
        raise OAuthRefused(Why.INVALID_REQUEST, f"Missing required parameter: {name}.")
    return given[name]


def _token_entity(issued: Issued) -> dict[str, Any]:
    """Return a token as apps read it. Source: https://docs.joinmastodon.org/entities/Token/"""
    entity: dict[str, Any] = {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "scope": issued.scopes,
        "created_at": int(issued.created_at.timestamp()),
    }
    if issued.lives is not None:
        entity["expires_in"] = int(issued.lives.total_seconds())
        entity["refresh_token"] = issued.refresh_token
    return entity


async def revoke_token(world: World, request: Request) -> Response:
    """Answer POST /oauth/revoke: an app gives a token back. One that is unknown or over is no error.

    Source: RFC 7009 section 2, https://docs.joinmastodon.org/methods/oauth/#revoke
    """
    given = await read_parameters(request)
    application = await authenticated(world, request, given)
    if "token" not in given:
        raise OAuthRefused(Why.UNAUTHORIZED_CLIENT, _NOT_YOURS)
    await world.db.write(revoke_for_application, application.id, given["token"])
    return JSONResponse({}, headers=NO_STORE)


async def introspect_token(world: World, request: Request) -> Response:
    """Answer POST /oauth/introspect: what one of the app's own tokens is good for; all others are inactive.

    Source: RFC 7662 section 2.
    """
    given = await read_parameters(request)
    application = await authenticated(world, request, given)
    state = await world.db.read(find_token_state, application.id, given.get("token", ""))
    if state is None:
        return JSONResponse({"active": False}, headers=NO_STORE)
    shown: dict[str, Any] = {
        "active": True,
        "scope": state.scopes,
        "client_id": application.client_id,
        "token_type": "Bearer",
        "iat": int(state.created_at.timestamp()),
        "iss": issuer(world.settings),
    }
    if state.expires_at is not None:
        shown["exp"] = int(state.expires_at.timestamp())
    if state.username is not None:
        shown |= {"username": state.username, "sub": state.actor_uri}
    return JSONResponse(shown, headers=NO_STORE)


ROUTES: Final[tuple[BaseRoute, ...]] = (
    *routes("/oauth/token", give_token, "POST"),
    *routes("/oauth/revoke", revoke_token, "POST"),
    *routes("/oauth/introspect", introspect_token, "POST"),
)
