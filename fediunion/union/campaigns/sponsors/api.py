"""GET /campaigns/…/co-sponsors: which unions carry a call, each with both acts and their proofs."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fediunion.activitypub.collections import whole_collection
from fediunion.db import settings_of
from fediunion.kit.errors import NotFound
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.union.affiliation.api import answer_document
from fediunion.union.affiliation.queries import our_union
from fediunion.union.campaigns.models import SponsorState
from fediunion.union.campaigns.queries import ANYBODY, get_shown_call
from fediunion.union.campaigns.sponsors.documents import sponsored_document
from fediunion.union.campaigns.sponsors.queries import list_sponsors


async def show_co_sponsors(request: Request) -> Response:
    """Show the collection of the unions that carry a public call now, as far as we know."""
    slug = request.path_params["slug"]

    def load(session: Session) -> JsonObject:
        call = get_shown_call(session, slug, ANYBODY)
        uri = f"{settings_of(session).base_url}/campaigns/{call.slug}/co-sponsors"
        listed = [sponsored_document(row) for row in list_sponsors(session, call, SponsorState.ACCEPTED)]
        return whole_collection(uri, listed, attributed_to=our_union(session).uri)

    return await answer_document(request, load, page=f"/campaigns/{slug}")


async def show_co_sponsor(request: Request) -> Response:
    """Show one co-sponsorship of a public call that is in force, by the id that its offer gave it."""
    slug = request.path_params["slug"]

    def load(session: Session) -> JsonObject:
        call = get_shown_call(session, slug, ANYBODY)
        uri = (
            f"{settings_of(session).base_url}/campaigns/{call.slug}/co-sponsors/{request.path_params['name']}"
        )
        for row in list_sponsors(session, call, SponsorState.ACCEPTED):
            if row.uri == uri:
                return sponsored_document(row)
        raise NotFound(Sentence("There is no such co-sponsorship."))

    return await answer_document(request, load, page=f"/campaigns/{slug}")


ROUTES: Final[Sequence[Route]] = (
    Route("/campaigns/{slug}/co-sponsors", show_co_sponsors),
    Route("/campaigns/{slug}/co-sponsors/{name}", show_co_sponsor),
)
