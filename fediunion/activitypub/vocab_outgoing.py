"""How an outgoing activity is put together."""

from collections.abc import Sequence
from datetime import datetime

from fediunion.activitypub.vocab_activities import Activity
from fediunion.activitypub.vocab_objects import JsonObject
from fediunion.kit.clock import format_instant


def activity_document(
    type: str | type[Activity],
    id: str,
    actor: str,
    object: str | JsonObject | Sequence[str | JsonObject],
    to: Sequence[str] = (),
    cc: Sequence[str] = (),
    published: datetime | None = None,
    **extra: object,
) -> JsonObject:
    """Return an outgoing activity without `@context`: `to` and `cc` as arrays, absent where empty.

    `extra` are further members by their wire names; those that are None are left out.
    """
    document: JsonObject = {
        "id": id,
        "type": type if isinstance(type, str) else type.type_name,
        "actor": actor,
    }
    if published is not None:
        document["published"] = format_instant(published)
    if to:
        document["to"] = list(to)
    if cc:
        document["cc"] = list(cc)
    document["object"] = object if isinstance(object, str | dict) else list(object)
    document.update((name, value) for name, value in extra.items() if value is not None)
    return document
