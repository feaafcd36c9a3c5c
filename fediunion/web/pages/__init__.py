"""Pages that every instance has."""

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute

from fediunion.web.pages import (
    apps,
    components,
    confirmation,
    consent,
    core,
    interaction,
    more,
    sign_in,
    site,
    step_up,
)

__all__ = ["ROUTES"]

ROUTES: Final[Sequence[BaseRoute]] = (
    *consent.ROUTES,
    *sign_in.ROUTES,
    *apps.ROUTES,
    *confirmation.ROUTES,
    *step_up.ROUTES,
    *more.ROUTES,
    *interaction.ROUTES,
    *site.ROUTES,
    *components.ROUTES,
    *core.ROUTES,
)
