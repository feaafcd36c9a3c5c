"""Pages of vacancies: the hiring hall, single vacancies, what editors and moderators do with them."""

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute

from fediunion.union.vacancies.pages import vacancy

__all__ = ["ROUTES"]

ROUTES: Final[Sequence[BaseRoute]] = (*vacancy.ROUTES,)
