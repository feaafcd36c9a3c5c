"""Who may say what: key → owner → actor → object, compared actor by actor and never merely by host.

The one place for these rules: both inboxes and everything that is fetched ask here. Nothing here touches a
database or the network. Source: FEP-fe34; CVE-2024-23832, CVE-2025-54888;
docs/decisions/0024-authority-is-compared-by-actor.md.
"""

from collections.abc import Collection, Iterable
from enum import Enum

from fediunion.activitypub.vocab import (
    Activity,
    ActorDocument,
    Announce,
    CollectionDocument,
    Create,
    Delete,
    Dislike,
    EmojiReact,
    KeyDocument,
    Like,
    Link,
    Move,
    Object,
    PostDocument,
    Undo,
    Update,
)
from fediunion.kit.errors import BadDocument, BadSignature, Refused
from fediunion.kit.urls import authority_of, parse_remote_url, same_origin


class Sender(Enum):
    """What the signer of a delivery is to the activity in it.

    A `NEIGHBOUR` is another actor of the same host: nobody, unless `check_shared_key` lets it speak.
    """

    ITSELF = "itself"
    NEIGHBOUR = "neighbour"
    FORWARDER = "forwarder"


def sender_of(key_owner_uri: str, actor_uri: str) -> Sender:
    """Return what the owner of the signing key is to the activity's actor.

    Whose a key is, only its owner's own document says. An actor on another host than the owner makes the
    delivery a forwarded one, which proves nothing about the actor. Source: CVE-2025-54888; rows S27, S31.
    """
    if key_owner_uri == actor_uri:
        return Sender.ITSELF
    return Sender.NEIGHBOUR if _authority(key_owner_uri) == _authority(actor_uri) else Sender.FORWARDER


def check_key_origin(key_uri: str, owner_uri: str) -> None:
    """Raise BadSignature ("key-owner") for a key that is said to belong to an actor elsewhere (row S23)."""
    if not same_origin(owner_uri, key_uri):
        raise BadSignature("The key belongs to another server's actor", reason="key-owner")


def key_among(keys: Iterable[KeyDocument], key_uri: str) -> KeyDocument:
    """Return the key with just that id; raise BadSignature ("key-not-listed") where it is not there (S25)."""
    wanted = _key_identity(key_uri)
    for key in keys:
        if _key_identity(key.id) == wanted:
            return key
    raise BadSignature("What was fetched does not list the key", reason="key-not-listed")


def key_of_owner(owner: ActorDocument, owner_uri: str, key_uri: str) -> KeyDocument:
    """Return how the owner's own document states its key (row S31).

    Raises BadSignature: "key-owner" where the document is somebody else's or lists the key as another's,
    "key-not-listed". Source: FEP-fe34.
    """
    if owner.id != owner_uri:
        raise BadSignature("The key's owner has another id", reason="key-owner")
    listed = key_among(owner.public_keys, key_uri)
    if listed.owner != owner.id:
        raise BadSignature("The owner lists the key as another's", reason="key-owner")
    return listed


def check_shared_key(actor: ActorDocument, actor_uri: str, key_uri: str, key_owner_uri: str) -> KeyDocument:
    """Return how an actor's own document lists the key of its neighbour, who speaks for it then (row S31).

    Only within one origin: a document never lends its name to a key elsewhere. Raises BadSignature
    ("actor-mismatch") where the document is another's, or does not list the key as its own or its owner's.
    """
    try:
        if actor.id != actor_uri or not same_origin(actor_uri, key_uri):
            raise BadSignature("The key is from elsewhere", reason="key-owner")
        listed = key_among(actor.public_keys, key_uri)
        if listed.owner not in (actor_uri, key_owner_uri):
            raise BadSignature("The key is listed as somebody else's", reason="key-owner")
    except BadSignature as error:
        raise BadSignature(
            f"{key_owner_uri} signed what {actor_uri} is said to do", reason="actor-mismatch"
        ) from error
    return listed


def may_prove(key_uri: str, actor_uri: str) -> bool:
    """Return whether a key with that id could make a proof in the name of an actor (FEP-8b32)."""
    return same_origin(key_uri, actor_uri)


def is_ours(uri: str, own_authorities: Collection[str]) -> bool:
    """Return whether `uri` is on our own host: what it names is read from the database and nowhere else."""
    return _authority(uri) in own_authorities


