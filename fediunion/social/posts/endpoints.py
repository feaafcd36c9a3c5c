"""Posts and their collections for other servers: who may see them, and as what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.collections import collection_page, ordered_collection, whole_collection
from fediunion.activitypub.contexts import QUOTE_CONTEXT, with_context
from fediunion.activitypub.media_types import ACTIVITY_JSON
from fediunion.activitypub.vocab import JsonObject
from fediunion.actors.fetching import asks_for_signatures, viewer_of_request
from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.queries import find_visible_local_actor, get_actor
from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.kit.errors import BadSignature, Gone, NotFound
from fediunion.social.posts import collections
from fediunion.social.posts.documents import create_document, tombstone_document
from fediunion.social.posts.models import Post, QuoteApproval
from fediunion.social.posts.queries import find_local_post
from fediunion.social.posts.service import quotes, texts
from fediunion.social.posts.service.publishing import render
from fediunion.social.posts.visibility import may_see
from fediunion.world import World

_PUBLIC_SECONDS: Final = 5.0
_KEPT_POSTS: Final = 2_000
_NO_SUCH_POST: Final = "There is no such post."


@dataclass(frozen=True)
class _Answer:
    """A document for a requester; `open` where anybody gets the same."""

    document: JsonObject
    open: bool
    gone: bool = False


async def show_post(request: Request) -> Response:
    """GET /actors/{name}/posts/{slug}: the Note or Question; people are sent to its page."""
    return await _show(request, render_post)


async def show_create(request: Request) -> Response:
    """GET …/activity: the Create that published the post."""
    return await _show(
        request,
        lambda session, author, post: create_document(render_post(session, author, post), author),
    )


async def show_replies(request: Request) -> Response:
    """GET …/replies: what replies to the post, the author's own replies first (trap 38)."""
    return await _show_collection(request, "replies")


async def show_likes(request: Request) -> Response:
    """GET …/likes: how many like it; never who."""
    return await _show_collection(request, "likes")


async def show_shares(request: Request) -> Response:
    """GET …/shares: how many boosted it; never who."""
    return await _show_collection(request, "shares")


async def _show_collection(request: Request, name: str) -> Response:
    page = "page" in request.query_params
    after = request.query_params.get("after", "")
    viewer = await viewer_of_request(_world(request), request)

    def render(session: Session, author: Actor, post: Post) -> JsonObject:
        uri = f"{post.uri}/{name}"
        if name != "replies":
            count = post.favourites_count if name == "likes" else post.boosts_count
            return collection_page(f"{uri}?page=true", uri, []) if page else ordered_collection(uri, count)
        if not page:
            first = f"{uri}?page=true"
            return ordered_collection(uri, post.replies_count, first=first, type="Collection")
        items, following = collections.reply_uris(session, post, viewer, after)
        return collection_page(
            f"{uri}?page=true" + (f"&after={after}" if after else ""),
            uri,
            items,
            next=f"{uri}?page=true&after={following}" if following else None,
            type="CollectionPage",
        )

    return await _show(request, render, viewer=viewer, keeps=False)


async def show_context(request: Request) -> Response:
    """GET /contexts/{slug}: the posts of a thread that began here, as far as one may see (FEP-f228)."""
    world = _world(request)
    viewer = await viewer_of_request(world, request)
    after = request.query_params.get("after", "")
    paged = "page" in request.query_params

    def load(session: Session) -> _Answer:
        post = _post(session, request.path_params["slug"], viewer)
        author = get_actor(session, post.author_id)
        uri = f"{world.settings.base_url}/contexts/{post.slug}"
        if not paged:
            total = collections.thread_size(session, post, viewer)
            document = ordered_collection(
                uri, total, first=f"{uri}?page=true", attributed_to=author.uri, type="OrderedCollection"
            )
        else:
            items, following = collections.thread_uris(session, post, viewer, after)
            document = collection_page(
                f"{uri}?page=true" + (f"&after={after}" if after else ""),
                uri,
                items,
                next=f"{uri}?page=true&after={following}" if following else None,
            )
        return _Answer(document, _is_open(world, author, post))

    return _respond(await world.db.read(load), viewer)


async def show_featured(request: Request) -> Response:
    """GET /actors/{name}/collections/featured: the posts that an actor shows first, as notes."""
    world = _world(request)
    viewer = await viewer_of_request(world, request)

    def load(session: Session) -> _Answer:
        author = find_visible_local_actor(session, request.path_params["name"])
        if author is None or author.deleted_at is not None:
            raise NotFound("There is no such account.")
        posts = collections.pinned_posts(session, author, viewer)
        notes = [render_post(session, author, post) for post in posts]
        document = whole_collection(f"{author.uri}/collections/featured", notes)
        return _Answer(document, author.kind != ActorKind.MEMBER or not asks_for_signatures(world.settings))

    return _respond(await world.db.read(load), viewer)


