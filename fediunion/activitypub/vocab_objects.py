"""What ActivityStreams documents have in common, and those that are neither posts nor activities.

Source: https://www.w3.org/TR/activitystreams-vocabulary/
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from fediunion.kit.json import JsonObject

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
PUBLIC_SPELLINGS = frozenset({PUBLIC, "as:Public", "Public"})

ACTOR_TYPES = ("Person", "Organization", "Service", "Group", "Application")


@dataclass(frozen=True, kw_only=True, slots=True)
class Object:
    """Any document: its `id` ("" where an embedded one has none), its `type`, and the JSON it was read from.

    `raw` is the received JSON without `bto` and `bcc`; treat it as read-only.
    `claim_refused` says why a feature that recognised the document could not read it.
    """

    type_name: ClassVar[str] = "Object"

    id: str
    type: str
    raw: JsonObject
    claim_refused: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Link(Object):
    """An object given by its id alone."""

    type_name: ClassVar[str] = "Link"


@dataclass(frozen=True, kw_only=True, slots=True)
class EmojiDocument:
    """A custom emoji: `shortcode` without colons, and where its picture is."""

    shortcode: str
    icon_url: str
    id: str | None = None
    media_type: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyDocument:
    """A public key of an actor: `pem` from `publicKey`, or `multibase` from `assertionMethod` (FEP-521a)."""

    id: str
    owner: str
    pem: str | None = None
    multibase: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ActorDocument(Object):
    """Someone or something that can act, here or elsewhere.

    `summary` and the values of `fields` are HTML as received, not yet cleaned; `name` likewise.
    `webfinger` is the acct address without `acct:` (FEP-2c59). `url` may be on another host than `id`:
    the caller decides (Mastodon discards it then).
    """

    type_name: ClassVar[str] = "Actor"

    inbox: str
    preferred_username: str | None = None
    webfinger: str | None = None
    name: str | None = None
    summary: str | None = None
    url: str | None = None
    outbox: str | None = None
    shared_inbox: str | None = None
    followers: str | None = None
    following: str | None = None
    featured: str | None = None
    featured_tags: str | None = None
    icon_url: str | None = None
    image_url: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    also_known_as: tuple[str, ...] = ()
    moved_to: str | None = None
    manually_approves_followers: bool = False
    discoverable: bool | None = None
    indexable: bool | None = None
    memorial: bool = False
    suspended: bool = False
    published: datetime | None = None
    updated: datetime | None = None
    public_keys: tuple[KeyDocument, ...] = ()
    emojis: tuple[EmojiDocument, ...] = ()
    hashtags: tuple[str, ...] = ()
    implements: tuple[str, ...] = ()
    attributed_to: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Tombstone(Object):
    """What stands where something was deleted."""

    type_name: ClassVar[str] = "Tombstone"

    former_type: str | None = None
    deleted: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CollectionDocument(Object):
    """A collection or one page of it; `items` are as received: ids or embedded objects.

    `first` is the id of the first page; where the page is embedded, `first_page` holds it.
    A collection with neither items nor `first` is hidden by its owner (Mastodon's reading).
    """

    type_name: ClassVar[str] = "Collection"

    total_items: int | None = None
    items: tuple[str | JsonObject, ...] = ()
    first: str | None = None
    first_page: JsonObject | None = None
    next: str | None = None
    part_of: str | None = None
    attributed_to: tuple[str, ...] = ()

    @property
    def hidden(self) -> bool:
        """Whether the owner tells how many there are at most, and not which."""
        return not self.items and self.first is None and self.first_page is None


@dataclass(frozen=True, slots=True)
class DocumentClaim:
    """How a feature recognises its own documents among those of a general type.

    Where `claims(json)` is true for a document that reads as `base`, `build(document)` gives the more
    specific one; it raises BadDocument where the extension is malformed, and the plain document stays.
    """

    base: type[Object]
    claims: Callable[[JsonObject], bool]
    build: Callable[[Any], Object]


ExtendedT = TypeVar("ExtendedT", bound=Object)


def extend_document(document: Object, into: type[ExtendedT], **more: object) -> ExtendedT:
    """Return an `into`, which inherits from the document's class, with its values and `more`."""
    values = {each.name: getattr(document, each.name) for each in fields(document)}
    return into(**(values | more))
