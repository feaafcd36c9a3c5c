"""What other servers ask about us besides actors and handles: collections, NodeInfo, host-meta, terms."""

from collections.abc import Callable
from typing import Final, Literal

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from fediunion import __version__
from fediunion.activitypub.contexts import ns_document
from fediunion.activitypub.nodeinfo import NodeFacts, Software, Usage, nodeinfo_document, nodeinfo_links
from fediunion.actors.answers import (
    NEEDS_SIGNATURE,
    NOT_FOUND,
    Answer,
    answer_bytes,
    answer_document,
    answer_error,
    answer_json,
)
from fediunion.actors.documents import IMPLEMENTS, follow_collection, tombstone_document
from fediunion.actors.fetching import asks_for_signatures, viewer_of_request
from fediunion.actors.queries import LocalUsage, find_visible_local_actor, local_usage
from fediunion.actors.viewer import ANONYMOUS
from fediunion.config import FederationMode, RegistrationMode, Settings
from fediunion.db import settings_of
from fediunion.kit.errors import FediUnionError, Unreachable
from fediunion.kit.html import escape
from fediunion.world import World, world_of

FEATURES: Final = (
    *("fep-044f", "fep-2c59", "fep-3b86", "fep-521a", "fep-844e", "fep-8b32", "fep-8fcf"),
    *("fep-d556", "fep-f228", "fep-fe34", "rfc9421"),
)
"""What NodeInfo tells others that they may rely on here: nothing that is not built."""

_USAGE_SECONDS: Final = 600.0
_Name = Literal["followers", "following"]


async def show_followers(request: Request) -> Response:
    """Return how many follow an actor of ours."""
    return (await _follow_answer(request, "followers")).response()


async def show_following(request: Request) -> Response:
    """Return how many an actor of ours follows."""
    return (await _follow_answer(request, "following")).response()


async def show_nodeinfo_links(request: Request) -> Response:
    """Return where our NodeInfo documents are."""
    world = world_of(request)
    return _unless_off(world, lambda: answer_json(nodeinfo_links(world.settings.base_url))).response()


async def show_nodeinfo(request: Request) -> Response:
    """Return NodeInfo 2.0 or 2.1, the counts rounded or left out as configured."""
    world = world_of(request)
    version: Literal["2.0", "2.1"] = "2.1" if request.path_params["version"] == "2.1" else "2.0"
    if request.path_params["version"] != version or _is_off(world):
        return NOT_FOUND.response()
    cache = world.cache("usage", 1, _USAGE_SECONDS)
    usage = await cache.load("usage", lambda: world.db.read(local_usage))
    document = nodeinfo_document(version, node_facts(world.settings, usage))
    profile = f"http://nodeinfo.diaspora.software/ns/schema/{version}#"
    return answer_json(document, f'application/json; profile="{profile}"').response()


async def show_host_meta(request: Request) -> Response:
    """Return where WebFinger is, as XRD or, where that is asked for, as JSON. Source: RFC 6415."""
    world = world_of(request)
    as_json = request.url.path.rstrip("/").endswith(".json") or "json" in request.headers.get("accept", "")
    return _unless_off(world, lambda: _host_meta(world.settings, as_json=as_json)).response()


async def show_namespace(request: Request) -> Response:
    """Return the JSON-LD document of our own terms."""
    return _unless_off(
        world_of(request), lambda: answer_json(ns_document(), "application/ld+json")
    ).response()


def node_facts(settings: Settings, usage: LocalUsage) -> NodeFacts:
    """Return what NodeInfo tells. `metadata.upstream` lets phone apps know which API we speak."""
    counts = Usage()
    if settings.privacy.nodeinfo_counts:
        step = settings.privacy.round_counts_to
        counts = Usage(
            members=_rounded(usage.members, step),
            active_half_year=_rounded(usage.active_half_year, step),
            active_month=_rounded(usage.active_month, step),
            posts=_rounded(usage.posts, step),
        )
    return NodeFacts(
        software=Software("fediunion", __version__),
        open_registrations=settings.registration.mode is RegistrationMode.OPEN,
        usage=counts,
        metadata={
            "nodeName": settings.instance.title,
            "nodeDescription": settings.instance.description,
            "upstream": {"name": "mastodon"},
            "features": list(FEATURES),
            "implements": [each["href"] for each in IMPLEMENTS],
        },
    )


async def _follow_answer(request: Request, name: _Name) -> Answer:
    world = world_of(request)
    if _is_off(world):
        return NOT_FOUND
    answer = await world.db.read(_render_collection, request.path_params["name"], name)
    if answer is None:
        return NOT_FOUND
    if answer.status == 410:
        return answer
    must_sign = asks_for_signatures(world.settings)
    try:
        viewer = await viewer_of_request(world, request)
    except Unreachable as error:
        return answer_error(error) if must_sign else answer
    except FediUnionError as error:
        return answer_error(error)
    return NEEDS_SIGNATURE if must_sign and viewer == ANONYMOUS else answer


def _render_collection(session: Session, name: str, collection: _Name) -> Answer | None:
    actor = find_visible_local_actor(session, name)
    if actor is None:
        return None
    if actor.deleted_at is not None:
        return answer_document(tombstone_document(actor), status=410)
    total = actor.followers_count if collection == "followers" else actor.following_count
    uri = f"{actor.uri}/{collection}"
    return answer_document(follow_collection(actor, uri, total, settings_of(session)))


def _host_meta(settings: Settings, *, as_json: bool) -> Answer:
    template = f"{settings.base_url}/.well-known/webfinger?resource={{uri}}"
    if as_json:
        link = {"rel": "lrdd", "type": "application/jrd+json", "template": template}
        return answer_json({"links": [link]}, "application/json")
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" template="{escape(template)}"/>\n'
        "</XRD>\n"
    )
    return answer_bytes(body.encode(), "application/xrd+xml; charset=utf-8")


def _rounded(number: int, step: int) -> int:
    return (number + step // 2) // step * step


def _is_off(world: World) -> bool:
    return world.settings.federation.mode is FederationMode.OFF


def _unless_off(world: World, answer: Callable[[], Answer]) -> Answer:
    return NOT_FOUND if _is_off(world) else answer()


_OF_THE_SERVER: Final = (
    ("/.well-known/nodeinfo", show_nodeinfo_links),
    ("/nodeinfo/{version}", show_nodeinfo),
    ("/.well-known/host-meta", show_host_meta),
    ("/.well-known/host-meta.json", show_host_meta),
)
"""Apps ask these before they know what server it is, some with a slash at the end."""

ROUTES: Final[list[BaseRoute]] = [
    Route("/actors/{name}/followers", show_followers),
    Route("/actors/{name}/following", show_following),
    *(Route(f"{path}{end}", show) for path, show in _OF_THE_SERVER for end in ("", "/")),
    Route("/ns", show_namespace),
]
