"""Background work of notifications: the messages to apps."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.db import now_of, settings_of
from fediunion.jobs.run import RetryLater
from fediunion.kit.errors import Unreachable
from fediunion.kit.json import JsonObject
from fediunion.members.queries import find_member_of
from fediunion.social.follows.conditions import follows
from fediunion.social.notifications.models import Notification
from fediunion.social.notifications.queries import shown
from fediunion.social.notifications.wording import push_body
from fediunion.social.posts.models import Post, ThreadMute
from fediunion.social.posts.visibility import visible_to
from fediunion.social.push.models import PushPolicy, PushSubscription
from fediunion.social.push.queries import find_live_subscription
from fediunion.social.push.sending import Answered, Message, send
from fediunion.social.push.service import forget_subscription, keys_of
from fediunion.world import World

TRIED_FOR: Final = timedelta(days=3)
"""So long a message is tried, and kept by a push service for an app that is off (row L32)."""

_SHORTEST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=6)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Ready:
    """A message, and when the member was notified."""

    message: Message
    told_at: datetime


async def push_notification(world: World, payload: JsonObject) -> None:
    """Job: push one notification to one app, tried for three days. Raises RetryLater.

    What is not there any more, or is none of the member's business now, is not pushed.
    """
    subscription_id = int(payload["subscription_id"])
    ready = await world.db.read(
        _prepare, int(payload["notification_id"]), subscription_id, says_more=bool(payload["last"])
    )
    if ready is None:
        return
    try:
        answered = await send(world, ready.message)
    except Unreachable as error:
        wait = min(max(world.clock.now() - ready.told_at, _SHORTEST_WAIT), _LONGEST_WAIT)
        raise RetryLater(str(error), error.retry_after_seconds or wait.total_seconds()) from error
    if answered is Answered.GONE:
        await world.db.write(forget_subscription, subscription_id)
    elif answered is Answered.REFUSED:
        _log.info("a push service refused a message", subscription=subscription_id)


def _prepare(
    session: Session, notification_id: int, subscription_id: int, *, says_more: bool
) -> _Ready | None:
    """Return the message; None where there is nothing to send any more."""
    subscription = find_live_subscription(session, subscription_id)
    if subscription is None:
        return None
    reader = subscription.actor_id
    row = session.scalar(
        select(Notification).where(
            Notification.id == notification_id, *shown(session, reader, filtered=False)
        )
    )
    member = find_member_of(session, reader)
    by = session.get(Actor, row.from_actor_id) if row is not None else None
    if row is None or by is None or member is None or not _is_wanted(session, subscription, by):
        return None
    post, age = _find_post(session, row, reader), now_of(session) - row.created_at
    if age >= TRIED_FOR or (row.post_id is not None and post is None):
        return None
    keys = keys_of(subscription, settings_of(session))
    message = Message(
        endpoint=subscription.endpoint,
        recipient=keys.recipient,
        standard=subscription.standard,
        body=push_body(row, by, post, member, settings_of(session), bearer=keys.bearer, says_more=says_more),
        topic=str(row.id),
        lives_seconds=int((TRIED_FOR - age).total_seconds()),
    )
    return _Ready(message, row.created_at)


def _find_post(session: Session, row: Notification, reader: int) -> Post | None:
    """Return the post that a notification is about, if the member may see it and has not muted its thread."""
    if row.post_id is None:
        return None
    muted = select(ThreadMute.thread_id).where(ThreadMute.actor_id == reader)
    seen = visible_to(Viewer(reader, None, is_member=True))
    return session.scalar(select(Post).where(Post.id == row.post_id, seen, Post.thread_id.not_in(muted)))


def _is_wanted(session: Session, subscription: PushSubscription, by: Actor) -> bool:
    """Return whether the app wants to hear of that actor."""
    reader, sender = literal(subscription.actor_id), literal(by.id)
    if subscription.policy == PushPolicy.FOLLOWED:
        return bool(session.scalar(select(follows(reader, sender))))
    if subscription.policy == PushPolicy.FOLLOWER:
        return bool(session.scalar(select(follows(sender, reader))))
    return subscription.policy == PushPolicy.ALL
