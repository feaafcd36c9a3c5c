"""Remote actors as rows: what of their documents is believed, and what is kept."""

from datetime import timedelta
from typing import Any, Final

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fediunion.activitypub.vocab import ActorDocument
from fediunion.actors.events import SearchConsentChanged
from fediunion.actors.models import Actor, ActorKind, Instance
from fediunion.actors.queries import find_actor_by_uri, find_instance
from fediunion.actors.service.local import suspend_actor, unsuspend_actor
from fediunion.actors.service.remote_keys import record_remote_keys, shows_other_keys
from fediunion.db import emit, insert_ignoring, now_of, settings_of
from fediunion.db.known_uris import TOMBSTONE, find_known_uri, is_buried, lift_burial, remember_uri
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import BadDocument, Gone, Refused
from fediunion.kit.html import clean_html, plain_name
from fediunion.kit.ids import new_id
from fediunion.kit.text import ascii_host, valid_username
from fediunion.kit.urls import parse_remote_url, same_origin

RFC9421: Final = "https://datatracker.ietf.org/doc/html/rfc9421"
LEARN_HOST: Final = "actors.learn_host"
VERIFY_HANDLE: Final = "actors.verify_handle"
REFRESH: Final = "actors.refresh"

_MAX_NAME: Final = 100
_MAX_SUMMARY_BYTES: Final = 20_000
_MAX_FIELDS: Final = 20
_MAX_FIELD_BYTES: Final = 2048
_MAX_EMOJIS: Final = 50
_MAX_ALIASES: Final = 20
_MAX_INBOX_BYTES: Final = 512
"""Inboxes stand in indexes, also beside an id, and PostgreSQL takes 2,704 bytes there."""
_MAX_IMPLEMENTS: Final = 50
_LEARN_AGAIN_AFTER: Final = timedelta(days=7)

_log = structlog.get_logger(__name__)


def record_remote_actor(
    session: Session,
    document: ActorDocument,
    *,
    fetched: bool = False,
    handle: str | None = None,
    proven_key_uri: str | None = None,
) -> Actor:
    """Return the row of a remote actor, made or brought up to date from a document that is its own.

    The caller has made sure that `document` speaks for its id. Only where it was `fetched` from there just
    now are keys replaced; from an Update that was delivered they never are, but a refetch is put in
    the queue (row F24). `handle` is a `user@host` that WebFinger confirmed both ways; without one, a new
    actor has the host of its id. `proven_key_uri` is a key that was fetched and named this actor.

    Raises Refused for an id of ours, Gone for one with a tombstone, BadDocument where the inbox is on
    another server (row F25) or longer than 512 bytes. Addresses on other servers are left out.
    """
    url = parse_remote_url(document.id)
    if url.authority in settings_of(session).authority or url.fragment:
        raise Refused(f"{document.id} cannot be the id of a remote actor", reason="own-id")
    _check_inbox(document)
    actor = find_actor_by_uri(session, document.id)
    known = None if actor is not None else find_known_uri(session, document.id)
    if (known is not None and is_buried(known.kind, known.row_id, None)) or (actor and actor.deleted_at):
        raise Gone(f"{document.id} was deleted")
    if known is not None and known.kind == TOMBSTONE:
        lift_burial(session, document.id)
        known = None
    if known is not None:
        raise Refused(f"{document.id} is the id of something else", reason="id-taken")
    username = _username_of(document)
    is_new = actor is None
    is_renamed = actor is None or actor.username.lower() != username.lower()
    if actor is None:
        actor = _new_actor(session, document, username, url.authority)
    _fill(session, actor, document, username)
    _mirror_suspension(session, actor, suspended=document.suspended)
    if is_renamed or handle is not None:
        settle_handle(session, actor, handle)
    instance = ensure_instance(session, actor.host)
    _note_implements(instance, document)
    if fetched:
        actor.fetched_at = now_of(session)
        keys_changed = record_remote_keys(session, actor, document.public_keys, proven_key_uri)
        if keys_changed and not is_new:
            _log.info("an actor of another server has other keys", actor=actor.id, host=actor.host)
    elif not is_new and shows_other_keys(session, actor, document.public_keys):
        enqueue(session, REFRESH, key=f"{REFRESH}:{actor.uri}", uri=actor.uri)
    if is_renamed and handle is None:
        enqueue(session, VERIFY_HANDLE, key=f"{VERIFY_HANDLE}:{actor.uri}", uri=actor.uri)
    return actor


def _check_inbox(document: ActorDocument) -> None:
    if not same_origin(document.inbox, document.id):
        raise BadDocument(f"the inbox of {document.id} is on another server", reason="foreign-inbox")
    if len(parse_remote_url(document.inbox).text) > _MAX_INBOX_BYTES:
        raise BadDocument(f"the inbox of {document.id} has too long an address", reason="long-inbox")


def ensure_instance(session: Session, host: str) -> Instance:
    """Return the row of the server `host[:port]`, made when it is new; once a week it is asked what it is."""
    now = now_of(session)
    instance = find_instance(session, host)
    if instance is None:
        row: dict[str, object] = {"id": new_id(), "host": host, "implements": [], "first_seen_at": now}
        insert_ignoring(session, Instance, [row])
        instance = session.scalars(select(Instance).where(Instance.host == host)).one()
    if instance.checked_at is None or instance.checked_at < now - _LEARN_AGAIN_AFTER:
        enqueue(session, LEARN_HOST, key=f"{LEARN_HOST}:{host}", host=host)
    return instance


