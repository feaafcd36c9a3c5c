"""What is told to the streams, when something happens."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.social.announcements.events import (
    AnnouncementPublished,
    AnnouncementReacted,
    AnnouncementWithdrawn,
)
from fediunion.social.filters.events import FiltersChanged
from fediunion.social.notifications.events import NotificationsMerged, Notified
from fediunion.social.posts.events import PostEdited, PostRemoved, PostStored
from fediunion.social.posts.models import Post, PostMention
from fediunion.social.timelines.messages import MOST_IDS, Kind, tell

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


def tell_of_filters(session: Session, event: FiltersChanged) -> None:
    """Tell a member's apps to read the filters again."""
    tell(session, Kind.FILTERS_CHANGED, event.owner_id)


def tell_of_merged(session: Session, event: NotificationsMerged) -> None:
    """Tell a member that notifications which were kept back are among the others."""
    tell(session, Kind.NOTIFICATIONS_MERGED, event.recipient_id)


def tell_of_announcement(session: Session, event: AnnouncementPublished) -> None:
    """Tell all members of an announcement."""
    tell(session, Kind.ANNOUNCEMENT, event.announcement_id)


def tell_of_reaction(session: Session, event: AnnouncementReacted) -> None:
    """Tell all members of a reaction; a message has numbers only, so its name goes as code points."""
    tell(session, Kind.ANNOUNCEMENT_REACTION, event.announcement_id, *map(ord, event.name))


def tell_of_withdrawal(session: Session, event: AnnouncementWithdrawn) -> None:
    """Tell all members that an announcement is gone."""
    tell(session, Kind.ANNOUNCEMENT_DELETE, event.announcement_id)
