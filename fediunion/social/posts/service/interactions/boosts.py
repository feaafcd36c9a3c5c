"""Passing posts on."""

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.queries import get_actor
from fediunion.actors.viewer import Viewer
from fediunion.db import emit, now_of
from fediunion.db.known_uris import bury_uri, remember_uri
from fediunion.kit.errors import Invalid
from fediunion.kit.ids import new_id
from fediunion.kit.sentences import Sentence
from fediunion.outbox.publish import Recipients, publish, withdraw_unsent
from fediunion.social.follows.documents import new_activity_uri
from fediunion.social.follows.queries import local_follower_ids
from fediunion.social.posts import documents
from fediunion.social.posts.events import PostRemoved, PostStored
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_boost
from fediunion.social.posts.service.allowing import Rule, check_allowed
from fediunion.social.posts.service.counting import count_boosts, lock_post
from fediunion.social.posts.service.reach import has_left, is_open, narrowed, stays_here
from fediunion.social.posts.visibility import get_visible_post


def boost(session: Session, booster: Actor, post_id: int, audience: Audience = Audience.PUBLIC) -> Post:
    """Let our `booster` pass a post on; an existing boost is returned as it is.

    Raises NotFound for a post that is not there for the booster, Invalid for one that may not be passed on,
    by its audience or because its author does not let the booster.
    """
    post = get_visible_post(session, post_id, Viewer(booster.id, None, is_member=True))
    if post.boost_of_id is not None:
        return boost(session, booster, post.boost_of_id, audience)
    own = post.author_id == booster.id
    if not Audience(post.audience).is_public and not (own and post.audience == Audience.FOLLOWERS):
        raise Invalid(Sentence("This post is not public: it cannot be boosted."), field="id")
    lock_post(session, post.id)
    existing = find_boost(session, booster.id, post.id)
    if existing is not None:
        return existing
    check_allowed(session, post, booster, Rule.ANNOUNCE)
    author = get_actor(session, post.author_id)
    now = now_of(session)
    row_id, uri = new_id(now), new_activity_uri(booster)
    row = Post(
        id=row_id,
        uri=uri,
        author_id=booster.id,
        local=True,
        wire_type="Announce",
        audience=narrowed(booster, audience, Audience(post.audience)),
        boost_of_id=post.id,
        thread_id=row_id,
        published_at=now,
        received_at=now,
    )
    session.add(row)
    remember_uri(session, uri, "post", row_id)
    count_boosts(session, post.id, 1)
    session.flush()
    _tell_boost(session, booster, row, post, author)
    mentioned = [author.id] if author.local and author.id != booster.id else []
    emit(session, PostStored(row, booster, local_follower_ids(session, booster.id), mentioned))
    return row


def _tell_boost(session: Session, booster: Actor, row: Post, post: Post, author: Actor) -> None:
    """Send the Announce to the booster's followers, and to the author where it is not for followers alone.

    A search that is in no list makes itself known to no author.
    """
    if stays_here(booster) or row.audience not in (Audience.PUBLIC, Audience.UNLISTED, Audience.FOLLOWERS):
        return
    untold = booster.kind == ActorKind.SEARCH and not booster.discoverable
    for_followers = untold or row.audience == Audience.FOLLOWERS
    remote_author = () if author.local or for_followers else (author.id,)
    publish(
        session,
        booster,
        documents.announce_document(row, booster, post, author),
        Recipients(actor_ids=remote_author, expand=("followers",)),
        public=is_open(row),
        shared=True,
    )


def unboost(session: Session, booster: Actor, post_id: int) -> None:
    """Take our boost back. Does nothing where there is none."""
    lock_post(session, post_id)
    row = find_boost(session, booster.id, post_id)
    post = session.get(Post, post_id)
    if row is None or post is None:
        return
    author = get_actor(session, post.author_id)
    if has_left(session, row.uri):
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
    """Take a boost, ours or remote, out of everything, for good. Does nothing where it is gone already."""
    if row.deleted_at is not None:
        return
    bury_uri(session, row.uri)
    take_out(session, row)


def take_out(session: Session, row: Post) -> None:
    """Let a boost count no longer, and be shown nowhere; what its id names from now on is for the caller."""
    row.deleted_at = now_of(session)
    count_boosts(session, row.boost_of_id or 0, -1)
    emit(session, PostRemoved(row))
