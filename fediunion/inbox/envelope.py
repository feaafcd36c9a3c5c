"""What can be seen of an activity before anything in it is believed or understood."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import orjson

from fediunion.activitypub.jsonparse import parse_json_object
from fediunion.activitypub.values import admit, is_uri
from fediunion.kit.errors import BadDocument
from fediunion.kit.json import JsonObject

_LONGEST_TYPE: Final = 256
_PUBLISHING: Final = ("Create", "Update")
_MAY_LACK_ID: Final = ("Add", "Remove")
_WITHOUT_ID: Final = "#no-id/"
_NEED_OBJECT: Final = frozenset(
    (
        *("Follow", "Accept", "Reject", "Undo", "Create", "Update", "Delete", "Announce", "Like"),
        *("EmojiReact", "Dislike", "Block", "Flag", "Move", "Add", "Remove", "Join", "Offer", "Invite"),
        *("QuoteRequest", "ReplyRequest", "LikeRequest", "AnnounceRequest"),
    )
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Id, type, actor and object of an activity. `actor_embedded`: it was an object and not an id.

    `transient`: it has no id, and `uri` is what it is called here.
    `body` is the JSON text to keep: as received, without `bto` and `bcc` where there were any.
    """

    uri: str
    type: str
    actor_uri: str
    actor_embedded: bool
    object_uri: str | None
    document: JsonObject
    body: str
    transient: bool = False

    @property
    def is_goodbye(self) -> bool:
        """Whether an actor says that it is gone."""
        return self.type == "Delete" and self.object_uri == self.actor_uri


def read_envelope(body: bytes) -> Envelope:
    """Return what `body` says about itself; raise BadDocument, with the reason, for what is no activity.

    Mastodon gives no id to an Add or Remove, by which nothing is ever named. Everything else needs one: what
    answers or undoes it names it so. Source: https://www.w3.org/TR/activitypub/#obj-id
    """
    received = parse_json_object(body)
    document = admit(received)
    type_name = document.get("type")
    if not isinstance(type_name, str) or not 0 < len(type_name) <= _LONGEST_TYPE:
        raise BadDocument("An activity needs one type, as a string", reason="bad-type")
    uri = document.get("id")
    transient = uri is None and type_name in _MAY_LACK_ID
    actor, embedded = _actor_of(document.get("actor"))
    if transient:
        uri = f"{actor}{_WITHOUT_ID}{hashlib.sha256(body).hexdigest()}"
    if not isinstance(uri, str) or not is_uri(uri):
        raise BadDocument("An activity needs an absolute http(s) id", reason="bad-id")
    kept = body.decode() if document is received else orjson.dumps(document).decode()
    about = _object_uri(document, uri, type_name)
    return Envelope(uri, type_name, actor, embedded, about, document, kept, transient)


def is_transient(uri: str, actor_uri: str) -> bool:
    """Return whether an activity of an actor is called `uri` because it came without an id."""
    return uri.startswith(f"{actor_uri}{_WITHOUT_ID}")


def _actor_of(value: object) -> tuple[str, bool]:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    embedded = isinstance(value, dict)
    if isinstance(value, dict):
        value = value.get("id")
    if not isinstance(value, str) or not is_uri(value, fragment=False):
        raise BadDocument("An activity needs the id of the one actor who did it", reason="bad-actor")
    return value, embedded


def _object_uri(document: JsonObject, uri: str, type_name: str) -> str | None:
    """Return the id of the object, or of the first of several; None where it has none."""
    value = document.get("object")
    if value is None:
        if type_name in _NEED_OBJECT:
            raise BadDocument("An activity of this type needs an object", reason="bad-object")
        return None
    objects = list(_ids_of(value))
    if not objects and value != [] and not isinstance(value, dict):
        raise BadDocument("The object is neither a document nor an id", reason="bad-object")
    if uri in objects:
        raise BadDocument("An activity cannot be done to itself", reason="bad-object")
    if type_name in _PUBLISHING and any("#" in each for each in objects) and not _is_vote(value):
        raise BadDocument("The id of an object has no fragment", reason="bad-id")
    return objects[0] if objects else None


def _is_vote(value: object) -> bool:
    """Return whether this looks like a vote in a poll, which is never stored: Mastodon's are `…#votes/1`."""
    return (
        isinstance(value, dict)
        and bool(value.get("name") and value.get("inReplyTo"))
        and not value.get("content")
    )


def _ids_of(value: object) -> Iterator[str]:
    for entry in value if isinstance(value, list) else (value,):
        found = entry.get("id") if isinstance(entry, dict) else entry
        if found is None:
            continue
        if not isinstance(found, str) or not is_uri(found):
            raise BadDocument("The id of the object is no absolute http(s) address", reason="bad-id")
        yield found
