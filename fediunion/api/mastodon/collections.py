"""Accounts that members recommend. Source: https://docs.joinmastodon.org/methods/collections/"""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, urlencode

from sqlalchemy.orm import Session

from fediunion.actors.known import get_account
from fediunion.actors.queries import get_actor
from fediunion.api.endpoint import Answer, Call, Endpoint, Json, delete, get, post, put
from fediunion.api.mastodon.entities.collection import (
    collection_entity,
    collection_item_entity,
    collection_with_accounts_entity,
)
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.params import Params
from fediunion.social.collections import service
from fediunion.social.collections.queries import (
    CollectionView,
    get_collection,
    list_collections,
    list_collections_with,
)
from fediunion.social.collections.service import CollectionChanges

_LIMIT, _MOST = 40, 80
_DEEPEST_OFFSET: Final = 10_000


def _changes(params: Params) -> CollectionChanges:
    def text(name: str) -> str | None:
        return params.text(name, most=1000) if name in params else None

    return CollectionChanges(
        name=text("name"),
        description=text("description"),
        language=text("language"),
        tag=text("tag_name"),
        sensitive=params.flag("sensitive") if "sensitive" in params else None,
        discoverable=params.flag("discoverable") if "discoverable" in params else None,
    )


async def _written(call: Call, write: Callable[[Session], int]) -> Entity:
    """Return the collection whose id `write` gives, wrapped, as its owner sees it."""

    def unit(session: Session) -> CollectionView:
        collection_id = write(session)
        session.flush()
        return get_collection(session, collection_id, call.viewer)

    view = await call.world.db.write(unit)
    return {"collection": collection_entity(view, frame_for(call.world.settings, call.viewer))}


async def create(call: Call) -> Json:
    """Make a collection."""
    caller, changes = call.member, _changes(call.params)
    account_ids = call.params.ids("account_ids", most=service.MAX_ITEMS + 1)

    def write(session: Session) -> int:
        owner = get_actor(session, caller.actor_id)
        return service.create_collection(session, owner, changes, account_ids).id

    return await _written(call, write)


async def change(call: Call) -> Json:
    """Change what is said about a collection."""
    caller, changes, collection_id = call.member, _changes(call.params), call.id

    def write(session: Session) -> int:
        owner = get_actor(session, caller.actor_id)
        return service.change_collection(session, owner, collection_id, changes).id

    return await _written(call, write)


async def show(call: Call) -> Json:
    """Show a collection and the accounts in it."""
    view = await call.world.db.read(get_collection, call.id, call.viewer)
    return collection_with_accounts_entity(view, frame_for(call.world.settings, call.viewer))


async def remove(call: Call) -> Json:
    """Delete a collection."""
    return await _act(call, service.delete_collection, call.id)


async def show_of_account(call: Call) -> Answer:
    """Show the collections of an account."""
    return await _listed(call, list_collections)


async def show_with_account(call: Call) -> Answer:
    """Show the collections in which an account is."""
    return await _listed(call, list_collections_with)


async def _listed(call: Call, query: Callable[..., list[CollectionView]]) -> Answer:
    account_id, limit = call.id_in("account_id"), call.page(_LIMIT, _MOST).limit
    offset = min(max(call.params.whole_number("offset", 0), 0), _DEEPEST_OFFSET)

    def load(session: Session) -> list[CollectionView]:
        get_account(session, account_id, call.viewer)
        return query(session, account_id, call.viewer, limit=limit + 1, offset=offset)

    views = await call.world.db.read(load)
    frame = frame_for(call.world.settings, call.viewer)
    shown = [collection_entity(view, frame) for view in views[:limit]]
    return Answer({"collections": shown}, headers=_links(call, limit, offset, more=len(views) > limit))


def _links(call: Call, limit: int, offset: int, *, more: bool) -> tuple[tuple[bytes, bytes], ...]:
    """Return the Link header: collections are paged by how many to leave out."""
    base = f"{call.world.settings.base_url}{quote(call.path)}"
    links = [f'<{base}?{urlencode({"limit": limit, "offset": offset + limit})}>; rel="next"'] if more else []
    if offset:
        back = urlencode({"limit": limit, "offset": max(0, offset - limit)})
        links.append(f'<{base}?{back}>; rel="prev"')
    return ((b"link", ", ".join(links).encode("ascii")),) if links else ()


async def add_item(call: Call) -> Json:
    """Put an account into a collection."""
    caller, collection_id, account_id = call.member, call.id_in("collection_id"), call.params.id("account_id")

    def unit(session: Session) -> Entity:
        owner = get_actor(session, caller.actor_id)
        return collection_item_entity(service.add_item(session, owner, collection_id, account_id or 0))

    return {"collection_item": await call.world.db.write(unit)}


async def remove_item(call: Call) -> Json:
    """Take an account out of a collection."""
    return await _act(call, service.remove_item, call.id_in("collection_id"), call.id)


async def revoke_item(call: Call) -> Json:
    """Be in somebody's collection no longer."""
    return await _act(call, service.revoke_item, call.id_in("collection_id"), call.id)


async def _act(call: Call, act: Callable[..., None], *ids: Any) -> Json:
    caller = call.member

    def unit(session: Session) -> None:
        act(session, get_actor(session, caller.actor_id), *ids)

    await call.world.db.write(unit)
    return {}


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    post("/api/v1/collections", create, "write:collections"),
    get("/api/v1/collections/:id", show, "read:collections", public=True),
    put("/api/v1/collections/:id", change, "write:collections"),
    delete("/api/v1/collections/:id", remove, "write:collections"),
    post("/api/v1/collections/:collection_id/items", add_item, "write:collections"),
    delete("/api/v1/collections/:collection_id/items/:id", remove_item, "write:collections"),
    post("/api/v1/collections/:collection_id/items/:id/revoke", revoke_item, "write:collections"),
    get("/api/v1/accounts/:account_id/collections", show_of_account, "read:collections", public=True),
    get("/api/v1/accounts/:account_id/in_collections", show_with_account, "read:collections"),
)