async def show_quote_authorization(request: Request) -> Response:
    """GET /actors/{name}/quote_authorizations/{slug}: our consent to a quote; anybody may check it."""
    world = _world(request)

    def load(session: Session) -> JsonObject:
        approval = session.scalar(
            select(QuoteApproval).where(QuoteApproval.slug == request.path_params["slug"])
        )
        quoted = session.get(Post, approval.post_id) if approval is not None else None
        if approval is None or quoted is None or quoted.deleted_at is not None:
            raise NotFound("There is no such consent.")
        if approval.revoked_at is not None:
            raise Gone("The consent was taken back.")
        author = get_actor(session, quoted.author_id)
        return quotes.authorization_document(approval, quoted, author)

    document = await world.db.read(load)
    return _activity_response(with_context(document, QUOTE_CONTEXT))


def render_post(session: Session, author: Actor, post: Post) -> JsonObject:
    """Return our post as other servers get it."""
    return render(session, texts.author_view(session, post, author))


async def _show(
    request: Request,
    make: Callable[[Session, Actor, Post], JsonObject],
    *,
    viewer: Viewer | None = None,
    keeps: bool = True,
) -> Response:
    """Return what `make` makes of the post in the path, for who asks.

    A public post of an institution needs no signature; everything else does where signatures are asked
    for. Open answers are kept some seconds: a viral note is rendered once (row R05).
    """
    world = _world(request)
    if _wants_page(request):
        name, slug = request.path_params["name"], request.path_params["slug"]
        return RedirectResponse(f"{world.settings.base_url}/@{name}/{slug}", 302, {"Vary": "Accept"})
    viewer = viewer or await viewer_of_request(world, request)
    kept = world.cache("posts", _KEPT_POSTS, _PUBLIC_SECONDS)
    path = request.url.path
    body: bytes | None = kept.get(path) if keeps else None
    if body is not None:
        return _document_response(body)

    def load(session: Session) -> _Answer:
        slug = request.path_params["slug"]
        post = _post(session, slug, viewer, deleted=keeps)
        author = get_actor(session, post.author_id)
        if author.username != request.path_params["name"]:
            raise NotFound(_NO_SUCH_POST)
        if post.deleted_at is not None:
            return _Answer(tombstone_document(post), open=True, gone=True)
        return _Answer(make(session, author, post), _is_open(world, author, post))

    answer = await world.db.read(load)
    if answer.open and keeps and not answer.gone:
        kept.put(path, orjson.dumps(with_context(answer.document)))
    return _respond(answer, viewer)


def _post(session: Session, slug: str, viewer: Viewer, *, deleted: bool = False) -> Post:
    """Return our post. Raises NotFound alike for one that is not there and one that may not be known."""
    post = find_local_post(session, slug)
    if post is None or post.boost_of_id is not None:
        raise NotFound(_NO_SUCH_POST)
    if post.deleted_at is not None:
        if deleted and Audience(post.audience).is_public:
            return post
        raise NotFound(_NO_SUCH_POST)
    if not may_see(session, post, viewer):
        raise NotFound(_NO_SUCH_POST)
    return post


def _is_open(world: World, author: Actor, post: Post) -> bool:
    """Return whether anybody gets the post without signing."""
    institutional = author.kind != ActorKind.MEMBER
    return Audience(post.audience).is_public and (institutional or not asks_for_signatures(world.settings))


def _respond(answer: _Answer, viewer: Viewer) -> Response:
    if answer.gone:
        return _activity_response(with_context(answer.document), 410)
    if not answer.open and viewer == ANONYMOUS:
        raise BadSignature("This can be read with a signature only.", reason="signature-needed")
    return _activity_response(with_context(answer.document))


def _activity_response(document: JsonObject, status: int = 200) -> Response:
    return _document_response(orjson.dumps(document), status)


def _document_response(body: bytes, status: int = 200) -> Response:
    headers = {
        "Content-Type": ACTIVITY_JSON,
        "Vary": "Accept, Signature",
        "Cache-Control": "private, no-store",
    }
    return Response(body, status, headers)


def _wants_page(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return "text/html" in accept and "json" not in accept


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


ROUTES: Final[Sequence[Route]] = (
    Route("/actors/{name}/posts/{slug}", show_post),
    Route("/actors/{name}/posts/{slug}/activity", show_create),
    Route("/actors/{name}/posts/{slug}/replies", show_replies),
    Route("/actors/{name}/posts/{slug}/likes", show_likes),
    Route("/actors/{name}/posts/{slug}/shares", show_shares),
    Route("/actors/{name}/collections/featured", show_featured),
    Route("/actors/{name}/quote_authorizations/{slug}", show_quote_authorization),
    Route("/contexts/{slug}", show_context),
)
