"""Actors of ours: making them, their keys, and how far they are seen."""

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fediunion.actors.events import ActorKeysRotated, ActorSuspended
from fediunion.actors.keys import NewKeys, key_rows
from fediunion.actors.models import Actor, ActorKey, ActorKind, Reach
from fediunion.actors.names import INSTANCE_NAME, READER_NAME, UNION_NAME, check_actor_name
from fediunion.actors.queries import find_local_actor
from fediunion.actors.service.removal import retire_keys
from fediunion.config import Settings
from fediunion.db import announce, emit, now_of, settings_of
from fediunion.db.known_uris import remember_uri
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.world import CHANGED

WIRE_TYPES: Final[dict[ActorKind, str]] = {
    ActorKind.INSTANCE: "Application",
    ActorKind.READER: "Application",
    ActorKind.UNION: "Organization",
    ActorKind.BOARD: "Service",
    ActorKind.FEED: "Service",
    ActorKind.SEARCH: "Service",
    ActorKind.GROUP: "Group",
    ActorKind.MEMBER: "Person",
}


def create_local_actor(
    session: Session,
    *,
    kind: ActorKind,
    username: str,
    keys: NewKeys,
    display_name: str = "",
    reach: Reach = Reach.PUBLIC,
    locked: bool = False,
    summary: str = "",
) -> Actor:
    """Return a new actor of ours with its keys. Raises Invalid where the name is bad or was ever used.

    Institutions are public whatever `reach` says; whoever is followable is locked. `summary` is safe HTML.
    Whether the name is reserved is for the caller to check (`actors.names`).
    """
    settings, now = settings_of(session), now_of(session)
    name = check_actor_name(username)
    if find_local_actor(session, name) is not None:
        raise Invalid(Sentence("The name %(name)s is taken.", name=name), field="username", reason="taken")
    person = kind is ActorKind.MEMBER
    actor = Actor(
        **_addresses(settings, name),
        local=True,
        kind=kind,
        wire_type=WIRE_TYPES[kind],
        username=name,
        username_key=name,
        host=settings.web_domain,
        handle_host=settings.handle_domain,
        display_name=display_name,
        summary=summary,
        summary_source="",
        fields=[],
        emojis=[],
        also_known_as=[],
        reach=Reach.PUBLIC,
        locked=locked,
        discoverable=not person,
        indexable=not person,
        hides_collections=True,
        memorial=False,
        followers_count=0,
        following_count=0,
        posts_count=0,
        open_posts_count=0,
        created_at=now,
    )
    if person:
        _apply_reach(actor, reach, locked=locked)
    try:
        with session.begin_nested():
            session.add(actor)
    except IntegrityError as error:
        raise Invalid(
            Sentence("The name %(name)s is taken.", name=name), field="username", reason="taken"
        ) from error
    session.add_all(key_rows(actor, keys, now))
    remember_uri(session, actor.uri, "actor", actor.id)
    announce(session, CHANGED, "actors")
    return actor


def ensure_institution_actors(
    session: Session,
    *,
    instance_keys: NewKeys | None,
    reader_keys: NewKeys | None,
    union_keys: NewKeys | None,
) -> tuple[Actor, Actor, Actor]:
    """Return the actors of the instance, the reader and the union, making those that are missing.

    Keys may be None for an actor that is there already; raises ValueError where they are needed.
    """
    settings = settings_of(session)
    title = settings.instance.title
    wanted = (
        (ActorKind.INSTANCE, INSTANCE_NAME, settings.handle_domain, instance_keys),
        (ActorKind.READER, READER_NAME, f"{title} reader", reader_keys),
        (ActorKind.UNION, UNION_NAME, title, union_keys),
    )
    made = []
    for kind, name, display_name, keys in wanted:
        actor = find_local_actor(session, name)
        if actor is None:
            if keys is None:
                raise ValueError(f"the actor {name} needs keys")
            actor = create_local_actor(
                session, kind=kind, username=name, display_name=display_name, keys=keys
            )
        made.append(actor)
    return made[0], made[1], made[2]


def rotate_keys(session: Session, actor: Actor, keys: NewKeys, *, keep_old: bool = True) -> None:
    """Let an actor of ours sign with new keys; the old ones verify for 7 days more (row L31).

    With `keep_old` False, after a leak, the old ones are worthless at once. Announces ActorKeysRotated:
    the profile feature sends the Update.
    """
    now = now_of(session)
    rsa_keys_so_far = session.scalar(
        select(func.count())
        .select_from(ActorKey)
        .where(ActorKey.actor_id == actor.id, ActorKey.algorithm == "rsa")
    )
    generation = (rsa_keys_so_far or 0) + 1
    retire_keys(session, actor, at_once=not keep_old)
    session.add_all(key_rows(actor, keys, now, generation=generation))
    actor.updated_at = now
    announce(session, CHANGED, "keys")
    announce(session, CHANGED, "actors")
    emit(session, ActorKeysRotated(actor.id))


def set_reach(session: Session, actor: Actor, reach: Reach) -> None:
    """Let a member of ours be seen as far as `reach`. Followable means locked and not discoverable.

    Raises Invalid for an institution.
    """
    if actor.kind != ActorKind.MEMBER:
        raise Invalid(Sentence("Only members have a reach; institutions are public."), field="reach")
    _apply_reach(actor, reach, locked=actor.locked)
    actor.updated_at = now_of(session)
    announce(session, CHANGED, "actors")


def suspend_actor(session: Session, actor: Actor) -> None:
    """Mark an actor, ours or remote, as suspended: what it does is refused, its profile is not shown."""
    if actor.suspended_at is None:
        actor.suspended_at = now_of(session)
        _announce_standing(session)
        emit(session, ActorSuspended(actor.id, actor.local))


def unsuspend_actor(session: Session, actor: Actor) -> None:
    """Take back a suspension."""
    actor.suspended_at, actor.suspended_by_origin = None, False
    _announce_standing(session)


def _announce_standing(session: Session) -> None:
    for cache in ("actors", "keys", "posts"):
        announce(session, CHANGED, cache)


def _apply_reach(actor: Actor, reach: Reach, *, locked: bool) -> None:
    actor.reach = reach
    actor.locked = locked if reach is Reach.PUBLIC else True
    actor.discoverable = reach is Reach.PUBLIC
    if reach is not Reach.PUBLIC:
        actor.indexable = False


def _addresses(settings: Settings, name: str) -> dict[str, str]:
    uri = f"{settings.base_url}/actors/{name}"
    return {
        "uri": uri,
        "url": f"{settings.base_url}/@{name}",
        "inbox_url": f"{uri}/inbox",
        "shared_inbox_url": f"{settings.base_url}/inbox",
        "outbox_url": f"{uri}/outbox",
        "followers_url": f"{uri}/followers",
        "following_url": f"{uri}/following",
        "featured_url": f"{uri}/collections/featured",
        "featured_tags_url": f"{uri}/collections/tags",
    }
