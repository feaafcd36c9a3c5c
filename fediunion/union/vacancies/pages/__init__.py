"""Pages of vacancies: the hiring hall, single vacancies, what editors and moderators do with them."""

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute

from fediunion.union.vacancies.pages import (
    boards,
    deciding,
    drafts,
    exporting,
    following,
    hall,
    officers,
    searches,
    secret_feeds,
    subscribing,
    unsubscribing,
    uploading,
    vacancy,
    watched,
)
from fediunion.union.vacancies.pages.elsewhere import CARDS, FRONT

__all__ = ["CARDS", "FRONT", "ROUTES"]

ROUTES: Final[Sequence[BaseRoute]] = (
    *hall.ROUTES,
    *exporting.ROUTES,
    *following.ROUTES,
    *subscribing.ROUTES,
    *secret_feeds.ROUTES,
    *unsubscribing.ROUTES,
    *searches.ROUTES,
    *vacancy.ROUTES,
    *boards.ROUTES,
    *uploading.ROUTES,
    *watched.ROUTES,
    *drafts.ROUTES,
    *deciding.ROUTES,
    *officers.ROUTES,
)
