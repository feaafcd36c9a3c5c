"""What a member's policy kept back, by whom it came from: a request of somebody to be heard.

A request is no row: its number is that of the oldest notification that was kept back, so what is removed
elsewhere (a post, an actor, by a block) is gone here as well.
Source: https://docs.joinmastodon.org/entities/NotificationRequest/
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from fediunion.db import emit, insert_ignoring
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.social.notifications.events import NotificationsMerged
from fediunion.social.notifications.models import Notification, NotificationPermission
from fediunion.social.notifications.queries import shown


@dataclass(frozen=True)
class Request:
    """What came of one actor: `last_post_id` is the newest post among it, if any."""

    id: int
    from_actor_id: int
    notifications_count: int
    last_post_id: int | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Pending:
    """How much a member's policy keeps back now."""

    requests: int
    notifications: int


def list_requests(session: Session, recipient_id: int, page: Page) -> list[Request]:
    """Return a member's requests, newest first."""
    first = func.min(Notification.id)
    statement = _requests(session, recipient_id)
    if page.max_id is not None:
        statement = statement.having(first < page.max_id)
    above = page.min_id if page.min_id is not None else page.since_id
    if above is not None:
        statement = statement.having(first > above)
    order = first.asc() if page.min_id is not None else first.desc()
    rows = session.execute(statement.order_by(order).limit(page.limit))
    return page.newest_first([Request(*row) for row in rows])


def get_request(session: Session, recipient_id: int, request_id: int) -> Request:
    """Return one request of a member. Raises NotFound."""
    by = select(Notification.from_actor_id).where(
        Notification.id == request_id, *shown(session, recipient_id, filtered=True)
    )
    row = session.execute(
        _requests(session, recipient_id).where(Notification.from_actor_id.in_(by))
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such request.")
    return Request(*row)


def count_pending(session: Session, recipient_id: int) -> Pending:
    """Return how many requests a member has, and how many notifications are in them."""
    statement = select(func.count(Notification.from_actor_id.distinct()), func.count())
    row = session.execute(statement.where(*shown(session, recipient_id, filtered=True))).one()
    return Pending(int(row[0]), int(row[1]))


def accept_requests(session: Session, recipient_id: int, requests: Collection[Request]) -> None:
    """Hear those who ask, from now on and what they said: it is among the other notifications at once."""
    senders = [request.from_actor_id for request in requests]
    if not senders:
        return
    permissions: list[dict[str, object]] = [
        {"actor_id": recipient_id, "from_actor_id": sender} for sender in senders
    ]
    insert_ignoring(session, NotificationPermission, permissions)
    _change(session, recipient_id, senders, filtered=False)
    emit(session, NotificationsMerged(recipient_id))


def dismiss_requests(session: Session, recipient_id: int, requests: Collection[Request]) -> None:
    """Put away what those who ask have said; what they say later is kept back again."""
    _change(session, recipient_id, [request.from_actor_id for request in requests], dismissed=True)


def find_requests(session: Session, recipient_id: int, request_ids: Sequence[int]) -> list[Request]:
    """Return those of the requests that are there."""
    by = select(Notification.from_actor_id).where(
        Notification.id.in_(request_ids), *shown(session, recipient_id, filtered=True)
    )
    rows = session.execute(_requests(session, recipient_id).where(Notification.from_actor_id.in_(by)))
    return [Request(*row) for row in rows]


def _requests(session: Session, recipient_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            func.min(Notification.id),
            Notification.from_actor_id,
            func.count(),
            func.max(Notification.post_id),
            func.min(Notification.created_at),
            func.max(Notification.created_at),
        )
        .where(*shown(session, recipient_id, filtered=True))
        .group_by(Notification.from_actor_id)
    )


def _change(session: Session, recipient_id: int, senders: Collection[int], **values: bool) -> None:
    session.execute(
        update(Notification)
        .where(
            Notification.recipient_id == recipient_id,
            Notification.from_actor_id.in_(senders),
            Notification.filtered,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
