"""Outgoing collections and their pages."""

from collections.abc import Sequence

from fediunion.kit.json import JsonObject


def ordered_collection(
    id: str,
    total: int | None,
    *,
    first: str | JsonObject | None = None,
    last: str | None = None,
    attributed_to: str | None = None,
    type: str = "OrderedCollection",
) -> JsonObject:
    """Return a collection without `@context`: its count, and where its first page is.

    Without `first` the members are hidden; other servers read exactly that as hidden. `total` None leaves
    the count out as well.
    """
    document: JsonObject = {"id": id, "type": type}
    if total is not None:
        document["totalItems"] = total
    if attributed_to is not None:
        document["attributedTo"] = attributed_to
    if first is not None:
        document["first"] = first
    if last is not None:
        document["last"] = last
    return document


def whole_collection(
    id: str,
    items: Sequence[str | JsonObject],
    *,
    total: int | None = None,
    attributed_to: str | None = None,
    type: str = "OrderedCollection",
) -> JsonObject:
    """Return a short collection that needs no pages (featured posts, featured tags)."""
    document = ordered_collection(
        id, len(items) if total is None else total, attributed_to=attributed_to, type=type
    )
    document[_items_member(type)] = list(items)
    return document


def collection_page(
    id: str,
    part_of: str,
    items: Sequence[str | JsonObject],
    *,
    total: int | None = None,
    next: str | None = None,
    prev: str | None = None,
    type: str = "OrderedCollectionPage",
) -> JsonObject:
    """Return one page of a collection, without `@context`; `next` and `prev` are absent at the ends."""
    document: JsonObject = {"id": id, "type": type, "partOf": part_of}
    if total is not None:
        document["totalItems"] = total
    if next is not None:
        document["next"] = next
    if prev is not None:
        document["prev"] = prev
    document[_items_member(type)] = list(items)
    return document


def _items_member(type: str) -> str:
    return "orderedItems" if type.startswith("Ordered") else "items"
