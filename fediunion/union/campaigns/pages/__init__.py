"""Pages of calls: all of them, each with what one can do for it, and what officers do with them."""

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute

from fediunion.union.campaigns.pages import (
    by_link,
    call,
    doing,
    letters,
    listing,
    officers,
    sharing,
    thunderclap,
)
from fediunion.union.campaigns.pages.elsewhere import CARDS, FRONT

__all__ = ["CARDS", "FRONT", "ROUTES"]

ROUTES: Final[Sequence[BaseRoute]] = (
    *listing.ROUTES,
    *by_link.ROUTES,
    *sharing.ROUTES,
    *letters.ROUTES,
    *thunderclap.ROUTES,
    *doing.ROUTES,
    *call.ROUTES,
    *officers.ROUTES,
)
