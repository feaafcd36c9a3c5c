"""Notifications: reads, of one member's own."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, not_, or_, select
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
OFFICE: Final = frozenset({NotificationKind.MODERATION, NotificationKind.SIGN_UP})
"""What only moderators are told of."""


def notifications_page(
    session: Session,
    recipient_id: int,
    page: Page,
    *,
    kinds: Collection[str] = (),
    excluded: Collection[str] = (),
    from_actor_id: int | None = None,
    with_filtered: bool = False,
) -> list[Notification]:
    """Return a member's notifications, newest first: of `kinds` where given, without those `excluded`.

    What came from somebody who has been blocked, muted or suspended since is left out, and unless it is
    wanted `with_filtered` what the member's policy keeps back.
    """
    filtered = None if with_filtered else False
    conditions = _chosen(kinds, excluded, from_actor_id)
    statement = select(Notification).where(*shown(session, recipient_id, filtered=filtered), *conditions)
    return page.newest_first(list(session.scalars(paged(statement, Notification.id, page))))


def _chosen(
    kinds: Collection[str], excluded: Collection[str], from_actor_id: int | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if kinds:
        conditions.append(Notification.kind.in_(list(kinds)))
    if excluded:
        conditions.append(Notification.kind.not_in(list(excluded)))
    if from_actor_id is not None:
        conditions.append(Notification.from_actor_id == from_actor_id)
    return conditions


def get_notification(session: Session, recipient_id: int, notification_id: int) -> Notification:
    """Return one notification of a member. Raises NotFound."""
    statement = select(Notification).where(Notification.id == notification_id, *shown(session, recipient_id))
    found = session.scalar(statement)
    if found is None:
        raise NotFound("There is no such notification.")
    return found


def unread_count(
    session: Session,
    recipient_id: int,
    last_read_id: int | None,
    *,
    kinds: Collection[str] = (),
    excluded: Collection[str] = (),
    from_actor_id: int | None = None,
    most: int = MOST_COUNTED,
) -> int:
    """Return how many notifications a member has above the last one read, `most` at most.

    Which count is chosen as for `notifications_page`.
    """
    conditions = _chosen(kinds, excluded, from_actor_id)
    newer: Select[Any] = select(Notification.id).where(
        *shown(session, recipient_id, filtered=False), *conditions
    )
    if last_read_id is not None:
        newer = newer.where(Notification.id > last_read_id)
    return session.scalar(select(func.count()).select_from(newer.limit(most).subquery())) or 0


def shown(session: Session, recipient_id: int, *, filtered: bool | None = None) -> list[ColumnElement[bool]]:
    """Return the conditions of a member's notifications that are there to be read.

    With `filtered` True only those that the member's policy keeps back, with False only the others.
    """
    return shown_to(literal(recipient_id), literal(now_of(session), UtcDateTime()), filtered=filtered)


def shown_to(
    reader: ColumnElement[int],
    now: ColumnElement[datetime],
    *,
    filtered: bool | None,
    of: type[Notification] = Notification,
) -> list[ColumnElement[bool]]:
    """Return what `shown` does, of the table or an alias `of` it; who reads and when may be left open."""
    unwanted = exists().where(
        Actor.id == of.from_actor_id,
        Actor.id != reader,
        or_(
            Actor.suspended_at.is_not(None),
            blocks(reader, Actor.id),
            blocks(Actor.id, reader),
            mutes(reader, Actor.id, now, notifications=True),
            refuses_host(reader, Actor.host),
        ),
    )
    gone = exists().where(Post.id == of.post_id, Post.deleted_at.is_not(None))
    kept_back: list[ColumnElement[bool]] = []
    if filtered is not None:
        kept_back = [and_(of.filtered) if filtered else ~of.filtered]
    return [
        *kept_back,
        of.recipient_id == reader,
        ~of.dismissed,
        or_(of.kind.in_(OFFICE), not_(unwanted)),
        not_(gone),
    ]
