"""GET /affiliations: the relations of our union with both proofs, for other unions and for anybody."""

from collections.abc import Callable, Sequence
from typing import Final

import orjson
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from fediunion.activitypub.collections import collection_page, ordered_collection
from fediunion.activitypub.contexts import with_context
from fediunion.activitypub.media_types import ACTIVITY_JSON
from fediunion.actors.fetching import viewer_of_request
from fediunion.actors.models import Actor
from fediunion.actors.names import UNION_NAME
from fediunion.config import FederationMode
from fediunion.kit.errors import NotFound
from fediunion.kit.json import JsonObject
from fediunion.union.affiliation import documents
from fediunion.union.affiliation.models import AffiliationStatus
from fediunion.union.affiliation.queries import (
    count_published,
    get_relation_by_slug,
    list_published,
    our_union,
)
from fediunion.world import world_of

PAGE_SIZE: Final = 100
PAGE_FOR_PEOPLE: Final = "/unions"


async def show_affiliations(request: Request) -> Response:
    """Show the collection, or with `page` one page of it (`after` is the last entry of the one before)."""

    def load(session: Session) -> JsonObject:
        union = our_union(session)
        uri = f"{union.uri.partition('/actors/')[0]}/affiliations"
        if "page" in request.query_params:
            return _page(session, union, uri, request.query_params.get("after", ""))
        first = f"{uri}?page=true"
        collection = ordered_collection(uri, count_published(session), first=first, attributed_to=union.uri)
        return collection | {documents.NETWORK: documents.network_uri_of(union.uri)}

    return await answer_document(request, load, page=PAGE_FOR_PEOPLE)


async def show_network(request: Request) -> Response:
    """Show the collection that stands for our network; who is in it is read from the relations."""

    def load(session: Session) -> JsonObject:
        union = our_union(session)
        return ordered_collection(documents.network_uri_of(union.uri), None, attributed_to=union.uri)

    return await answer_document(request, load, page=PAGE_FOR_PEOPLE)


async def show_affiliation(request: Request) -> Response:
    """Show one relation as our union states it now; one that has ended stays to be seen."""

    def load(session: Session) -> JsonObject:
        row = get_relation_by_slug(session, request.path_params["slug"])
        union = our_union(session)
        if row.status == AffiliationStatus.ENDED:
            return documents.relationship_document(row, union.uri, stated=AffiliationStatus.ENDED)
        return documents.listed_document(row, union.uri)

    return await answer_document(request, load, page=PAGE_FOR_PEOPLE)


def _page(session: Session, union: Actor, uri: str, after: str) -> JsonObject:
    begins = int(after) if after.isdecimal() and len(after) < 20 else 0
    rows = list_published(session, after_id=begins, limit=PAGE_SIZE + 1)
    items = [documents.listed_document(row, union.uri) for row in rows[:PAGE_SIZE]]
    following = f"{uri}?page=true&after={rows[PAGE_SIZE - 1].id}" if len(rows) > PAGE_SIZE else None
    own = f"{uri}?page=true" + (f"&after={begins}" if begins else "")
    return collection_page(own, uri, items, next=following)


async def answer_document(request: Request, load: Callable[[Session], JsonObject], *, page: str) -> Response:
    """Return what `load` gives to programs; people are sent to `page`, unless they ask `?as=json`.

    Raises as viewer_of_request.
    """
    world = world_of(request)
    as_json = request.query_params.get("as") == "json"
    accept = "application/json" if as_json else request.headers.get("accept", "")
    if "text/html" in accept and "json" not in accept:
        return RedirectResponse(f"{world.settings.base_url}{page}", 302, {"Vary": "Accept"})
    if world.settings.federation.mode is FederationMode.OFF:
        raise NotFound("This server does not federate.")
    await viewer_of_request(world, request)
    document = with_context(await world.db.read(load), documents.CONTEXT)
    plain = "application/json" in accept and "application/activity+json" not in accept
    headers = {
        "Content-Type": "application/json" if plain else ACTIVITY_JSON,
        "Vary": "Accept, Signature",
        "Cache-Control": "private, no-store",
    }
    return Response(orjson.dumps(document), headers=headers)


ROUTES: Final[Sequence[Route]] = (
    Route("/affiliations", show_affiliations),
    Route("/affiliations/{slug}", show_affiliation),
    Route(f"/actors/{UNION_NAME}/network", show_network),
)
