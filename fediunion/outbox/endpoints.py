"""What others may read of an outbox: the collection of public activities, and each of them by its id."""

import base64
import binascii
from typing import Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fediunion.activitypub.collections import collection_page, ordered_collection
from fediunion.activitypub.contexts import with_context
from fediunion.actors.fetching import asks_for_signatures, viewer_of_request
from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.queries import find_visible_local_actor
from fediunion.actors.viewer import ANONYMOUS
from fediunion.config import FederationMode
from fediunion.kit.errors import BadSignature, Gone, Invalid, NotFound
from fediunion.kit.json import JsonObject
from fediunion.outbox.models import OutboxActivity
from fediunion.outbox.queries import count_listed, find_public_activity, list_listed
from fediunion.world import World, world_of

PAGE_ITEMS: Final = 20

_MEDIA_TYPE: Final = "application/activity+json"
_VARY: Final = "Accept, Signature, Signature-Input"


async def show_outbox(request: Request) -> Response:
    """Answer with the collection, or with the page that `page=true` and an opaque `before` name."""
    world = world_of(request)
    actor = await _readable_actor(world, request)
    if request.query_params.get("page") != "true":
        return _answer(await world.db.read(_outbox_document, actor))
    before_id = _decoded(request.query_params.get("before"))
    return _answer(await world.db.read(_page_document, actor, before_id))


async def show_activity(request: Request) -> Response:
    """Answer with one public activity of an actor, as it was sent; 404 for every other."""
    world = world_of(request)
    actor = await _readable_actor(world, request)
    uri = f"{actor.uri}/activities/{request.path_params['slug']}"
    row = await world.db.read(find_public_activity, actor, uri)
    if row is None:
        raise NotFound("There is no such activity")
    return _answer(row.body.encode())


async def _readable_actor(world: World, request: Request) -> Actor:
    """Return the actor of the path, once whoever asks may see what it publishes.

    Institutions are read by everybody; a person's activities, and with authorized fetch everything, by who
    signs. Raises NotFound, Gone, BadSignature (401), NotAllowed for a blocked server.
    """
    if world.settings.federation.mode is FederationMode.OFF:
        raise NotFound("Not found")
    actor = await world.db.read(find_visible_local_actor, request.path_params["name"])
    if actor is None:
        raise NotFound("Not found")
    viewer = await viewer_of_request(world, request)
    person = actor.kind == ActorKind.MEMBER
    if viewer == ANONYMOUS and (person or asks_for_signatures(world.settings)):
        raise BadSignature("This is shown to servers that sign their requests", reason="no-signature")
    if actor.deleted_at is not None:
        raise Gone("The actor was deleted")
    if actor.suspended_at is not None:
        raise NotFound("Not found")
    return actor


def _outbox_document(session: Session, actor: Actor) -> bytes:
    total = count_listed(session, actor.id)
    outbox = _outbox_of(actor)
    return _rendered(ordered_collection(outbox, total, first=f"{outbox}?page=true" if total else None))


def _page_document(session: Session, actor: Actor, before_id: int | None) -> bytes:
    rows = list_listed(session, actor.id, before_id=before_id, limit=PAGE_ITEMS + 1)
    shown, outbox = rows[:PAGE_ITEMS], _outbox_of(actor)
    changed = _latest_objects(session, [row for row in shown if row.activity_type == "Create"])
    page = collection_page(
        f"{outbox}?page=true" + (f"&before={_encoded(before_id)}" if before_id is not None else ""),
        outbox,
        [_item(row, changed) for row in shown],
        total=count_listed(session, actor.id),
        next=f"{outbox}?page=true&before={_encoded(shown[-1].id)}" if len(rows) > PAGE_ITEMS else None,
    )
    return _rendered(page)


def _latest_objects(session: Session, created: list[OutboxActivity]) -> dict[str, object]:
    """Return by uri what the last public Update of each object said: an edit replaces what was first sent."""
    updates = session.scalars(
        select(OutboxActivity)
        .where(
            OutboxActivity.object_uri.in_([row.object_uri for row in created]),
            OutboxActivity.activity_type == "Update",
            OutboxActivity.public.is_(True),
        )
        .order_by(OutboxActivity.id)
    )
    return {row.object_uri or "": orjson.loads(row.body).get("object") for row in updates}


def _item(row: OutboxActivity, changed: dict[str, object]) -> JsonObject:
    item: JsonObject = orjson.loads(row.body)
    latest = changed.get(row.object_uri or "") if row.activity_type == "Create" else None
    if latest is not None:
        item["object"] = latest
        item.pop("proof", None)
    return item


def _outbox_of(actor: Actor) -> str:
    return actor.outbox_url or f"{actor.uri}/outbox"


def _rendered(document: JsonObject) -> bytes:
    return orjson.dumps(with_context(document))


def _answer(body: bytes) -> Response:
    return Response(body, media_type=_MEDIA_TYPE, headers={"Vary": _VARY, "Cache-Control": "private"})


def _encoded(row_id: int) -> str:
    return base64.urlsafe_b64encode(row_id.to_bytes(8)).decode().rstrip("=")


def _decoded(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("The page does not exist", field="before") from error
    if len(raw) != 8:
        raise Invalid("The page does not exist", field="before")
    return int.from_bytes(raw) & 0x7FFF_FFFF_FFFF_FFFF


ROUTES: Final = (
    Route("/actors/{name}/outbox", show_outbox),
    Route("/actors/{name}/activities/{slug}", show_activity),
)
