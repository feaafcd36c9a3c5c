"""GET /campaigns/…/counts: what each union that carries a call states of it, with its proof."""

from collections.abc import Sequence
from typing import Final

import orjson
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
from fediunion.union.campaigns.counts.documents import CALL, NUMBER
from fediunion.union.campaigns.counts.queries import list_counts
from fediunion.union.campaigns.models import CampaignCall, CountKind
from fediunion.union.campaigns.queries import ANYBODY, get_shown_call


async def show_counts(request: Request) -> Response:
    """Show what the unions that carry a public call state of it, and how many signed in all.

    Of another's call our own statements alone are known here. A sum under the floor is not told.
    """
    slug = request.path_params["slug"]

    def load(session: Session) -> JsonObject:
        call = get_shown_call(session, slug, ANYBODY)
        uri = f"{settings_of(session).base_url}/campaigns/{call.slug}/counts"
        stated = [each for kind in CountKind for each in statements(session, call, kind)]
        listed = whole_collection(uri, stated, attributed_to=our_union(session).uri)
        return listed | {CALL: call.uri, NUMBER: call.signatures_count}

    return await answer_document(request, load, page=f"/campaigns/{slug}")


async def show_own_count(request: Request) -> Response:
    """Show what our union states of a public call of another's, at the id of the statement."""
    slug, kind = request.path_params["slug"], request.path_params["kind"]

    def load(session: Session) -> JsonObject:
        call, ours = get_shown_call(session, slug, ANYBODY), our_union(session).uri
        for each in statements(session, call, CountKind(kind)) if kind in tuple(CountKind) else ():
            if each["attributedTo"] == ours:
                return each
        raise NotFound(Sentence("There is no such number."))

    return await answer_document(request, load, page=f"/campaigns/{slug}")


def statements(session: Session, call: CampaignCall, kind: CountKind) -> Sequence[JsonObject]:
    """Return what unions state of a call, as they signed it."""
    return [orjson.loads(each.statement) for each in list_counts(session, call, kind)]


ROUTES: Final[Sequence[Route]] = (
    Route("/campaigns/{slug}/counts", show_counts),
    Route("/campaigns/{slug}/counts/{kind}", show_own_count),
)
