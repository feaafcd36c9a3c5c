"""JSON from elsewhere as typed documents: tolerant of how it is written, strict about what it must hold."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fediunion.activitypub.parse_actors import actor_type, keys_in, parse_actor_document
from fediunion.activitypub.parse_posts import MAX_RECIPIENTS, POST_TYPES, parse_post, parse_unknown
from fediunion.activitypub.parse_tags import parse_tags
from fediunion.activitypub.values import (
    admit,
    count,
    each,
    instant,
    is_uri,
    recipients,
    text,
    type_names,
    uri,
    uris,
)
from fediunion.activitypub.vocab import (
    ACTIVITY_CLASSES,
    Activity,
    ActorDocument,
    CollectionDocument,
    Create,
    DocumentClaim,
    Flag,
    KeyDocument,
    Link,
    Object,
    Tombstone,
    Update,
)
from fediunion.kit.errors import BadDocument
from fediunion.kit.json import JsonObject

MAX_NESTED_ACTIVITIES = 3
MAX_FLAGGED = 100
MAX_COLLECTION_ITEMS = 2000
UNKNOWN_ACTIVITY_TYPE = "unknown-activity-type"

_ACTIVITIES = {
    prefix + cls.type_name: cls
    for prefix in ("", "as:", "https://www.w3.org/ns/activitystreams#")
    for cls in ACTIVITY_CLASSES
}
_COLLECTIONS = ("Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage")
_Claims = Sequence[DocumentClaim]


def parse_activity(document: object, *, claims: _Claims = (), missing_id: str = "") -> Activity:
    """Return a received activity with its object, nested activities up to three deep.

    `claims` are the documents that features recognise, the most specific first. `missing_id` is what it is
    called where it has no id; without that it needs one. Raises BadDocument with `reason`
    UNKNOWN_ACTIVITY_TYPE for a type nobody has heard of, else one of bad-type, bad-id, bad-actor, bad-object,
    not-an-object, not-json, json-ld-keyword, incomplete-actor, bad-username.
    Who signed and whether actor and object belong together is decided elsewhere.
    """
    return _activity(admit(document), claims, depth=1, missing_id=missing_id)


def parse_object(document: object, *, claims: _Claims = ()) -> Object:
    """Return a fetched document: a post, actor, activity, collection or tombstone. Raises BadDocument."""
    return _object(admit(document), claims, depth=0)


def parse_actor(document: object) -> ActorDocument:
    """Return a fetched actor. Raises BadDocument where it is none or lacks what every actor needs."""
    return parse_actor_document(admit(document))


def parse_keys(document: object) -> tuple[KeyDocument, ...]:
    """Return the keys in what was fetched by a key's id: the key, its actor, or a stub of the actor."""
    return keys_in(admit(document))


def parse_collection(document: object) -> CollectionDocument:
    """Return a fetched collection or page of one. Raises BadDocument where it is none."""
    found = _object(admit(document), (), depth=0)
    if not isinstance(found, CollectionDocument):
        raise BadDocument("This is no collection.", reason="bad-type")
    return found


def _activity(document: JsonObject, claims: _Claims, *, depth: int, missing_id: str = "") -> Activity:
    get = document.get
    type_name = get("type")
    if not isinstance(type_name, str) or not type_name or len(type_name) > 256:
        raise BadDocument("An activity needs one type, as a string.", reason="bad-type")
    cls = _ACTIVITIES.get(type_name)
    if cls is None:
        raise BadDocument(
            f"Nobody here knows activities of type {type_name[:64]!r}.", reason=UNKNOWN_ACTIVITY_TYPE
        )
    activity_id = get("id")
    if not isinstance(activity_id, str) or not is_uri(activity_id):
        if (depth == 1 and not missing_id) or activity_id is not None:
            raise BadDocument("An activity needs an absolute http(s) id.", reason="bad-id")
        activity_id = missing_id
    values: dict[str, Any] = {
        "id": activity_id,
        "type": cls.type_name,
        "raw": document,
        "actor": _actor_of(document),
        "target": uri(get("target")),
        "to": recipients(get("to"), MAX_RECIPIENTS),
        "cc": recipients(get("cc"), MAX_RECIPIENTS),
        "audience_uris": uris(get("audience"), 16),
        "published": instant(get("published")),
    }
    about = get("object")
    if cls is Flag:
        values["objects"] = uris(about, MAX_FLAGGED)
        about = values["objects"][0] if values["objects"] else None
    values["object"] = _object_of(cls, activity_id, about, claims, depth)
    members = cls.__dataclass_fields__
    if "content" in members:
        values["content"] = (
            text(get("content")) or text(get("_misskey_reaction")) or text(get("participationMessage"))
        )
    if "emojis" in members:
        values["emojis"] = tuple(parse_tags(get("tag")).emojis)
    if "result" in members:
        values["result"] = uri(get("result"))
    if "instrument" in members and get("instrument") is not None:
        values["instrument"] = _object_of(cls, activity_id, get("instrument"), claims, depth)
    return cls(**values)


