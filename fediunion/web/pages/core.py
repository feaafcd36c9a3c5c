"""The first page, and the pages of institutions, public members and their posts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from fediunion.activitypub.media_types import is_activity_type
from fediunion.actors.actor_app import answer_actor
from fediunion.actors.models import Actor
from fediunion.social.posts.endpoints import show_post
from fediunion.social.posts.models import Post
from fediunion.web.queries import get_page_actor, get_public_post, latest_public_posts, list_institutions
from fediunion.web.render import page
from fediunion.world import World

_STATIC: Final = Path(__file__).parents[1] / "static"


async def show_front(request: Request) -> Response:
    """GET /: who we are, and whom one can follow."""
    world = _world(request)
    institutions = await world.db.read(list_institutions)
    return page(world.settings, "core/front.html", institutions=[_shown_actor(each) for each in institutions])


async def show_actor(request: Request) -> Response:
    """GET /@name: the page, or for servers the same document as the actor's own address."""
    world, name = _world(request), request.path_params["name"]
    if _wants_document(request):
        answer = await answer_actor(world, request.scope, name)
        response = Response(answer.body, answer.status)
        response.raw_headers = list(answer.headers)
        return response
    actor = await world.db.read(get_page_actor, name)
    posts = await world.db.read(latest_public_posts, actor)
    return page(
        world.settings,
        "core/actor.html",
        actor=_shown_actor(actor),
        posts=[_shown_post(post) for post in posts],
    )


async def show_post_page(request: Request) -> Response:
    """GET /@name/{slug}: the page, or for servers the same document as the post's own address."""
    if _wants_document(request):
        return await show_post(request)
    world, parts = _world(request), request.path_params
    actor, post = await world.db.read(get_public_post, parts["name"], parts["slug"])
    return page(world.settings, "core/post.html", actor=_shown_actor(actor), post=_shown_post(post))


def _shown_actor(actor: Actor) -> dict[str, object]:
    return {
        "uri": actor.uri,
        "url": actor.url,
        "name": actor.display_name or actor.username,
        "handle": f"@{actor.username}@{actor.handle_host}",
        "summary": Markup(actor.summary),  # noqa: S704 - cleaned when it was written
        "indexable": actor.indexable,
    }


def _shown_post(post: Post) -> dict[str, object]:
    return {
        "uri": post.uri,
        "url": post.url,
        "warning": post.content_warning,
        "content": Markup(post.content),  # noqa: S704 - cleaned when it was written
        "published_at": post.published_at,
    }


def _wants_document(request: Request) -> bool:
    """Whether a type of ActivityPub is asked for; browsers never do (trap 19)."""
    return any(is_activity_type(part) for part in request.headers.get("accept", "").split(","))


def _world(request: Request) -> World:
    world: World = request.app.state.world
    return world


ROUTES: Final[Sequence[BaseRoute]] = (
    Route("/", show_front),
    Route("/@{name}", show_actor),
    Route("/@{name}/{slug}", show_post_page),
    Mount("/static", StaticFiles(directory=_STATIC)),
)
