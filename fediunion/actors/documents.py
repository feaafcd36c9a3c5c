"""Our actors and their collections as ActivityStreams documents."""

import mimetypes
from collections.abc import Sequence
from typing import Any, Final

from fediunion.activitypub.collections import ordered_collection
from fediunion.activitypub.contexts import ACTIVITY_STREAMS, SECURITY, with_context
from fediunion.activitypub.vocab import PUBLIC, emoji_document
from fediunion.actors.models import Actor, ActorKey, ActorKind
from fediunion.config import Settings
from fediunion.kit.clock import format_instant
from fediunion.kit.json import JsonObject

IMPLEMENTS: Final[tuple[JsonObject, ...]] = (
    {
        "type": "Link",
        "name": "RFC-9421: HTTP Message Signatures",
        "href": "https://datatracker.ietf.org/doc/html/rfc9421",
    },
    {
        "type": "Link",
        "name": "RFC-9421 signatures using the Ed25519 algorithm",
        "href": "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25",
    },
    {"type": "Link", "name": "FediUnion", "href": "https://w3id.org/fediunion/ns#"},
)

_MORE_TERMS: Final = {
    "canFeature": {"@id": "https://w3id.org/fep/7aa9#canFeature", "@type": "@id"},
    "attributionDomains": {"@id": "toot:attributionDomains", "@type": "@id"},
}


def actor_document(actor: Actor, keys: Sequence[ActorKey], settings: Settings) -> JsonObject:
    """Return the whole document of an actor of ours; `keys` are those of `queries.keys_of`.

    A person's `published` is left out: when a member joined is nobody's business. A suspended actor has a
    name and nothing else to show. Source: https://www.w3.org/TR/activitypub/#actor-objects; FEP-521a,
    FEP-2c59, FEP-844e, FEP-7aa9.
    """
    person = actor.kind == ActorKind.MEMBER
    shown = actor.suspended_at is None
    document: JsonObject = {
        "id": actor.uri,
        "type": actor.wire_type,
        "preferredUsername": actor.username,
        "webfinger": f"{actor.username}@{actor.handle_host}",
        "name": (actor.display_name or actor.username) if shown else actor.username,
        "summary": actor.summary if shown else "",
        "url": actor.url,
        "inbox": actor.inbox_url,
        "outbox": actor.outbox_url,
        "followers": actor.followers_url,
        "following": actor.following_url,
        "featured": actor.featured_url,
        "featuredTags": actor.featured_tags_url,
        "endpoints": {"sharedInbox": actor.shared_inbox_url},
        "manuallyApprovesFollowers": actor.locked,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "publicKey": _main_key(actor, keys),
        "assertionMethod": [_multikey(actor, key) for key in keys if key.algorithm == "ed25519"],
        "interactionPolicy": {"canFeature": {"automaticApproval": [_may_feature(actor)]}},
        "generator": {"type": "Application", "implements": list(IMPLEMENTS)},
        "attachment": _attachments(actor) if shown else [],
        "tag": _emojis(actor, settings.base_url) if shown else [],
    }
    if actor.kind == ActorKind.INSTANCE:
        document["implements"] = list(IMPLEMENTS)
    if actor.kind == ActorKind.UNION:
        document |= _as_union(settings)
    if not person:
        document["published"] = format_instant(actor.created_at)
    if actor.updated_at is not None and not person:
        document["updated"] = format_instant(actor.updated_at)
    if shown:
        document |= _pictures(actor)
        if actor.also_known_as:
            document["alsoKnownAs"] = list(actor.also_known_as)
        if actor.attribution_domains:
            document["attributionDomains"] = list(actor.attribution_domains)
        if actor.moved_to_uri is not None:
            document["movedTo"] = actor.moved_to_uri
    else:
        document["suspended"] = True
    if actor.memorial:
        document["memorial"] = True
    return with_context(document, more=_MORE_TERMS)


def actor_stub(actor: Actor, keys: Sequence[ActorKey]) -> JsonObject:
    """Return what a request without signature is told of a member under authorized fetch (row V36).

    Just enough to check the member's signatures: other servers refuse an actor without inbox and name.
    """
    document: JsonObject = {
        "id": actor.uri,
        "type": actor.wire_type,
        "preferredUsername": actor.username,
        "inbox": actor.inbox_url,
        "publicKey": _main_key(actor, keys),
    }
    return with_context(document, [ACTIVITY_STREAMS, SECURITY])


def tombstone_document(actor: Actor) -> JsonObject:
    """Return what stands where an actor was that could be seen once."""
    document: JsonObject = {"id": actor.uri, "type": "Tombstone", "formerType": actor.wire_type}
    if actor.deleted_at is not None and actor.kind != ActorKind.MEMBER:
        document["deleted"] = format_instant(actor.deleted_at)
    return with_context(document, ACTIVITY_STREAMS)


def follow_collection(actor: Actor, uri: str, total: int, settings: Settings) -> JsonObject:
    """Return the followers or following of an actor of ours: how many, never who.

    Who follows a union is a person too, so no collection has pages. A person's count is given where the
    configuration allows it. Mastodon reads a missing `first` as hidden.
    """
    told = actor.kind != ActorKind.MEMBER or settings.privacy.follow_counts
    collection = ordered_collection(uri, total if told else None, attributed_to=actor.uri)
    return with_context(collection, ACTIVITY_STREAMS)


def _as_union(settings: Settings) -> JsonObject:
    """Return what kind of union ours is, where that is said (vocabulary: level, sector, uniRegion)."""
    instance = settings.instance
    said = {
        "fu:level": str(instance.level),
        "fu:sector": instance.sector,
        "fu:uniRegion": str(instance.region),
    }
    return {term: word for term, word in said.items() if word}


def _main_key(actor: Actor, keys: Sequence[ActorKey]) -> JsonObject:
    key = next(key for key in keys if key.algorithm == "rsa" and key.retired_at is None)
    return {"id": key.key_uri, "owner": actor.uri, "publicKeyPem": key.public}


def _multikey(actor: Actor, key: ActorKey) -> JsonObject:
    return {
        "id": key.key_uri,
        "type": "Multikey",
        "controller": actor.uri,
        "publicKeyMultibase": key.public,
    }


def _may_feature(actor: Actor) -> str:
    """Return who may put the actor into a collection of theirs without asking (FEP-7aa9)."""
    return PUBLIC if actor.discoverable else actor.uri


def _attachments(actor: Actor) -> list[JsonObject]:
    return [
        {"type": "PropertyValue", "name": field["name"], "value": field["value"]} for field in actor.fields
    ]


def _emojis(actor: Actor, base: str) -> list[JsonObject]:
    return [emoji_document(base, emoji["shortcode"], emoji["url"]) for emoji in actor.emojis]


def _pictures(actor: Actor) -> JsonObject:
    pictures: JsonObject = {}
    for member, url, description in (
        ("icon", actor.icon_url, actor.icon_description),
        ("image", actor.header_url, actor.header_description),
    ):
        if url is not None:
            picture: dict[str, Any] = {"type": "Image", "url": url}
            media_type = mimetypes.guess_type(url)[0]
            if media_type is not None:
                picture["mediaType"] = media_type
            if description:
                picture["name"] = description
            pictures[member] = picture
    return pictures
