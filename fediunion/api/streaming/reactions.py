"""What is told to the streams, when something happens."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.api.streaming.messages import MOST_IDS, Kind, tell
from fediunion.social.notifications.events import Notified
from fediunion.social.posts.events import PostEdited, PostRemoved, PostStored
from fediunion.social.posts.models import Post, PostMention

AUDIENCES: Final = tuple(Audience)
"""A message has numbers only: an audience is its place here."""

_MOST_BOOSTS: Final = 100


def tell_of_post(session: Session, event: PostStored) -> None:
    """Tell of a new post or boost; what was fetched as context is no news."""
    if not event.live:
        return
    tell(session, Kind.UPDATE, event.post.id)
    if event.post.audience == Audience.DIRECT and event.post.boost_of_id is None:
        tell(session, Kind.CONVERSATION, event.post.id)


def tell_of_edit(session: Session, event: PostEdited) -> None:
    """Tell of other words."""
    tell(session, Kind.EDIT, event.post.id)


def tell_of_removal(session: Session, event: PostRemoved) -> None:
    """Tell that a post is gone, and every boost of it, to those who could see it.

    When this is read the rows are gone as well: what decides who is told goes with it, as numbers.
    """
    post = event.post
    _tell_gone(session, post)
    if post.boost_of_id is None:
        boosts = select(Post).where(Post.boost_of_id == post.id, Post.deleted_at.is_(None))
        for boost in session.scalars(boosts.limit(_MOST_BOOSTS)):
            _tell_gone(session, boost)


def _tell_gone(session: Session, post: Post) -> None:
    addressed = session.scalars(
        select(PostMention.actor_id)
        .join(Actor, Actor.id == PostMention.actor_id)
        .where(PostMention.post_id == post.id, Actor.local)
        .order_by(PostMention.actor_id)
        .limit(MOST_IDS)
    )
    audience = AUDIENCES.index(Audience(post.audience))
    tell(session, Kind.DELETE, post.id, post.author_id, audience, int(post.local), *addressed)


def tell_of_notifications(session: Session, event: Notified) -> None:
    """Tell members of what they are notified of."""
    ids = list(event.notification_ids)
    for start in range(0, len(ids), MOST_IDS):
        tell(session, Kind.NOTIFICATION, *ids[start : start + MOST_IDS])
