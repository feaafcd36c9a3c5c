"""The first page, and the pages of institutions, public members and their posts."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fediunion.activitypub.media_types import is_activity_type
from fediunion.actors.actor_app import answer_actor
from fediunion.actors.models import Actor
from fediunion.social.posts.endpoints import show_post
from fediunion.web.assets import show_asset
from fediunion.web.queries import get_page_actor, get_public_post, latest_public_posts, list_institutions
from fediunion.web.render import page
from fediunion.web.routes import Who, shown
from fediunion.web.shown import shown_person, shown_post
from fediunion.web.visits import Visit


async def show_front(visit: Visit) -> Response:
    """GET /: who we are, and whom one can follow."""
    institutions = await visit.world.db.read(list_institutions)
    people = [shown_person(each) for each in institutions]
    return page(visit, "core/front.html", active="front", institutions=people)


async def show_actor(visit: Visit) -> Response:
    """GET /@name: the page, or for servers the same document as the actor's own address."""
    world, request = visit.world, visit.request
    name = request.path_params["name"]
    if _wants_document(request):
        answer = await answer_actor(world, request.scope, name)
        response = Response(answer.body, answer.status)
        response.raw_headers = list(answer.headers)
        return response
    actor = await world.db.read(get_page_actor, name)
    posts = await world.db.read(latest_public_posts, actor)
    person = shown_person(actor)
    return page(
        visit,
        "core/actor.html",
        actor=_shown_actor(actor),
        person=person,
        posts=[shown_post(post, person) for post in posts],
    )


async def show_post_page(visit: Visit) -> Response:
    """GET /@name/{slug}: the page, or for servers the same document as the post's own address."""
    request = visit.request
    if _wants_document(request):
        return await show_post(request)
    parts = request.path_params
    actor, post = await visit.world.db.read(get_public_post, parts["name"], parts["slug"])
    return page(
        visit,
        "core/post.html",
        actor=_shown_actor(actor),
        document=post.uri,
        post=shown_post(post, shown_person(actor)),
    )


def _shown_actor(actor: Actor) -> dict[str, object]:
    return {
        "uri": actor.uri,
        "summary": Markup(actor.summary),  # noqa: S704 - cleaned when it was written
        "indexable": actor.indexable,
    }


def _wants_document(request: Request) -> bool:
    """Whether a type of ActivityPub is asked for; browsers never do (trap 19)."""
    return any(is_activity_type(part) for part in request.headers.get("accept", "").split(","))


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/", show_front, to=Who.ANYBODY),
    shown("/@{name}", show_actor, to=Who.ANYBODY),
    shown("/@{name}/{slug}", show_post_page, to=Who.ANYBODY),
    Route("/static/{name}", show_asset, methods=["GET"]),
    Route("/static/{version}/{name:path}", show_asset, methods=["GET"]),
)
