"""/admin/campaigns: what the team does with calls."""

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute

from fediunion.union.campaigns.pages.officers import (
    deciding,
    drafts,
    messages,
    overview,
    resolutions,
    sponsors,
    team,
    thunderclap,
)

ROUTES: Final[Sequence[BaseRoute]] = (
    *overview.ROUTES,
    *drafts.ROUTES,
    *team.ROUTES,
    *deciding.ROUTES,
    *sponsors.ROUTES,
    *resolutions.ROUTES,
    *messages.ROUTES,
    *thunderclap.ROUTES,
)
