"""Boosting, favouriting, bookmarking and pinning."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience, narrower
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import Viewer
from fediunion.db import announce, emit, now_of
from fediunion.db.known_uris import bury_uri, remember_uri
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.ids import new_id
from fediunion.outbox.publish import Recipients, publish, withdraw_unsent
from fediunion.social.follows.documents import new_activity_uri
from fediunion.social.follows.queries import local_follower_ids
from fediunion.social.posts import documents
from fediunion.social.posts.events import PostFavourited, PostRemoved, PostStored
from fediunion.social.posts.models import Bookmark, Favourite, Pin, Post, ThreadMute
from fediunion.social.posts.queries import find_boost, find_favourite
from fediunion.social.posts.service.publishing import ceiling_of
from fediunion.social.posts.visibility import get_visible_post

MAX_PINS = 5


def stays_here(actor: Actor) -> bool:
    """Return whether what `actor` does is local knowledge: nobody outside may know of a hidden member."""
    return actor.kind == ActorKind.MEMBER and actor.reach == Reach.HIDDEN


def boost(session: Session, booster: Actor, post_id: int, audience: Audience = Audience.PUBLIC) -> Post:
    """Let our `booster` pass a post on; an existing boost is returned as it is.

    Raises NotFound for a post that is not there for the booster, Invalid for one that may not be passed on.
    """
    post = get_visible_post(session, post_id, Viewer(booster.id, None, is_member=True))
    if post.boost_of_id is not None:
        return boost(session, booster, post.boost_of_id, audience)
    own = post.author_id == booster.id
    if not Audience(post.audience).is_public and not (own and post.audience == Audience.FOLLOWERS):
        raise Invalid("This post is not public: it cannot be boosted.", field="id")
    existing = find_boost(session, booster.id, post.id)
    if existing is not None:
        return existing
    author = get_actor(session, post.author_id)
    now = now_of(session)
    row_id = new_id(now)
    uri = new_activity_uri(booster)
    row = Post(
        id=row_id,
        uri=uri,
        author_id=booster.id,
        local=True,
        wire_type="Announce",
        audience=narrower(narrower(audience, ceiling_of(booster)), Audience(post.audience)),
        boost_of_id=post.id,
        thread_id=row_id,
        published_at=now,
        received_at=now,
    )
    session.add(row)
    remember_uri(session, uri, "post", row_id)
    count_boosts(session, post.id, 1)
    session.flush()
    if not stays_here(booster):
        remote_author = () if author.local else (author.id,)
        publish(
            session,
            booster,
            documents.announce_document(row, booster, post, author),
            Recipients(actor_ids=remote_author, expand=("followers",)),
            public=Audience(row.audience).is_public,
            shared=True,
        )
    mentioned = [author.id] if author.local and author.id != booster.id else []
    emit(session, PostStored(row, booster, local_follower_ids(session, booster.id), mentioned))
    return row


def unboost(session: Session, booster: Actor, post_id: int) -> None:
    """Take our boost back. Does nothing where there is none."""
    row = find_boost(session, booster.id, post_id)
    post = session.get(Post, post_id)
    if row is None or post is None:
        return
    author = get_actor(session, post.author_id)
    if not stays_here(booster):
        withdraw_unsent(session, row.uri)
        undone = documents.announce_document(row, booster, post, author)
        publish(
            session,
            booster,
            documents.undo_document(f"{row.uri}#undo", booster, undone),
            Recipients(
                actor_ids=() if author.local else (author.id,), expand=("followers", f"holders:{row.uri}")
            ),
            shared=True,
        )
    remove_boost(session, row)


def remove_boost(session: Session, row: Post) -> None:
    """Take a boost, ours or remote, out of everything."""
    row.deleted_at = now_of(session)
    bury_uri(session, row.uri)
    count_boosts(session, row.boost_of_id or 0, -1)
    emit(session, PostRemoved(row))


def count_boosts(session: Session, post_id: int, step: int) -> None:
    """Change how often a post was boosted, as we know it."""
    session.execute(update(Post).where(Post.id == post_id).values(boosts_count=Post.boosts_count + step))


def favourite(session: Session, actor: Actor, post_id: int) -> None:
    """Let our `actor` like a post. Raises NotFound for one that is not there for the actor."""
    post = get_visible_post(session, post_id, Viewer(actor.id, None, is_member=True))
    if find_favourite(session, actor.id, post.id) is not None:
        return
    author = get_actor(session, post.author_id)
    row = Favourite(actor_id=actor.id, post_id=post.id, created_at=now_of(session))
    if not author.local and not stays_here(actor):
        row.uri = new_activity_uri(actor)
        document = documents.like_document(row.uri, actor, post, author)
        publish(session, actor, document, Recipients(actor_ids=(author.id,)))
    session.add(row)
    recount_favourites(session, post.id)
    emit(session, PostFavourited(post, actor.id))


def unfavourite(session: Session, actor: Actor, post_id: int) -> None:
    """Take our like back. Does nothing where there is none."""
    row = find_favourite(session, actor.id, post_id)
    post = session.get(Post, post_id)
    if row is None or post is None:
        return
    if row.uri:
        author = get_actor(session, post.author_id)
        undone = documents.like_document(row.uri, actor, post, author)
        document = documents.undo_document(f"{row.uri}#undo", actor, undone)
        publish(session, actor, document, Recipients(actor_ids=(author.id,)))
    session.delete(row)
    recount_favourites(session, post_id)


def recount_favourites(session: Session, post_id: int) -> None:
    """Make the stored count that of the rows: one for each actor, however many reactions."""
    session.flush()
    count = (
        select(func.count(Favourite.actor_id.distinct()))
        .where(Favourite.post_id == post_id)
        .scalar_subquery()
    )
    session.execute(update(Post).where(Post.id == post_id).values(favourites_count=count))


def bookmark(session: Session, actor: Actor, post_id: int) -> None:
    """Keep a post for later. Raises NotFound for one that is not there for the actor."""
    post = get_visible_post(session, post_id, Viewer(actor.id, None, is_member=True))
    exists = select(Bookmark.id).where(Bookmark.actor_id == actor.id, Bookmark.post_id == post.id)
    if session.scalar(exists) is None:
        session.add(Bookmark(actor_id=actor.id, post_id=post.id, created_at=now_of(session)))


def unbookmark(session: Session, actor: Actor, post_id: int) -> None:
    """Keep a post no longer. Does nothing where it was not kept."""
    session.execute(delete(Bookmark).where(Bookmark.actor_id == actor.id, Bookmark.post_id == post_id))


def pin(session: Session, author: Actor, post: Post) -> None:
    """Show our post first. Raises Invalid for another's, a private one, or one too many."""
    if post.author_id != author.id or post.boost_of_id is not None:
        raise Invalid("Only one's own posts can be pinned.", field="id")
    if not Audience(post.audience).is_public and post.audience != Audience.FOLLOWERS:
        raise Invalid("Only posts that others can read can be pinned.", field="id")
    pinned = session.scalars(select(Pin).where(Pin.actor_id == author.id)).all()
    if any(row.post_id == post.id for row in pinned):
        return
    if len(pinned) >= MAX_PINS:
        raise Invalid(f"{MAX_PINS} posts can be pinned at most.", field="id")
    session.add(Pin(actor_id=author.id, post_id=post.id, created_at=now_of(session)))
    _tell_pin(session, "Add", author, post)