def check_activity(activity: Activity, own_authorities: Collection[str]) -> None:
    """Raise Refused where nobody could do this, whoever signed it.

    - The id of an activity is on its actor's origin (scheme, host and port), and neither is ours.
    - What is created or updated is not ours (rows A04, A12, F14); an actor is updated by itself only.
    - What is deleted is on the actor's origin and not ours; nobody deletes another's things elsewhere.
    - What is undone was done by the same actor (row A16). A Move moves the actor itself (row A25).
    """
    actor, about = activity.actor, activity.object
    if is_ours(actor, own_authorities):
        raise Refused("Somebody else sent it in the name of one of our actors", reason="masquerade")
    if activity.id and not same_origin(activity.id, actor):
        raise Refused(f"{activity.id} is not on the server of {actor}", reason="foreign-id")
    if isinstance(activity, Create | Update):
        _check_published(activity, about, own_authorities)
    elif isinstance(activity, Delete):
        if is_ours(about.id, own_authorities):
            raise Refused(f"{about.id} is ours and not theirs to delete", reason="masquerade")
        if not same_origin(about.id, actor) or _names_another_actor(about, actor):
            raise Refused(f"{actor} may not delete {about.id}", reason="not-the-owner")
    elif isinstance(activity, Undo):
        if isinstance(about, Activity) and about.actor != actor:
            raise Refused(f"{actor} may not undo what {about.actor} did", reason="not-the-owner")
        if about.id and not same_origin(about.id, actor):
            raise Refused(f"{actor} may not undo {about.id}", reason="not-the-owner")
    elif isinstance(activity, Move) and about.id != actor:
        raise Refused(f"{actor} may not move {about.id}", reason="not-the-owner")


def group_speaks_for(group_uri: str, activity: Activity) -> bool:
    """Return whether a group may pass on what an actor did, without that actor's own signature (FEP-1b12).

    Servers run their groups themselves, so that such a server speaks for its own people: about posts and
    what is done to them. Never about the people: no account is deleted or moved, nobody followed or blocked,
    and no request answered by hearsay. Such things, and all from elsewhere, are asked for at their origin.
    """
    if not same_origin(group_uri, activity.actor) or activity.object.id == activity.actor:
        return False
    if isinstance(activity, Undo):
        return isinstance(activity.object, Like | EmojiReact | Dislike | Announce)
    return isinstance(activity, Create | Update | Delete | Like | EmojiReact | Dislike)


def check_known_object(activity: Activity, known_kind: str | None) -> None:
    """Raise Refused where an actor is deleted or updated by anybody but itself (row A03).

    `known_kind` is what the id of the object is known to name.
    """
    if (
        known_kind == "actor"
        and isinstance(activity, Delete | Update)
        and activity.object.id != activity.actor
    ):
        raise Refused(f"{activity.actor} is not {activity.object.id}", reason="not-the-owner")


def vouches_for_object(activity: Activity) -> bool:
    """Return whether the embedded object of a Create or Update may be used as it came.

    It may where its id is on the actor's origin and the actor is among those it is attributed to. Otherwise
    it has to be fetched from its own origin, and its own author is then the one who acts. But for an Announce
    (`vouches_for_boosted`) other types of activity never prove anything about an embedded object.
    """
    about = activity.object
    if not isinstance(activity, Create | Update) or isinstance(about, Link):
        return False
    if isinstance(about, ActorDocument):
        return False
    return same_origin(about.id, activity.actor) and activity.actor in authors_of(about)


def vouches_for_boosted(activity: Activity) -> bool:
    """Return whether the embedded post of an Announce may be used as it came: the announcer alone wrote it.

    Mastodon sends along what somebody boosts of their own followers-only posts, which nobody could fetch.
    """
    about = activity.object
    if not isinstance(activity, Announce) or not isinstance(about, PostDocument):
        return False
    return same_origin(about.id, activity.actor) and about.attributed_to == (activity.actor,)


def authors_of(document: Object) -> tuple[str, ...]:
    """Return the ids that a document is attributed to; none where it does not say."""
    return document.attributed_to if isinstance(document, PostDocument | CollectionDocument) else ()


def check_fetched(document: Object, url: str) -> None:
    """Raise Refused unless what was fetched for `url` has that id and authors on its own origin.

    That the id is the address which served it is the client's to see.
    """
    if document.id != url and not same_origin(document.id, url):
        raise Refused(f"{url} served {document.id}", reason="foreign-id")
    strangers = [author for author in authors_of(document) if not same_origin(author, document.id)]
    if strangers:
        raise Refused(f"{document.id} is attributed to {strangers[0]}", reason="not-the-owner")


def _check_published(activity: Activity, about: Object, own_authorities: Collection[str]) -> None:
    if about.id and is_ours(about.id, own_authorities):
        raise Refused(f"{about.id} is ours and comes from nowhere else", reason="masquerade")
    if any(is_ours(author, own_authorities) for author in authors_of(about)):
        raise Refused(f"{about.id} is said to be by one of our actors", reason="masquerade")
    if isinstance(about, ActorDocument) and about.id != activity.actor:
        raise Refused(f"{activity.actor} is not {about.id}", reason="not-the-owner")


def _names_another_actor(about: Object, actor: str) -> bool:
    return isinstance(about, ActorDocument) and about.id != actor


def _key_identity(key_uri: str) -> str:
    try:
        return parse_remote_url(key_uri).identity
    except BadDocument as error:
        raise BadSignature("The key id is no usable address", reason="key-id-refused") from error


def _authority(uri: str) -> str:
    try:
        return authority_of(uri)
    except BadDocument:
        return ""
