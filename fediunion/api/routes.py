"""All endpoints of the client interface: the route table."""

from typing import Final

from starlette.routing import BaseRoute

from fediunion.api import pictures
from fediunion.api.endpoint import Endpoint
from fediunion.api.mastodon import (
    about,
    accounts,
    conversations,
    credentials,
    empty,
    grouped_notifications,
    instance,
    lists,
    markers,
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
from fediunion.api.router import ApiRoute, AsgiApp
from fediunion.world import World

_PAGES: Final = (
    *(
        about,
        accounts,
        conversations,
        credentials,
        empty,
        grouped_notifications,
        instance,
        lists,
        markers,
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
        status_actions,
        statuses,
        tags,
        timelines,
    ),
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = tuple(endpoint for page in _PAGES for endpoint in page.ENDPOINTS)
API: Final = ApiRoute("/api/", ENDPOINTS)
HEALTH: Final = ApiRoute("/health", instance.HEALTH)
ROUTES: Final[tuple[BaseRoute, ...]] = (API, HEALTH)


def hot_apps(world: World) -> dict[tuple[str, str], AsgiApp]:
    """Return the apps that are asked before the router, by method and path."""
    app = API.app(world)
    return {("GET", "/api/v1/timelines/home"): app}