def unpin(session: Session, author: Actor, post: Post) -> None:
    """Show our post first no longer. Does nothing where it was not pinned."""
    row = session.scalar(select(Pin).where(Pin.actor_id == author.id, Pin.post_id == post.id))
    if row is not None:
        session.delete(row)
        _tell_pin(session, "Remove", author, post)


def _tell_pin(session: Session, type: str, author: Actor, post: Post) -> None:
    announce(session, "changed", "posts")
    if Audience(post.audience).is_public:
        document = documents.pin_document(type, new_activity_uri(author), author, post)
        publish(session, author, document, Recipients(expand=("followers",)), shared=True)


def mute_thread(session: Session, actor: Actor, post_id: int) -> None:
    """Hear no more of a thread. Raises NotFound for a post that is not there for the actor."""
    post = get_visible_post(session, post_id, Viewer(actor.id, None, is_member=True))
    exists = select(ThreadMute.id).where(
        ThreadMute.actor_id == actor.id, ThreadMute.thread_id == post.thread_id
    )
    if session.scalar(exists) is None:
        session.add(ThreadMute(actor_id=actor.id, thread_id=post.thread_id, created_at=now_of(session)))


def unmute_thread(session: Session, actor: Actor, post_id: int) -> None:
    """Hear of a thread again. Raises NotFound for a post that does not exist."""
    post = session.get(Post, post_id)
    if post is None:
        raise NotFound("There is no such post.")
    session.execute(
        delete(ThreadMute).where(ThreadMute.actor_id == actor.id, ThreadMute.thread_id == post.thread_id)
    )
