"""Boosts by others."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience, audience_of, narrower
from fediunion.activitypub.vocab import Announce
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.db import emit, now_of
from fediunion.db.known_uris import (
    bury_unknown_uri,
    bury_uri,
    find_known_uri,
    remember_uri,
    undo_uri,
)
from fediunion.kit.errors import NotAllowed, Refused
from fediunion.social.follows.queries import local_follower_ids
from fediunion.social.follows.refusals import refuses
from fediunion.social.posts.events import PostStored
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_boost
from fediunion.social.posts.service.counting import count_boosts, lock_post
from fediunion.social.posts.service.interactions.boosts import take_out
from fediunion.social.posts.service.numbering import id_for
from fediunion.social.posts.service.remote_rows import published_at


def record_remote_boost(session: Session, booster: Actor, boosted: Post, announce: Announce) -> Post | None:
    """Store that a remote actor boosted a post that we have. None where nobody here has to do with it.

    Of several Announces of one post the latest counts. Raises Refused for a post that may not be passed on:
    another's followers-only or direct one (row A15); NotAllowed where its author blocks the booster (A23).
    """
    _check(session, booster, boosted, announce)
    lock_post(session, boosted.id)
    now = now_of(session)
    published = published_at(announce.published, now)
    existing = find_boost(session, booster.id, boosted.id)
    if existing is not None:
        _meet_again(session, existing, announce.id, published)
        return existing
    follower_ids = local_follower_ids(session, booster.id)
    if not follower_ids and not boosted.local:
        return None
    row_id = id_for(session, booster.id, published, now)
    wish = audience_of(announce.to, announce.cc, booster.followers_url)
    post = Post(
        id=row_id,
        uri=announce.id,
        author_id=booster.id,
        local=False,
        wire_type="Announce",
        audience=narrower(wish if wish != Audience.DIRECT else Audience.UNLISTED, Audience(boosted.audience)),
        boost_of_id=boosted.id,
        thread_id=row_id,
        published_at=published,
        received_at=now,
    )
    session.add(post)
    remember_uri(session, announce.id, "post", row_id)
    count_boosts(session, boosted.id, 1)
    session.flush()
    mentioned = [boosted.author_id] if boosted.local else []
    emit(session, PostStored(post, booster, follower_ids, mentioned))
    return post


def _check(session: Session, booster: Actor, boosted: Post, announce: Announce) -> None:
    if boosted.boost_of_id is not None or boosted.deleted_at is not None:
        raise Refused("boosts what is no post", reason="not-a-post")
    own = boosted.author_id == booster.id and boosted.audience == Audience.FOLLOWERS
    if not Audience(boosted.audience).is_public and not own:
        raise Refused("boosts what is not public", reason="not-public")
    if boosted.local and refuses(session, get_actor(session, boosted.author_id), booster):
        raise NotAllowed("is not welcome to the author", reason="refused-by-author")
    known = find_known_uri(session, announce.id)
    row = session.get(Post, known.row_id) if known is not None and known.kind == "post" else None
    if known is not None and (row is None or row.boost_of_id != boosted.id or row.author_id != booster.id):
        raise Refused(f"its id names a {known.kind}", reason="id-in-use")


def _meet_again(session: Session, existing: Post, uri: str, published: datetime) -> None:
    """Let the later of two Announces stand for the boost: only its Undo ends it (row L20)."""
    if existing.uri == uri:
        return
    if published < existing.published_at:
        bury_unknown_uri(session, uri, existing.author_id)
        return
    bury_uri(session, existing.uri, existing.author_id)
    existing.uri, existing.published_at = uri, published
    remember_uri(session, uri, "post", existing.id)


def end_remote_boost(session: Session, row: Post, *, signed_at: datetime | None = None) -> None:
    """End a boost that a remote actor takes back, as it signed at that time. Does nothing where it is gone.

    A late copy of it changes nothing (row L20). The row goes: the actor may boost again under the same id.
    """
    if row.deleted_at is not None:
        return
    undo_uri(session, row.uri, row.author_id, signed_at)
    take_out(session, row)
    session.delete(row)


def find_boost_of_uri(session: Session, booster: Actor, boosted_uri: str) -> Post | None:
    """Return the boost by an actor of the post with that id."""
    boosted = select(Post.id).where(Post.uri == boosted_uri).scalar_subquery()
    return session.scalar(
        select(Post).where(
            Post.boost_of_id == boosted, Post.author_id == booster.id, Post.deleted_at.is_(None)
        )
    )
