"""Pages that every instance has."""

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute

from fediunion.web.pages import apps, confirmation, consent, core, interaction, sign_in

__all__ = ["ROUTES"]

ROUTES: Final[Sequence[BaseRoute]] = (
    *consent.ROUTES,
    *sign_in.ROUTES,
    *apps.ROUTES,
    *confirmation.ROUTES,
    *interaction.ROUTES,
    *core.ROUTES,
)
