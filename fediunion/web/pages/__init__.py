"""Pages that every instance has."""

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute

from fediunion.web.pages import core, interaction

__all__ = ["ROUTES"]

ROUTES: Final[Sequence[BaseRoute]] = (*interaction.ROUTES, *core.ROUTES)
