"""/more: every entry of the menu, for narrow screens; and the keys of the keyboard."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.visits import Visit


async def show_more(visit: Visit) -> Response:
    """GET /more: the whole menu."""
    return page(visit, "core/more.html", active="more")


async def show_keys(visit: Visit) -> Response:
    """GET /keys: what the keys do."""
    return page(visit, "core/keys.html")


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/more", show_more, to=Who.MEMBER),
    shown("/keys", show_keys, to=Who.ANYBODY),
)
