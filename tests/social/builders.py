"""Actors, follows and posts made directly in the database, for tests of what the features do with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub import vocab
from fediunion.activitypub.audience import Audience
from fediunion.activitypub.keys import PrivateKey
from fediunion.activitypub.parse import parse_activity
from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import find_local_actor
from fediunion.actors.service import create_local_actor
from fediunion.db import emit, now_of, settings_of
from fediunion.db.known_uris import remember_uri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.ids import new_id, new_slug
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import authority_of
from fediunion.members.models import Member, Role
from fediunion.social.follows.models import Follow
from fediunion.social.follows.queries import local_follower_ids
from fediunion.social.follows.service import complete_follow
from fediunion.social.posts.events import PostStored
from fediunion.social.posts.models import Post, PostMention, PostTag
from tests.fakes.signing import ed25519_key, rsa_key


def local_actor(
    session: Session,
    name: str,
    reach: Reach = Reach.PUBLIC,
    *,
    kind: ActorKind = ActorKind.MEMBER,
    locked: bool = False,
) -> Actor:
    """Return an actor of the instance, made where there is none yet, with real keys."""
    found = find_local_actor(session, name)
    if found is not None:
        return found
    keys = NewKeys(
        PrivateKey("rsa", rsa_key()),
        PrivateKey("ed25519", ed25519_key()),
        settings_of(session).secrets.master_key,
    )
    return create_local_actor(session, kind=kind, username=name, keys=keys, reach=reach, locked=locked)


def member_of(session: Session, actor: Actor, role: Role = Role.MEMBER) -> Member:
    """Return a member who acts as `actor`."""
    member = Member(actor_id=actor.id, role=role, created_at=now_of(session))
    session.add(member)
    session.flush()
    return member


def remote_actor(session: Session, host: str, name: str, **values: Any) -> Actor:
    """Return an actor of another server, made where there is none yet."""
    uri = f"https://{host}/users/{name}"
    found = session.scalar(select(Actor).where(Actor.uri == uri))
    if found is not None:
        return found
    actor = Actor(
        **{
            "uri": uri,
            "url": f"https://{host}/@{name}",
            "local": False,
            "kind": ActorKind.REMOTE,
            "wire_type": "Person",
            "username": name,
            "username_key": name.lower(),
            "host": host,
            "handle_host": host,
            "inbox_url": f"{uri}/inbox",
            "shared_inbox_url": f"https://{host}/inbox",
            "followers_url": f"{uri}/followers",
            "created_at": now_of(session),
            "fetched_at": now_of(session),
        }
        | values
    )
    session.add(actor)
    remember_uri(session, uri, "actor", actor.id)
    return actor


def let_follow(session: Session, follower: Actor, followed: Actor, **values: Any) -> Follow:
    """Return an accepted follow; `values` are columns. The features hear of it."""
    follow = Follow(follower_id=follower.id, followed_id=followed.id, created_at=now_of(session), **values)
    session.add(follow)
    session.flush()
    complete_follow(session, follow)
    session.flush()
    return follow


def post_by(
    session: Session,
    author: Actor,
    audience: Audience = Audience.PUBLIC,
    *,
    text: str = "Hello",
    reply_to: Post | None = None,
    reply_to_uri: str | None = None,
    boost_of: Post | None = None,
    mentions: Sequence[Actor] = (),
    tags: Sequence[str] = (),
    language: str | None = None,
    at: datetime | None = None,
    live: bool = True,
) -> Post:
    """Return a stored post, or boost, of anybody; the features hear of it as of a new one."""
    published = at or now_of(session)
    row_id, slug = new_id(at), new_slug()
    post = Post(
        id=row_id,
        uri=f"{author.uri}/posts/{slug}",
        author_id=author.id,
        local=author.local,
        slug=slug if author.local else None,
        wire_type="Announce" if boost_of is not None else "Note",
        content=f"<p>{text}</p>" if boost_of is None else "",
        language=language,
        audience=audience,
        in_reply_to_uri=reply_to.uri if reply_to is not None else reply_to_uri,
        in_reply_to_id=reply_to.id if reply_to is not None else None,
        in_reply_to_author_id=reply_to.author_id if reply_to is not None else None,
        thread_id=reply_to.thread_id if reply_to is not None else row_id,
        boost_of_id=boost_of.id if boost_of is not None else None,
        published_at=published,
        received_at=now_of(session),
    )
    session.add(post)
    remember_uri(session, post.uri, "post", post.id)
    session.flush()
    session.add_all(PostMention(post_id=post.id, actor_id=actor.id) for actor in mentions)
    session.add_all(PostTag(post_id=post.id, name=tag.casefold(), display_name=tag) for tag in tags)
    session.flush()
    told = [actor.id for actor in mentions if actor.local]
    if boost_of is not None:
        boosted_author = session.get_one(Actor, boost_of.author_id)
        told = [boosted_author.id] if boosted_author.local and boosted_author.id != author.id else []
    emit(session, PostStored(post, author, local_follower_ids(session, author.id), told, live=live))
    session.flush()
    return post


def context_of(session: Session, sender: Actor, document: JsonObject) -> InboxContext:
    """Return what a handler gets for `document`, whose sender is proven to be `sender`."""
    return InboxContext(session, sender, now_of(session), document)


def activity(kind: type[vocab.Activity], document: JsonObject) -> Any:
    """Return the typed activity that the inbox reads from `document`."""
    parsed = parse_activity(document)
    assert isinstance(parsed, kind)
    assert authority_of(parsed.actor)
    return parsed
