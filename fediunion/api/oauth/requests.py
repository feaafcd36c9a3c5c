"""Requests of apps: their parameters, which app it is, and refusals in the form that OAuth gives them."""

import base64
import binascii
import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fediunion.api.auth import Unauthorized
from fediunion.api.bodies import read_body
from fediunion.api.errors import BadRequest, RawHeaders, TooManyRequests
from fediunion.api.limits import RateLimits
from fediunion.kit.errors import Invalid, NotAllowed, Refused, TooLarge
from fediunion.oauth.models import Application
from fediunion.oauth.refusals import BAD_CLIENT, OAuthRefused, Why
from fediunion.oauth.service.applications import authenticate_application
from fediunion.world import World, world_of

Handler: TypeAlias = Callable[[World, Request], Awaitable[Response]]

NO_STORE: Final = {"cache-control": "no-store", "pragma": "no-cache"}
LONGEST_PARAMETER: Final = 8192
_STATUSES: Final = {Why.INVALID_CLIENT: 401, Why.INVALID_TOKEN: 401, Why.UNAUTHORIZED_CLIENT: 403}


def routes(path: str, handle: Handler, *methods: str, counted: bool = True) -> list[Route]:
    """Return the routes of an address, with and without a slash at its end: Mastodon.py and toot send one.

    Requests are counted by address, as calls of the client interface without a token are, and answers say
    so, unless not `counted`: an app gets as many tokens for itself as it asks for (row O28).
    """

    async def answer(request: Request) -> Response:
        told: RawHeaders = []
        answered = await answer_counted(request, told)
        answered.raw_headers.extend(told)
        return answered

    async def answer_counted(request: Request, told: RawHeaders) -> Response:
        world = world_of(request)
        try:
            if counted:
                told += world.part(RateLimits).count_address(request.client.host if request.client else "")
            return await handle(world, request)
        except OAuthRefused as refused:
            return refusal(refused)
        except (BadRequest, Invalid) as error:
            return refusal(OAuthRefused(Why.INVALID_REQUEST, str(error)))
        except TooLarge as error:
            return refusal(OAuthRefused(Why.INVALID_REQUEST, str(error)), 413)
        except TooManyRequests as error:
            answered = refusal(OAuthRefused(Why.TEMPORARILY_UNAVAILABLE, str(error)), 429)
            answered.headers["retry-after"] = str(math.ceil(error.retry_after_seconds))
            told += error.headers
            return answered
        except Unauthorized as error:
            return refusal(OAuthRefused(Why.INVALID_TOKEN, str(error)))
        except (NotAllowed, Refused) as error:
            return refusal(OAuthRefused(Why.ACCESS_DENIED, str(error)), 403)

    return [Route(path, answer, methods=methods), Route(f"{path}/", answer, methods=methods)]


def refusal(refused: OAuthRefused, status: int | None = None) -> Response:
    """Return the answer to a refused request. Source: RFC 6749 section 5.2, RFC 6750 section 3."""
    status = status or _STATUSES.get(refused.why, 400)
    headers = dict(NO_STORE)
    if refused.why is Why.INVALID_CLIENT:
        headers["www-authenticate"] = 'Basic realm="FediUnion"'
    elif status == 401:
        headers["www-authenticate"] = 'Bearer realm="FediUnion", error="invalid_token"'
    body = {"error": str(refused.why), "error_description": str(refused)}
    return JSONResponse(body, status, headers)


async def read_parameters(request: Request) -> dict[str, str]:
    """Return what the body holds, as a form, multipart or JSON; the query is not read.

    Secrets in an address would end in logs. Raises OAuthRefused (invalid_request) for what is no text or
    too long; an empty parameter is none (RFC 6749 section 3.2).
    """
    body = await read_body(request.receive, request.headers.get("content-type", "").encode("latin-1"))
    return {name: text for name, value in body.items() if (text := _text(name, value))}


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        value = " ".join(value)
    if isinstance(value, bool | dict | list):
        raise OAuthRefused(Why.INVALID_REQUEST, f"{name[:60]} has to be a text")
    text = str(value)
    if len(text) > LONGEST_PARAMETER:
        raise OAuthRefused(Why.INVALID_REQUEST, f"{name[:60]} is too long")
    return text


async def authenticated(world: World, request: Request, given: Mapping[str, str]) -> Application:
    """Return the app that asks, by its id and secret in the body or as Basic credentials.

    Raises OAuthRefused: invalid_request where both are given and differ, else invalid_client.
    Source: RFC 6749 section 2.3.1.
    """
    client_id, secret = given.get("client_id", ""), given.get("client_secret", "")
    authorization = request.headers.get("authorization", "")
    if authorization[:6].lower() == "basic ":
        basic_id, basic_secret = _basic(authorization[6:])
        if (client_id and client_id != basic_id) or (secret and secret != basic_secret):
            raise OAuthRefused(Why.INVALID_REQUEST, "The app names itself in two ways")
        client_id, secret = basic_id, basic_secret
    return await world.db.read(authenticate_application, client_id, secret)


def _basic(encoded: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise OAuthRefused(Why.INVALID_CLIENT, BAD_CLIENT) from error
    name, _, secret = text.partition(":")
    return unquote_plus(name), unquote_plus(secret)