def _actor_of(document: JsonObject) -> str:
    """Return the actor's id from a string or an object that has one. Raises BadDocument."""
    actor = document.get("actor")
    actor = actor[0] if isinstance(actor, list) and len(actor) == 1 else actor
    actor = actor.get("id") if isinstance(actor, dict) else actor
    if not isinstance(actor, str) or not is_uri(actor, fragment=False):
        raise BadDocument("An activity needs the id of the one actor who did it.", reason="bad-actor")
    return actor


def _object_of(cls: type[Activity], activity_id: str, value: object, claims: _Claims, depth: int) -> Object:
    """Return what the activity was done to. Raises BadDocument.

    Outside Create and Update the body of an embedded object is never used to store it, so one that
    cannot be read counts as its id.
    """
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    about = value if isinstance(value, str) else value.get("id") if isinstance(value, dict) else None
    if about is not None and about == activity_id:
        raise BadDocument("An activity cannot be done to itself.", reason="bad-object")
    if isinstance(about, str) and not is_uri(about):
        raise BadDocument("The id of the object is no absolute http(s) address.", reason="bad-id")
    if isinstance(value, str):
        return Link(id=value, type="Link", raw={"id": value})
    if not isinstance(value, dict):
        raise BadDocument("An activity needs one object.", reason="bad-object")
    if "type" not in value and isinstance(about, str):
        return Link(id=about, type="Link", raw=value)
    try:
        return _object(value, claims, depth=depth)
    except BadDocument as error:
        if cls in (Create, Update) or error.reason == "bad-object" or not isinstance(about, str):
            raise
        return Link(id=about, type="Link", raw=value)


def _object(document: JsonObject, claims: _Claims, *, depth: int) -> Object:
    kind = document.get("type")
    if isinstance(kind, str) and kind in _ACTIVITIES:
        if depth >= MAX_NESTED_ACTIVITIES:
            raise BadDocument("Activities are nested too deep.", reason="bad-object")
        return _activity(document, claims, depth=depth + 1)
    types = type_names(kind)
    if not types:
        raise BadDocument("An object needs a type.", reason="bad-type")
    for type_name in types:
        cls = POST_TYPES.get(type_name)
        if cls is not None:
            return _claimed(parse_post(cls, type_name, document), claims)
        if type_name == "Tombstone":
            return _tombstone(document)
        if type_name in _COLLECTIONS:
            return _collection(document, type_name)
    if actor_type(document) is not None:
        return parse_actor_document(document)
    return _claimed(parse_unknown(types[0], document, embedded=depth > 0), claims)


def _claimed(document: Object, claims: _Claims) -> Object:
    """Return the document as the first feature that recognises it reads it, else as it is and why."""
    for claim in claims:
        if isinstance(document, claim.base) and claim.claims(document.raw):
            try:
                return claim.build(document)
            except BadDocument as error:
                return replace(document, claim_refused=str(error))
    return document


def _tombstone(document: JsonObject) -> Tombstone:
    tombstone_id = document.get("id")
    if not isinstance(tombstone_id, str) or not is_uri(tombstone_id):
        raise BadDocument("A tombstone needs the id of what was deleted.", reason="bad-id")
    former = next(iter(type_names(document.get("formerType"))), None)
    deleted = instant(document.get("deleted"))
    return Tombstone(id=tombstone_id, type="Tombstone", raw=document, former_type=former, deleted=deleted)


def _collection(document: JsonObject, type_name: str) -> CollectionDocument:
    """Return a collection or page; its id may be missing on an embedded page."""
    get = document.get
    first = get("first")
    items = get("orderedItems") if get("orderedItems") is not None else get("items")
    return CollectionDocument(
        id=uri(get("id")) or "",
        type=type_name,
        raw=document,
        total_items=count(get("totalItems")),
        items=tuple(
            entry
            for entry in each(items, MAX_COLLECTION_ITEMS)
            if isinstance(entry, dict) or (isinstance(entry, str) and is_uri(entry))
        ),
        first=uri(first),
        first_page=first if isinstance(first, dict) else None,
        next=uri(get("next")),
        part_of=uri(get("partOf")),
        attributed_to=uris(get("attributedTo"), 16),
    )
