"""Received actors and their keys, from the JSON of any server, as typed documents."""

from fediunion.activitypub.parse_tags import parse_tags, picture_url
from fediunion.activitypub.values import each, instant, is_uri, name, text, truth, type_names, uri, uris
from fediunion.activitypub.vocab_objects import ACTOR_TYPES, ActorDocument, KeyDocument
from fediunion.kit.errors import BadDocument
from fediunion.kit.json import JsonObject
from fediunion.kit.text import valid_username
from fediunion.kit.urls import authority_of

MAX_FIELDS = 50
MAX_ALIASES = 256
MAX_KEYS = 16
MAX_KEY_CHARACTERS = 8192
MAX_IMPLEMENTS = 100
_MAX_FIELD_CHARACTERS = 10_000


def actor_type(document: JsonObject) -> str | None:
    """Return the first of the five actor types in `type`; None where the document is no actor."""
    return next((each_ for each_ in type_names(document.get("type")) if each_ in ACTOR_TYPES), None)


def parse_actor_document(document: JsonObject) -> ActorDocument:
    """Return an admitted document as an actor.

    Raises BadDocument without a supported type, an id, an inbox, or any of `preferredUsername` and
    `webfinger` (Mastodon's `fetch_remote_actor_service.rb` refuses the same).
    """
    get = document.get
    kind, actor_id, inbox = actor_type(document), get("id"), uri(get("inbox"))
    if kind is None:
        raise BadDocument(
            "An actor is a person, organization, service, group or application.", reason="bad-type"
        )
    if not is_uri(actor_id, fragment=False) or not isinstance(actor_id, str):
        raise BadDocument("An actor needs an absolute http(s) id without fragment.", reason="bad-id")
    if inbox is None:
        raise BadDocument("An actor needs an inbox.", reason="incomplete-actor")
    username, webfinger = _username(name(get("preferredUsername")), kind, actor_id), _acct(get("webfinger"))
    if username is None and webfinger is None:
        raise BadDocument(
            "An actor needs a preferredUsername or a webfinger address.", reason="incomplete-actor"
        )
    if username is not None and not valid_username(username):
        raise BadDocument("The actor's preferredUsername cannot be one.", reason="bad-username")
    tags = parse_tags(get("tag"))
    endpoints = get("endpoints")
    shared_inbox = endpoints.get("sharedInbox") if isinstance(endpoints, dict) else None
    return ActorDocument(
        id=actor_id,
        type=kind,
        raw=document,
        inbox=inbox,
        preferred_username=username,
        webfinger=webfinger,
        name=name(get("name")),
        summary=text(get("summary")) or text(get("content")),
        url=_page_of(get("url")),
        outbox=uri(get("outbox")),
        shared_inbox=uri(shared_inbox) or uri(get("sharedInbox")),
        followers=uri(get("followers")),
        following=uri(get("following")),
        featured=uri(get("featured")),
        featured_tags=uri(get("featuredTags")),
        icon_url=picture_url(get("icon")),
        image_url=picture_url(get("image")),
        fields=_profile_fields(get("attachment")),
        also_known_as=uris(get("alsoKnownAs"), MAX_ALIASES),
        moved_to=uri(get("movedTo")),
        manually_approves_followers=get("manuallyApprovesFollowers") is True,
        discoverable=truth(get("discoverable")),
        indexable=truth(get("indexable")),
        memorial=get("memorial") is True,
        suspended=get("suspended") is True,
        published=instant(get("published")),
        updated=instant(get("updated")),
        public_keys=_keys_of_actor(document, actor_id),
        emojis=tuple(tags.emojis),
        hashtags=tuple(tags.hashtags),
        implements=_implements(document),
        attributed_to=uris(get("attributedTo"), MAX_KEYS),
    )


def _username(said: str | None, kind: str, actor_id: str) -> str | None:
    """Return the name; that of a server itself, where it is its host with a port, without the colon.

    GoToSocial calls its instance actor so, which signs what it fetches and reports.
    """
    if said and ":" in said and kind in ("Application", "Service") and said.lower() == authority_of(actor_id):
        return said.replace(":", "-")
    return said


def _acct(value: object) -> str | None:
    """Return `user@host` from a FEP-2c59 `webfinger` member, with or without `acct:`."""
    address = value.removeprefix("acct:").lstrip("@") if isinstance(value, str) else ""
    username, _, host = address.partition("@")
    usable = len(address) <= 512 and valid_username(username) and "." in host
    return address if usable and host.isprintable() and not set(host) & set(" /?#@\\") else None


def _page_of(value: object) -> str | None:
    pages = [
        link for link in each(value, 32) if isinstance(link, dict) and "html" in str(link.get("mediaType"))
    ]
    return uri(pages) or uri(value)


def _profile_fields(value: object) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for entry in each(value, MAX_FIELDS):
        if not isinstance(entry, dict) or "PropertyValue" not in str(entry.get("type")):
            continue
        label, content = name(entry.get("name")), text(entry.get("value"), _MAX_FIELD_CHARACTERS)
        if label is not None:
            found.append((label, content or ""))
    return tuple(found)


def _implements(document: JsonObject) -> tuple[str, ...]:
    """Return what the actor's software says it implements, on itself or on its `generator` (FEP-844e)."""
    generator = document.get("generator")
    theirs = generator.get("implements") if isinstance(generator, dict) else None
    return tuple(
        dict.fromkeys(uris(document.get("implements"), MAX_IMPLEMENTS) + uris(theirs, MAX_IMPLEMENTS))
    )


def _keys_of_actor(document: JsonObject, actor_id: str) -> tuple[KeyDocument, ...]:
    found: list[KeyDocument] = []
    for member in ("publicKey", "assertionMethod"):
        for entry in each(document.get(member), MAX_KEYS):
            key = _key(entry, actor_id)
            if key is not None:
                found.append(key)
    return tuple(found)


def _key(entry: object, actor_id: str) -> KeyDocument | None:
    """Return a key; one given by its id alone has neither `pem` nor `multibase` and must be fetched."""
    if isinstance(entry, str):
        return KeyDocument(id=entry, owner=actor_id) if is_uri(entry) else None
    if not isinstance(entry, dict):
        return None
    key_id = entry.get("id")
    if not isinstance(key_id, str) or not is_uri(key_id):
        return None
    owner = uri(entry.get("owner")) or uri(entry.get("controller"))
    return KeyDocument(
        id=key_id,
        owner=owner if owner is not None else actor_id,
        pem=text(entry.get("publicKeyPem"), MAX_KEY_CHARACTERS),
        multibase=text(entry.get("publicKeyMultibase"), MAX_KEY_CHARACTERS),
    )


def keys_in(document: JsonObject) -> tuple[KeyDocument, ...]:
    """Return the keys in an admitted document that was fetched by a key's id.

    It may be an actor, whole or a stub with its key alone (GoToSocial without a signature), or the key
    itself. A key without declared owner belongs to nobody and is left out.
    """
    if "publicKeyPem" in document or "publicKeyMultibase" in document:
        key = _key(document, "")
        return (key,) if key is not None and key.owner else ()
    actor_id = document.get("id")
    return _keys_of_actor(document, actor_id) if isinstance(actor_id, str) and is_uri(actor_id) else ()
