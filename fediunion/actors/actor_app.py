"""GET /actors/{name}: the most requested document, rendered once and answered without a router."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from fediunion.activitypub.headers import RequestHeaders
from fediunion.actors.answers import (
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    Answer,
    answer_document,
    answer_error,
    redirect_to,
    wants_page,
)
from fediunion.actors.documents import actor_document, actor_stub, tombstone_document
from fediunion.actors.fetching import asks_for_signatures, is_signed, viewer_of_scope
from fediunion.actors.models import ActorKind
from fediunion.actors.queries import find_visible_local_actor, keys_of
from fediunion.actors.unmade import make_if_wanted
from fediunion.config import FederationMode
from fediunion.db import settings_of
from fediunion.kit.asgi import AsgiApp, Message, Receive, Send
from fediunion.kit.errors import FediUnionError, Unreachable
from fediunion.world import World

PREFIX: Final = "/actors/"
KEPT_ACTORS: Final = 4000
KEPT_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class RenderedActor:
    """The answers about one actor. `stub` is what a stranger gets under authorized fetch; None: everything.

    `open` ones, the instance actor and tombstones, are given before anybody's key is looked at: a server
    that checks our key must not have to show its own first.
    """

    whole: Answer
    page: Answer | None
    stub: Answer | None = None
    open: bool = False


def actor_app(world: World) -> AsgiApp:
    """Return the ASGI app that answers `/actors/{name}`, and nothing below it."""

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await METHOD_NOT_ALLOWED.send(send)
            return
        answer = await answer_actor(world, scope, scope["path"].removeprefix(PREFIX))
        await answer.send(send, head=scope["method"] == "HEAD")

    return app


async def answer_actor(world: World, scope: Mapping[str, Any], name: str) -> Answer:
    """Return what a request for the actor of ours with that name is answered.

    A hidden member and nobody at all are looked up alike, and answered with the same bytes (row I4).
    """
    if world.settings.federation.mode is FederationMode.OFF:
        return NOT_FOUND
    cache = world.cache("actors", KEPT_ACTORS, KEPT_SECONDS)
    rendered = await cache.load(name, lambda: world.db.read(_render, name))
    if rendered is None and await make_if_wanted(world, name):
        rendered = await world.db.read(_render, name)
    if rendered is None:
        return NOT_FOUND
    headers = RequestHeaders(scope["headers"])
    if rendered.page is not None and wants_page(headers.get("accept")):
        return rendered.page
    if rendered.open:
        return rendered.whole
    if not is_signed(headers):
        return rendered.stub or rendered.whole
    try:
        await viewer_of_scope(world, scope)
    except Unreachable as error:
        # What anybody may read is not refused because a key cannot be fetched now.
        return answer_error(error) if rendered.stub else rendered.whole
    except FediUnionError as error:
        return answer_error(error)
    return rendered.whole


def _render(session: Session, name: str) -> RenderedActor | None:
    actor = find_visible_local_actor(session, name)
    if actor is None:
        return None
    if actor.deleted_at is not None:
        return RenderedActor(answer_document(tombstone_document(actor), status=410), None, open=True)
    settings = settings_of(session)
    keys = keys_of(session, actor.id)
    stub = None
    if actor.kind == ActorKind.MEMBER and asks_for_signatures(settings):
        stub = answer_document(actor_stub(actor, keys))
    return RenderedActor(
        whole=answer_document(actor_document(actor, keys, settings)),
        page=redirect_to(actor.url or actor.uri),
        stub=stub,
        open=actor.kind == ActorKind.INSTANCE,
    )
