"""Pages of the network of unions: for everybody, and for officers."""

from collections.abc import Sequence
from typing import Final

from starlette.routing import BaseRoute

from fediunion.union.directory.pages import relations, unions

ROUTES: Final[Sequence[BaseRoute]] = (*unions.ROUTES, *relations.ROUTES)
