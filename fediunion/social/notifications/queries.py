"""Notifications: reads, of one member's own."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, not_, or_, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import UtcDateTime, now_of
from fediunion.db.pages import paged
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.social.follows.conditions import blocks, mutes, refuses_host
from fediunion.social.notifications.models import Notification, NotificationKind
from fediunion.social.posts.models import Post

MOST_COUNTED = 100


def notifications_page(
    session: Session,
    recipient_id: int,
    page: Page,
    *,
    kinds: Collection[str] = (),
    excluded: Collection[str] = (),
    from_actor_id: int | None = None,
) -> list[Notification]:
    """Return a member's notifications, newest first: of `kinds` where given, without those `excluded`.

    What came from somebody who has been blocked, muted or suspended since is left out.
    """
    statement = select(Notification).where(*_shown(session, recipient_id))
    if kinds:
        statement = statement.where(Notification.kind.in_(list(kinds)))
    if excluded:
        statement = statement.where(Notification.kind.not_in(list(excluded)))
    if from_actor_id is not None:
        statement = statement.where(Notification.from_actor_id == from_actor_id)
    return page.newest_first(list(session.scalars(paged(statement, Notification.id, page))))


def get_notification(session: Session, recipient_id: int, notification_id: int) -> Notification:
    """Return one notification of a member. Raises NotFound."""
    statement = select(Notification).where(Notification.id == notification_id, *_shown(session, recipient_id))
    found = session.scalar(statement)
    if found is None:
        raise NotFound("There is no such notification.")
    return found


def unread_count(
    session: Session, recipient_id: int, last_read_id: int | None, *, most: int = MOST_COUNTED
) -> int:
    """Return how many notifications a member has above the last one read, `most` at most."""
    newer: Select[Any] = select(Notification.id).where(*_shown(session, recipient_id))
    if last_read_id is not None:
        newer = newer.where(Notification.id > last_read_id)
    return session.scalar(select(func.count()).select_from(newer.limit(most).subquery())) or 0


def _shown(session: Session, recipient_id: int) -> list[ColumnElement[bool]]:
    reader, now = literal(recipient_id), literal(now_of(session), UtcDateTime())
    unwanted = exists().where(
        Actor.id == Notification.from_actor_id,
        Actor.id != recipient_id,
        or_(
            Actor.suspended_at.is_not(None),
            blocks(reader, Actor.id),
            blocks(Actor.id, reader),
            mutes(reader, Actor.id, now, notifications=True),
            refuses_host(reader, Actor.host),
        ),
    )
    gone = exists().where(Post.id == Notification.post_id, Post.deleted_at.is_not(None))
    return [
        Notification.recipient_id == recipient_id,
        ~Notification.dismissed,
        or_(Notification.kind == NotificationKind.MODERATION, not_(unwanted)),
        not_(gone),
    ]
