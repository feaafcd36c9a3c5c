"""Where everything of OAuth is, and what is understood: /.well-known/oauth-authorization-server."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from fediunion.api.oauth.requests import routes
from fediunion.members.scopes import SCOPES
from fediunion.oauth.redirects import issuer
from fediunion.world import World

_NOT_OFFERED: Final = frozenset({"crypto"})


async def show_metadata(world: World, _request: Request) -> Response:
    """Answer with the metadata; addresses are those of the public host.

    Source: https://docs.joinmastodon.org/methods/oauth/#authorization-server-metadata, RFC 8414 section 2,
    RFC 9207 section 3.
    """
    base = world.settings.base_url
    ways = ["client_secret_basic", "client_secret_post"]
    return JSONResponse(
        {
            "issuer": issuer(world.settings),
            "service_documentation": "https://docs.joinmastodon.org/",
            "authorization_endpoint": f"{base}/oauth/authorize",
            "token_endpoint": f"{base}/oauth/token",
            "app_registration_endpoint": f"{base}/api/v1/apps",
            "revocation_endpoint": f"{base}/oauth/revoke",
            "userinfo_endpoint": f"{base}/oauth/userinfo",
            "introspection_endpoint": f"{base}/oauth/introspect",
            "scopes_supported": sorted(SCOPES - _NOT_OFFERED),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
            "token_endpoint_auth_methods_supported": ways,
            "revocation_endpoint_auth_methods_supported": ways,
            "introspection_endpoint_auth_methods_supported": ways,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        },
        headers={"cache-control": "public, max-age=300"},
    )


ROUTES: Final[tuple[BaseRoute, ...]] = (
    *routes("/.well-known/oauth-authorization-server", show_metadata, "GET", counted=False),
)
