"""/admin/settings: what the configuration file says about rules, registration and retention; shown only."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.kit.sentences import Sentence
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.visits import Visit

PATH: Final = "/admin/settings"


async def show_settings(visit: Visit) -> Response:
    """GET /admin/settings: rules and periods, each with the name of its setting."""
    privacy, media = visit.settings.privacy, visit.settings.media
    periods = (
        (Sentence("Activities as they came from other servers"), privacy.inbox_days, "privacy.inbox_days"),
        (Sentence("Deliveries that arrived"), privacy.delivery_days, "privacy.delivery_days"),
        (
            Sentence("Posts of other servers that nobody used"),
            privacy.remote_post_days,
            "privacy.remote_post_days",
        ),
        (Sentence("Copies of pictures of other servers"), media.remote_cache_days, "media.remote_cache_days"),
        (Sentence("Backups"), privacy.backup_days, "privacy.backup_days"),
    )
    registration = visit.settings.registration
    return page(
        visit,
        "admin/settings.html",
        active="settings",
        rules=visit.settings.instance.rules,
        periods=periods,
        choices=(
            (Sentence("Registration"), registration.mode, "registration.mode"),
            (Sentence("Who may invite"), registration.invites_by, "registration.invites_by"),
            (Sentence("Federation"), visit.settings.federation.mode, "federation.mode"),
            (Sentence("How new members are seen"), privacy.default_reach, "privacy.default_reach"),
        ),
    )


ROUTES: Final[Sequence[BaseRoute]] = (shown(PATH, show_settings, to=Who.ADMIN),)
