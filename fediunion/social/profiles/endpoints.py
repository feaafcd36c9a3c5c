"""The featured hashtags of our actors, for other servers."""

from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fediunion.actors.answers import NEEDS_SIGNATURE, NOT_FOUND, Answer, answer_document, answer_error
from fediunion.actors.documents import tombstone_document
from fediunion.actors.fetching import asks_for_signatures, viewer_of_request
from fediunion.actors.models import ActorKind, Reach
from fediunion.actors.queries import find_visible_local_actor
from fediunion.actors.viewer import ANONYMOUS
from fediunion.db import settings_of
from fediunion.kit.errors import FediUnionError
from fediunion.social.profiles.documents import featured_tags_document
from fediunion.social.profiles.queries import list_featured_tags
from fediunion.world import world_of


async def show_featured_tags(request: Request) -> Response:
    """GET /actors/{name}/collections/tags: those of institutions for anybody, a member's by its reach.

    A public member's need a signature under authorized fetch; a followable one shows none (row V05).
    """
    world = world_of(request)
    found = await world.db.read(_render, request.path_params["name"])
    if found is None:
        return NOT_FOUND.response()
    answer, institutional = found
    if answer.status != 200:
        return answer.response()
    try:
        viewer = await viewer_of_request(world, request)
    except FediUnionError as error:
        return answer_error(error).response()
    if viewer == ANONYMOUS and not institutional and asks_for_signatures(world.settings):
        return NEEDS_SIGNATURE.response()
    return answer.response()


def _render(session: Session, name: str) -> tuple[Answer, bool] | None:
    actor = find_visible_local_actor(session, name)
    if actor is None:
        return None
    if actor.deleted_at is not None:
        return answer_document(tombstone_document(actor), status=410), False
    shows = actor.reach == Reach.PUBLIC and actor.suspended_at is None
    tags = list_featured_tags(session, actor.id) if shows else []
    document = featured_tags_document(actor, tags, settings_of(session))
    return answer_document(document), actor.kind != ActorKind.MEMBER


ROUTES: Final = [Route("/actors/{name}/collections/tags", show_featured_tags)]
