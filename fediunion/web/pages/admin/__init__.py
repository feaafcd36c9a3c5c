"""Pages of moderators, administrators and owners, under /admin, and what members see of their work."""

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute

from fediunion.web.pages.admin import (
    announcements,
    appearance,
    audit,
    decisions,
    deliveries,
    email_domains,
    exports,
    institutions,
    invites,
    members,
    overview,
    own_pages,
    reports,
    requests,
    server_lists,
    servers,
    settings,
    two_persons,
)

ROUTES: Final[Sequence[BaseRoute]] = (
    *overview.ROUTES,
    *reports.ROUTES,
    *decisions.ROUTES,
    *members.ROUTES,
    *requests.ROUTES,
    *invites.ROUTES,
    *servers.ROUTES,
    *server_lists.ROUTES,
    *deliveries.ROUTES,
    *email_domains.ROUTES,
    *announcements.ROUTES,
    *audit.ROUTES,
    *two_persons.ROUTES,
    *exports.ROUTES,
    *settings.ROUTES,
    *institutions.ROUTES,
    *own_pages.ROUTES,
    *appearance.ROUTES,
)
