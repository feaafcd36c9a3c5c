"""Notifications on their way to apps: who is pushed to, and how often."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.social.notifications.models import Notification, NotificationKind
from fediunion.social.push.models import PushPolicy, PushSubscription
from fediunion.social.push.queries import list_live_subscriptions

PUSH: Final = "notifications.push"
MOST_AN_HOUR: Final = 60
"""An app is pushed to so often in an hour at most; the last one says that there is more (row R08)."""

_HOUR: Final = timedelta(hours=1)


def push_soon(session: Session, kind: NotificationKind, numbers: Mapping[int, int]) -> None:
    """Have those apps of members that want this kind pushed to; `numbers` are notifications by member.

    The job is a row of the caller's unit: it exists exactly when the notification does.
    """
    if not numbers:
        return
    for subscription in list_live_subscriptions(session, list(numbers)):
        if not subscription.alerts.get(kind) or subscription.policy == PushPolicy.NONE:
            continue
        told = _told_in_hour(session, subscription)
        if told > MOST_AN_HOUR:
            continue
        number = numbers[subscription.actor_id]
        enqueue(
            session,
            PUSH,
            key=f"push:{number}:{subscription.id}",
            notification_id=number,
            subscription_id=subscription.id,
            last=told == MOST_AN_HOUR,
        )


def _told_in_hour(session: Session, subscription: PushSubscription) -> int:
    """Return how many notifications of the last hour an app wants, counted to one above the most."""
    wanted = [kind for kind, wants in subscription.alerts.items() if wants]
    newest = session.scalars(
        select(Notification.created_at)
        .where(
            Notification.recipient_id == subscription.actor_id,
            Notification.kind.in_(wanted),
            ~Notification.filtered,
        )
        .order_by(Notification.id.desc())
        .limit(MOST_AN_HOUR + 1)
    )
    since = now_of(session) - _HOUR
    return sum(1 for created_at in newest if created_at > since)
