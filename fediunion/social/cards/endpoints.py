"""The pictures of previews."""

from collections.abc import Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fediunion.kit.ids import LARGEST_ID
from fediunion.social.cards.service import find_image_url
from fediunion.social.media.addresses import CARDS
from fediunion.social.media.endpoints import remote_answer
from fediunion.world import world_of


async def show_image(request: Request) -> Response:
    """GET /media/cards/{id}/{seal}: a copy of the picture of a preview."""
    world = world_of(request)
    card_id = request.path_params["id"]
    url = await world.db.read(find_image_url, min(card_id, LARGEST_ID))
    return await remote_answer(request, "card", str(card_id), request.path_params["seal"], url)


ROUTES: Final[Sequence[BaseRoute]] = (Route(f"{CARDS}{{id:int}}/{{seal}}", show_image),)
