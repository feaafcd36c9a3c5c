"""/oauth/userinfo: who the member is that a token acts for."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from fediunion.actors.queries import get_actor
from fediunion.api.auth import Unauthorized, allows, find_caller
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import frame_for
from fediunion.api.oauth.requests import NO_STORE, routes
from fediunion.kit.errors import NotAllowed
from fediunion.oauth.redirects import issuer
from fediunion.world import World


async def show_userinfo(world: World, request: Request) -> Response:
    """Answer with the claims of the member; `sub` is the id of the actor. Scope `profile`.

    Source: https://docs.joinmastodon.org/methods/oauth/#userinfo, OpenID Connect Core section 5.3.
    """
    header = request.headers.get("authorization")
    caller = await find_caller(world, None if header is None else header.encode("latin-1"))
    if caller is None:
        raise Unauthorized("The access token is invalid")
    if not allows(caller.scopes, "profile"):
        raise NotAllowed("This action is outside the authorized scopes")
    actor = await world.db.read(get_actor, caller.actor_id)
    account = account_entity(actor, frame_for(world.settings, caller.viewer))
    return JSONResponse(
        {
            "iss": issuer(world.settings),
            "sub": actor.uri,
            "name": account["display_name"],
            "preferred_username": actor.username,
            "profile": account["url"],
            "picture": account["avatar"],
        },
        headers=NO_STORE,
    )


ROUTES: Final[tuple[BaseRoute, ...]] = (*routes("/oauth/userinfo", show_userinfo, "GET", "POST"),)