def _new_actor(session: Session, document: ActorDocument, username: str, host: str) -> Actor:
    now = now_of(session)
    actor_id = new_id()
    actor = Actor(
        id=actor_id,
        uri=document.id,
        local=False,
        kind=ActorKind.REMOTE,
        wire_type=document.type,
        username=username,
        username_key=_unclaimed(username, actor_id),
        host=host,
        handle_host=host,
        inbox_url=parse_remote_url(document.inbox).text,
        display_name="",
        summary="",
        summary_source="",
        indexable=document.indexable is True,
        hides_collections=True,
        followers_count=0,
        following_count=0,
        posts_count=0,
        open_posts_count=0,
        created_at=min(document.published or now, now),
    )
    session.add(actor)
    remember_uri(session, actor.uri, "actor", actor.id)
    return actor


def _fill(session: Session, actor: Actor, document: ActorDocument, username: str) -> None:
    actor.wire_type = document.type
    if actor.username.lower() != username.lower():
        actor.username_key = _unclaimed(username, actor.id)
        actor.handle_host = actor.host
    actor.username = username
    actor.url = _own(document, document.url) or document.id
    actor.inbox_url = parse_remote_url(document.inbox).text
    shared_inbox = _own(document, document.shared_inbox)
    shared_inbox = shared_inbox and parse_remote_url(shared_inbox).text
    actor.shared_inbox_url = shared_inbox if len(shared_inbox or "") <= _MAX_INBOX_BYTES else None
    actor.outbox_url = _own(document, document.outbox)
    actor.followers_url = _own(document, document.followers)
    actor.following_url = _own(document, document.following)
    actor.featured_url = _own(document, document.featured)
    actor.featured_tags_url = _own(document, document.featured_tags)
    actor.display_name = plain_name(document.name or "", _MAX_NAME)
    actor.summary = clean_html(document.summary or "", max_bytes=_MAX_SUMMARY_BYTES)
    actor.fields = _fields_of(document)
    actor.emojis = [
        {"shortcode": emoji.shortcode, "url": emoji.icon_url} for emoji in document.emojis[:_MAX_EMOJIS]
    ]
    actor.icon_url = document.icon_url
    actor.header_url = document.image_url
    actor.also_known_as = list(document.also_known_as[:_MAX_ALIASES])
    # What it says is no move yet: others tell of it by an Update before the Move itself.
    actor.moved_to_uri = document.moved_to if document.moved_to != document.id else None
    actor.locked = document.manually_approves_followers
    actor.discoverable = document.discoverable is True
    _note_consent(session, actor, indexable=document.indexable is True)
    actor.memorial = document.memorial
    actor.updated_at = document.updated


def _note_consent(session: Session, actor: Actor, *, indexable: bool) -> None:
    if actor.indexable != indexable:
        emit(session, SearchConsentChanged(actor.id))
    actor.indexable = indexable


def _mirror_suspension(session: Session, actor: Actor, *, suspended: bool) -> None:
    """Hide an actor while its own server says that it is suspended; what we decided ourselves stands.

    Source: http://joinmastodon.org/ns#suspended, documented by Mastodon as a reversible state.
    """
    if suspended and actor.suspended_at is None:
        actor.suspended_by_origin = True
        suspend_actor(session, actor)
    elif not suspended and actor.suspended_by_origin:
        unsuspend_actor(session, actor)


def _fields_of(document: ActorDocument) -> list[dict[str, Any]]:
    return [
        {
            "name": plain_name(name, 255),
            "value": clean_html(value, max_bytes=_MAX_FIELD_BYTES),
            "verified_at": None,
        }
        for name, value in document.fields[:_MAX_FIELDS]
    ]


def _username_of(document: ActorDocument) -> str:
    name = document.preferred_username or (document.webfinger or "").partition("@")[0]
    if not valid_username(name):
        raise BadDocument(f"{document.id} has no usable name", reason="bad-username")
    return name


def _own(document: ActorDocument, address: str | None) -> str | None:
    return address if address is not None and same_origin(address, document.id) else None


def settle_handle(session: Session, actor: Actor, handle: str | None) -> None:
    """Give a remote actor its handle: `handle` where WebFinger confirmed it, else the host of its id.

    Of two who say the same name, the confirmed one has it, else the first.
    """
    if handle is None:
        unclaimed = actor.username_key == _unclaimed(actor.username, actor.id)
        if unclaimed and _holder(session, actor.username.lower(), actor.handle_host) is None:
            actor.username_key = actor.username.lower()
        return
    username, _, host = handle.partition("@")
    host = ascii_host(host) or actor.host
    if username.lower() != actor.username.lower() or host in settings_of(session).authority:
        return
    holder = _holder(session, username.lower(), host)
    if holder is not None and holder.id != actor.id:
        displaced = _unclaimed(holder.username, holder.id)
        session.execute(update(Actor).where(Actor.id == holder.id).values(username_key=displaced))
    actor.username_key, actor.handle_host = username.lower(), host


def lose_handle(actor: Actor) -> None:
    """Let nobody find the actor by its name, which on its server belongs to another."""
    actor.username_key, actor.handle_host = _unclaimed(actor.username, actor.id), actor.host


def _holder(session: Session, username_key: str, host: str) -> Actor | None:
    return session.scalar(select(Actor).where(Actor.username_key == username_key, Actor.handle_host == host))


def _unclaimed(username: str, actor_id: int) -> str:
    """Return a key that nobody can look up, for an actor whose name belongs to another."""
    return f"{username.lower()}!{actor_id}"


def _note_implements(instance: Instance, document: ActorDocument) -> None:
    told = list(document.implements[:_MAX_IMPLEMENTS])
    if told and told != instance.implements:
        instance.implements = told
        if RFC9421 in told and instance.signature_scheme is None:
            instance.signature_scheme = "rfc9421"
