"""What browsers and crawlers ask of every site: the manifest, the icon, robots.txt, styles and scripts."""

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from fediunion.web.assets import show_asset
from fediunion.web.functions import app_icon
from fediunion.world import world_of

_A_DAY: Final = {"cache-control": "public, max-age=86400"}
_NOT_FOR_CRAWLERS: Final = (
    *("/settings/", "/sign-in", "/sign-out", "/oauth/", "/api/", "/admin/", "/uploads/", "/confirm-email"),
    *("/authorize_interaction", "/interact", "/share", "/more", "/components"),
    *("/join/", "/invite/", "/password/", "/welcome"),
)


async def show_manifest(request: Request) -> Response:
    """GET /manifest.webmanifest: how the pages look as an app; under the neutral name where there is one.

    It opens at home: who is not signed in there is asked to.

    Source: https://www.w3.org/TR/appmanifest/
    """
    instance = world_of(request).settings.instance
    name = instance.innocuous_name or instance.title
    manifest = {
        "name": name,
        "short_name": name[:24],
        "lang": instance.languages[0],
        "start_url": "/home",
        "scope": "/",
        "id": "/",
        "display": "standalone",
        "background_color": "#f5f5f1",
        "theme_color": "#46565f" if instance.innocuous_name else "#0b5560",
        "icons": [
            {"src": app_icon(neutral=bool(instance.innocuous_name)), "sizes": "any", "type": "image/svg+xml"}
        ],
    }
    return JSONResponse(manifest, headers=_A_DAY, media_type="application/manifest+json")


async def show_robots(_request: Request) -> Response:
    """GET /robots.txt: the pages of members are for no crawler. Source: RFC 9309."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_FOR_CRAWLERS), ""]
    return PlainTextResponse("\n".join(lines), headers=_A_DAY)


async def show_icon(request: Request) -> Response:
    """GET /favicon.ico: where the icon is; browsers ask for that name beside what is no page."""
    neutral = bool(world_of(request).settings.instance.innocuous_name)
    return RedirectResponse(app_icon(neutral=neutral), 302, _A_DAY)


ROUTES: Final[Sequence[BaseRoute]] = (
    Route("/manifest.webmanifest", show_manifest, methods=["GET"]),
    Route("/robots.txt", show_robots, methods=["GET"]),
    Route("/favicon.ico", show_icon, methods=["GET"]),
    Route("/static/{name}", show_asset, methods=["GET"]),
    Route("/static/{version}/{name:path}", show_asset, methods=["GET"]),
)
