"""All endpoints of the client interface: the route table."""

from typing import Final

from starlette.routing import BaseRoute

from fediunion.api import pictures
from fediunion.api.endpoint import Endpoint
from fediunion.api.mastodon import (
    about,
    accounts,
    apps,
    conversations,
    credentials,
    empty,
    endorsements,
    grouped_notifications,
    instance,
    lists,
    markers,
    media,
    notifications,
    polls,
    preferences,
    relationships,
    reports,
    saved,
    search,
    status_actions,
    statuses,
    tags,
    timelines,
)
from fediunion.api.oauth import metadata, tokens, userinfo
from fediunion.api.router import ApiRoute, AsgiApp
from fediunion.api.streaming import server_sent
from fediunion.world import World

_PAGES: Final = (
    *(
        about,
        accounts,
        apps,
        conversations,
        credentials,
        endorsements,
        empty,
        grouped_notifications,
        instance,
        lists,
        markers,
        media,
        notifications,
    ),
    *(
        pictures,
        polls,
        preferences,
        relationships,
        reports,
        saved,
        search,
        server_sent,
        status_actions,
        statuses,
        tags,
        timelines,
    ),
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = tuple(endpoint for page in _PAGES for endpoint in page.ENDPOINTS)
API: Final = ApiRoute("/api/", ENDPOINTS)
HEALTH: Final = ApiRoute("/health", instance.HEALTH)
OAUTH: Final[tuple[BaseRoute, ...]] = (*tokens.ROUTES, *userinfo.ROUTES, *metadata.ROUTES)
ROUTES: Final[tuple[BaseRoute, ...]] = (API, HEALTH, *OAUTH)


def hot_apps(world: World) -> dict[tuple[str, str], AsgiApp]:
    """Return the apps that are asked before the router, by method and path."""
    app = API.app(world)
    return {("GET", "/api/v1/timelines/home"): app}
