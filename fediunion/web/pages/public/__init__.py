"""What one sees without an account: first page, profiles, threads, hashtags, feeds, who runs it."""

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute

from fediunion.web.pages.public import about, feeds, front, interact, profiles, tags, threads

__all__ = ["ROUTES"]

ROUTES: Final[Sequence[BaseRoute]] = (
    *front.ROUTES,
    *about.ROUTES,
    *interact.ROUTES,
    *tags.ROUTES,
    *feeds.ROUTES,
    *profiles.ROUTES,
    *threads.ROUTES,
)
