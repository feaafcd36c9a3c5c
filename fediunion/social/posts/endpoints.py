"""Posts for other servers: the Note, its Create, and our consent to quotes."""

from collections.abc import Sequence
from typing import Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from fediunion.activitypub.contexts import AUTHORIZATION_CONTEXT, with_context
from fediunion.actors.fetching import viewer_of_request
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import ANONYMOUS
from fediunion.kit.errors import Gone, NotFound
from fediunion.kit.json import JsonObject
from fediunion.social.posts import collection_endpoints
from fediunion.social.posts.answers import Make, answer_post, document_response, visible_post
from fediunion.social.posts.documents import authorization_document, create_document, is_known_outside
from fediunion.social.posts.models import Post, QuoteApproval
from fediunion.social.posts.service.rendering import author_view, render
from fediunion.world import world_of


async def show_post(request: Request) -> Response:
    """GET /actors/{name}/posts/{slug}: the Note or Question; people are sent to its page."""
    return await _show(request, _note)


async def post_app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer `show_post` without the router, which costs more than what a kept note does (row R05)."""
    _, _, name, _, slug = scope["path"].split("/")
    scope["path_params"] = {"name": name, "slug": slug}
    response = await show_post(Request(scope, receive, send))
    await response(scope, receive, send)


async def show_create(request: Request) -> Response:
    """GET …/activity: the Create that published the post."""
    return await _show(request, _create)


def _note(session: Session, _author: Actor, post: Post) -> JsonObject:
    return render(session, author_view(session, post))


def _create(session: Session, author: Actor, post: Post) -> JsonObject:
    return create_document(_note(session, author, post), author)


async def _show(request: Request, make: Make) -> Response:
    world = world_of(request)
    name, slug = request.path_params["name"], request.path_params["slug"]
    accept = request.headers.get("accept", "")
    if "text/html" in accept and "json" not in accept:
        await world.db.read(visible_post, slug, ANONYMOUS)
        return RedirectResponse(f"{world.settings.base_url}/@{name}/{slug}", 302, {"Vary": "Accept"})
    viewer = await viewer_of_request(world, request)
    return await answer_post(world, viewer, name, slug, request.url.path, make)


async def show_authorization(request: Request) -> Response:
    """GET /actors/{name}/quote_authorizations/{slug}: our consent to a quote; anybody may check it.

    `reply_authorizations`, `like_authorizations` and `announce_authorizations` are consents to these.
    """
    world = world_of(request)
    document = await world.db.read(_authorization, **request.path_params)
    return document_response(orjson.dumps(with_context(document, AUTHORIZATION_CONTEXT)))


def _authorization(session: Session, name: str, kind: str, slug: str) -> JsonObject:
    approval = session.scalar(select(QuoteApproval).where(QuoteApproval.slug == slug))
    quoted = session.get(Post, approval.post_id) if approval is not None else None
    author = get_actor(session, quoted.author_id) if quoted is not None else None
    if approval is None or quoted is None or author is None or quoted.deleted_at is not None:
        raise NotFound("There is no such consent.")
    if author.username != name or approval.kind != kind or not is_known_outside(author):
        raise NotFound("There is no such consent.")
    if approval.revoked_at is not None:
        raise Gone("The consent was taken back.")
    return authorization_document(approval, quoted, author)


ROUTES: Final[Sequence[Route]] = (
    Route("/actors/{name}/posts/{slug}", show_post),
    Route("/actors/{name}/posts/{slug}/activity", show_create),
    Route("/actors/{name}/{kind}_authorizations/{slug}", show_authorization),
    *collection_endpoints.ROUTES,
)
