"""GET /federation-lists/{name}: a list of servers that an officer published, proved by the union."""

from collections.abc import Sequence
from typing import Final

import orjson
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fediunion.activitypub.media_types import ACTIVITY_JSON
from fediunion.actors.fetching import viewer_of_request
from fediunion.config import FederationMode
from fediunion.db import now_of
from fediunion.kit.errors import NotFound
from fediunion.kit.json import JsonObject
from fediunion.union.affiliation.proofs import proved
from fediunion.union.affiliation.queries import our_union
from fediunion.union.server_lists.documents import PATH, list_document
from fediunion.union.server_lists.queries import published_rules
from fediunion.world import world_of


async def show_list(request: Request) -> Response:
    """Show a published list. Raises NotFound for any other, and where we do not federate."""
    world = world_of(request)
    if world.settings.federation.mode is FederationMode.OFF:
        raise NotFound("This server does not federate.")
    await viewer_of_request(world, request)
    name = str(request.path_params["name"])

    def load(session: Session) -> JsonObject:
        union = our_union(session)
        url = f"{world.settings.base_url}{PATH}/{name}"
        document = list_document(url, union.uri, published_rules(session, name), now_of(session))
        return proved(session, union, document)

    body = orjson.dumps(await world.db.read(load))
    headers = {"Content-Type": ACTIVITY_JSON, "Cache-Control": "private, no-store"}
    return Response(body, headers=headers)


ROUTES: Final[Sequence[Route]] = (Route(f"{PATH}/{{name}}", show_list),)
