"""What members are told of, when something happens."""

from collections.abc import Sequence
from typing import Final, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.events import ActorDeleted
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor, get_actor
from fediunion.db.prepared import select_column
from fediunion.social.follows.events import Blocked, Followed, FollowRequested, Unfollowed
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.notifications.floods import told_of_mention
from fediunion.social.notifications.models import NotificationKind
from fediunion.social.notifications.policy import forget_choices, forget_permission
from fediunion.social.notifications.service import forget, notify, notify_all
from fediunion.social.posts.events import (
    PollEnded,
    PostEdited,
    PostFavourited,
    PostQuoted,
    PostRemoved,
    PostStored,
)
from fediunion.social.posts.models import Favourite, Post


def tell_of_post(session: Session, event: PostStored) -> None:
    """Tell whom a new post addresses, whose post is boosted, and who asked to be told of this author."""
    if not event.live:
        return
    if event.post.boost_of_id is not None:
        _tell_of_boost(session, event)
        return
    post, author = event.post, event.author
    named = told_of_mention(session, author, post, event.mentioned_ids, event.follower_ids)
    notify(session, NotificationKind.MENTION, named, author, post, thread_id=post.thread_id)
    answers_others = post.in_reply_to_uri is not None and post.in_reply_to_author_id != author.id
    if post.audience != Audience.DIRECT and not answers_others and event.follower_ids:
        asked = set(_asked_to_be_told(session, author)) - set(event.mentioned_ids)
        notify(session, NotificationKind.POST, sorted(asked), author, post, thread_id=post.thread_id)


def _tell_of_boost(session: Session, event: PostStored) -> None:
    boosted = session.get(Post, event.post.boost_of_id)
    if boosted is not None and boosted.local:
        thread_id = boosted.thread_id
        notify(
            session, NotificationKind.BOOST, [boosted.author_id], event.author, boosted, thread_id=thread_id
        )


def _asked_to_be_told(session: Session, author: Actor) -> Sequence[int]:
    return select_column(session, _ASKED, {"author": author.id})


_FOLLOW: Final = cast("Table", Follow.__table__)
_ASKED: Final = select(_FOLLOW.c.follower_id).where(
    _FOLLOW.c.followed_id == bindparam("author"),
    _FOLLOW.c.state == FollowState.ACCEPTED,
    _FOLLOW.c.notifies.is_(True),
)


def tell_of_favourite(session: Session, event: PostFavourited) -> None:
    """Tell an author of ours who likes a post."""
    if event.post.local:
        by = get_actor(session, event.actor_id)
        recipients = [event.post.author_id]
        thread_id = event.post.thread_id
        notify(session, NotificationKind.FAVOURITE, recipients, by, event.post, thread_id=thread_id)


def tell_of_follower(session: Session, event: Followed) -> None:
    """Tell one of ours of a new follower; what asked for it is no longer told."""
    follower = get_actor(session, event.follower_id)
    forget(session, NotificationKind.FOLLOW_REQUEST, recipient_id=event.followed_id, by_id=event.follower_id)
    notify(session, NotificationKind.FOLLOW, [event.followed_id], follower)


def tell_of_request(session: Session, event: FollowRequested) -> None:
    """Tell one of ours who asks to follow."""
    follower = get_actor(session, event.follower_id)
    notify(session, NotificationKind.FOLLOW_REQUEST, [event.followed_id], follower)


def forget_follower(session: Session, event: Unfollowed) -> None:
    """Tell no longer of somebody who does not follow, or no longer asks to."""
    forget(
        session,
        NotificationKind.FOLLOW,
        NotificationKind.FOLLOW_REQUEST,
        recipient_id=event.followed_id,
        by_id=event.follower_id,
    )


def forget_blocked(session: Session, event: Blocked) -> None:
    """Remove what somebody who is blocked now had caused."""
    forget(session, recipient_id=event.blocker_id, by_id=event.blocked_id)
    forget_permission(session, event.blocked_id, event.blocker_id)


def tell_of_poll(session: Session, event: PollEnded) -> None:
    """Tell those here who voted, and an author of ours, that a poll has ended."""
    author = find_actor(session, event.post.author_id)
    if author is not None:
        thread_id = event.post.thread_id
        notify(session, NotificationKind.POLL, event.voter_ids, author, event.post, thread_id=thread_id)
        if author.local:
            # The one thing that somebody is told of itself.
            notify_all(session, NotificationKind.POLL, [author.id], author, post_id=event.post.id)


def tell_of_edit(session: Session, event: PostEdited) -> None:
    """Tell those here who boosted, liked or quoted a post that it reads differently now."""
    post = event.post
    author = find_actor(session, post.author_id)
    if author is None:
        return
    boosters = select(Post.author_id).where(
        Post.boost_of_id == post.id, Post.local, Post.deleted_at.is_(None)
    )
    likers = (
        select(Favourite.actor_id)
        .join(Actor, Actor.id == Favourite.actor_id)
        .where(Favourite.post_id == post.id, Actor.local)
    )
    recipients = {*session.scalars(boosters), *session.scalars(likers)}
    if recipients:
        # Whom a feature told of this post for another reason keeps what it was told.
        forget(session, NotificationKind.EDIT, post_id=post.id, recipient_ids=recipients)
        notify(session, NotificationKind.EDIT, sorted(recipients), author, post, thread_id=post.thread_id)
    quoting = select(Post.author_id).where(
        Post.quote_of_id == post.id, Post.quote_state == "accepted", Post.local, Post.deleted_at.is_(None)
    )
    quoters = set(session.scalars(quoting)) - recipients
    if quoters:
        kind = NotificationKind.QUOTED_UPDATE
        forget(session, kind, post_id=post.id)
        notify(session, kind, sorted(quoters), author, post, thread_id=post.thread_id)


def tell_of_quote(session: Session, event: PostQuoted) -> None:
    """Tell an author of ours who quotes a post."""
    if event.post.local:
        by = get_actor(session, event.quoting.author_id)
        recipients = [event.post.author_id]
        notify(session, NotificationKind.QUOTE, recipients, by, event.quoting, thread_id=event.post.thread_id)


def forget_post(session: Session, event: PostRemoved) -> None:
    """Remove what was told of a post, or of a boost, that is gone."""
    post = event.post
    if post.boost_of_id is None:
        forget(session, post_id=post.id)
    else:
        forget(session, NotificationKind.BOOST, by_id=post.author_id, post_id=post.boost_of_id)


def forget_actor(session: Session, event: ActorDeleted) -> None:
    """Remove what an actor that is gone had caused, and what it was told."""
    forget(session, by_id=event.actor_id)
    forget_permission(session, event.actor_id)
    if event.local:
        forget(session, recipient_id=event.actor_id)
        forget_choices(session, event.actor_id)
