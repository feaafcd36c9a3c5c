"""All endpoints of the client interface: the route table."""

from typing import Final

from starlette.routing import BaseRoute

from fediunion.api import pictures, transfers
from fediunion.api.endpoint import Endpoint
from fediunion.api.mastodon import (
    about,
    accounts,
    admin,
    announcements,
    apps,
    collections,
    conversations,
    credentials,
    custom_emojis,
    discovery,
    empty,
    endorsements,
    filters,
    grouped_notifications,
    instance,
    lists,
    markers,
    media,
    notification_policy,
    notification_requests,
    notifications,
    oembed,
    own_drafts,
    polls,
    preferences,
    profile,
    push,
    quotes,
    registration,
    relationships,
    reports,
    saved,
    scheduled_statuses,
    search,
    status_actions,
    statuses,
    tags,
    timelines,
    translation,
    v1_filters,
)
from fediunion.api.oauth import metadata, tokens, userinfo
from fediunion.api.router import ApiRoute
from fediunion.api.streaming import server_sent
from fediunion.kit.asgi import AsgiApp
from fediunion.world import World

_PAGES: Final = (
    *(
        about,
        accounts,
        admin,
        announcements,
        apps,
        collections,
        conversations,
        credentials,
        custom_emojis,
        discovery,
        endorsements,
        empty,
        filters,
        grouped_notifications,
        instance,
        lists,
        markers,
        media,
        notification_policy,
        notification_requests,
        notifications,
    ),
    *(
        pictures,
        own_drafts,
        oembed,
        polls,
        preferences,
        profile,
        push,
        quotes,
        registration,
        relationships,
        reports,
        saved,
        scheduled_statuses,
        search,
        server_sent,
        status_actions,
        statuses,
        tags,
        timelines,
        transfers,
        translation,
        v1_filters,
    ),
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = tuple(endpoint for page in _PAGES for endpoint in page.ENDPOINTS)
API: Final = ApiRoute("/api/", ENDPOINTS)
HEALTH: Final = ApiRoute("/health", instance.HEALTH, limited=False)
OAUTH: Final[tuple[BaseRoute, ...]] = (*tokens.ROUTES, *userinfo.ROUTES, *metadata.ROUTES)
ROUTES: Final[tuple[BaseRoute, ...]] = (API, HEALTH, *OAUTH)


def hot_apps(world: World) -> dict[tuple[str, str], AsgiApp]:
    """Return the apps that are asked before the router, by method and path."""
    app = API.app(world)
    return {("GET", "/api/v1/timelines/home"): app}
