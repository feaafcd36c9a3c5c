"""The collections of a post for other servers: replies, likes, shares, its thread; and pinned posts."""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fediunion.activitypub.collections import collection_page, ordered_collection, whole_collection
from fediunion.actors.fetching import asks_for_signatures, viewer_of_request
from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.queries import find_visible_local_actor
from fediunion.actors.viewer import Viewer
from fediunion.kit.errors import NotFound
from fediunion.kit.json import JsonObject
from fediunion.social.posts import collections
from fediunion.social.posts.answers import NO_SUCH_POST, Answer, is_open_to_all, visible_post
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.rendering import author_view, render
from fediunion.world import world_of

_Build = Callable[[Session, Post, Viewer, str], JsonObject]


async def show_replies(request: Request) -> Response:
    """GET …/replies: what replies to the post, the author's own first: Mastodon reads five at once."""
    return await _show(request, _replies_page if "page" in request.query_params else _replies)


async def show_likes(request: Request) -> Response:
    """GET …/likes: how many like it; never who."""
    return await _show(request, lambda _session, post, _viewer, _after: _count(post, "likes", request))


async def show_shares(request: Request) -> Response:
    """GET …/shares: how many boosted it; never who."""
    return await _show(request, lambda _session, post, _viewer, _after: _count(post, "shares", request))


async def show_context(request: Request) -> Response:
    """GET /contexts/{slug}: the posts of a thread that began here, as far as one may see (FEP-f228)."""
    return await _show(request, _thread_page if "page" in request.query_params else _thread)


async def _show(request: Request, build: _Build) -> Response:
    """Return a collection of the post in the path, as the one who asks may see it."""
    world = world_of(request)
    viewer = await viewer_of_request(world, request)
    after, name = request.query_params.get("after", ""), request.path_params.get("name")

    def load(session: Session) -> Answer:
        post, author = visible_post(session, request.path_params["slug"], viewer)
        if name not in (None, author.username):
            raise NotFound(NO_SUCH_POST)
        return Answer(build(session, post, viewer, after), is_open_to_all(world, author, post))

    return (await world.db.read(load)).response(viewer)


def _count(post: Post, name: str, request: Request) -> JsonObject:
    uri = f"{post.uri}/{name}"
    if "page" in request.query_params:
        return collection_page(f"{uri}?page=true", uri, [])
    return ordered_collection(uri, post.favourites_count if name == "likes" else post.boosts_count)


def _replies(session: Session, post: Post, viewer: Viewer, _after: str) -> JsonObject:
    uri = f"{post.uri}/replies"
    total = collections.replies_size(session, post, viewer)
    return ordered_collection(uri, total, first=f"{uri}?page=true", type="Collection")


def _replies_page(session: Session, post: Post, viewer: Viewer, after: str) -> JsonObject:
    uris, following = collections.reply_uris(session, post, viewer, after)
    return _page(f"{post.uri}/replies", uris, after, following, type="CollectionPage")


def _thread(session: Session, post: Post, viewer: Viewer, _after: str) -> JsonObject:
    uri = _context_uri(post)
    total = collections.thread_size(session, post, viewer)
    author_uri = post.uri.partition("/posts/")[0]
    return ordered_collection(uri, total, first=f"{uri}?page=true", attributed_to=author_uri)


def _thread_page(session: Session, post: Post, viewer: Viewer, after: str) -> JsonObject:
    uris, following = collections.thread_uris(session, post, viewer, after)
    return _page(_context_uri(post), uris, after, following, type="OrderedCollectionPage")


def _context_uri(post: Post) -> str:
    return f"{post.uri.partition('/actors/')[0]}/contexts/{post.slug}"


def _page(uri: str, items: Sequence[str], after: str, following: str | None, *, type: str) -> JsonObject:
    return collection_page(
        f"{uri}?page=true" + (f"&after={after}" if after.isdecimal() else ""),
        uri,
        items,
        next=f"{uri}?page=true&after={following}" if following else None,
        type=type,
    )


async def show_featured(request: Request) -> Response:
    """GET /actors/{name}/collections/featured: the posts that an actor shows first."""
    world = world_of(request)
    viewer = await viewer_of_request(world, request)

    def load(session: Session) -> Answer:
        author = find_visible_local_actor(session, request.path_params["name"])
        if author is None or author.deleted_at is not None:
            raise NotFound("There is no such account.")
        document = whole_collection(f"{author.uri}/collections/featured", _featured(session, author, viewer))
        is_open = author.kind != ActorKind.MEMBER or not asks_for_signatures(world.settings)
        return Answer(document, is_open)

    return (await world.db.read(load)).response(viewer)


def _featured(session: Session, author: Actor, viewer: Viewer) -> list[JsonObject | str]:
    """Return the author's own posts whole, those of others that it shows by their ids alone."""
    posts = collections.pinned_posts(session, author, viewer)
    return [
        render(session, author_view(session, post)) if post.author_id == author.id else post.uri
        for post in posts
    ]


ROUTES: Final[Sequence[Route]] = (
    Route("/actors/{name}/posts/{slug}/replies", show_replies),
    Route("/actors/{name}/posts/{slug}/likes", show_likes),
    Route("/actors/{name}/posts/{slug}/shares", show_shares),
    Route("/actors/{name}/collections/featured", show_featured),
    Route("/contexts/{slug}", show_context),
)
