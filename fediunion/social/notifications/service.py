"""Who is told of what, and what is put away."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, delete, literal, not_, select, update
from sqlalchemy.orm import Session

from fediunion.actors.domains import find_domain_action
from fediunion.actors.models import Actor, DomainAction
from fediunion.db import UtcDateTime, emit, now_of
from fediunion.db.known_uris import insert_ignoring
from fediunion.kit.errors import NotFound
from fediunion.kit.ids import new_id
from fediunion.social.follows.conditions import blocks, follows, mutes, refuses_host
from fediunion.social.notifications.events import Notified
from fediunion.social.notifications.models import Notification, NotificationKind
from fediunion.social.posts.models import Post, ThreadMute


def notify(
    session: Session,
    kind: NotificationKind,
    recipient_ids: Iterable[int],
    by: Actor,
    post: Post | None = None,
    *,
    thread_id: int | None = None,
) -> None:
    """Tell those of the recipients who want to know that `by` did something; nobody twice of one thing.

    `thread_id` is the thread that it happened in, where members may have muted it.
    """
    wanted = [recipient_id for recipient_id in dict.fromkeys(recipient_ids) if recipient_id != by.id]
    _tell(session, kind, _willing(session, wanted, by, thread_id), by, post_id=post.id if post else None)


def notify_all(
    session: Session,
    kind: NotificationKind,
    recipient_ids: Iterable[int],
    by: Actor,
    *,
    post_id: int | None = None,
    report_id: int | None = None,
) -> None:
    """Tell all recipients, whatever they block or mute: what is their office, or their own."""
    _tell(session, kind, list(dict.fromkeys(recipient_ids)), by, post_id=post_id, report_id=report_id)


def _willing(session: Session, ids: Sequence[int], by: Actor, thread_id: int | None) -> list[int]:
    """Return which members take a notification from `by` (row A23): in one query."""
    if not ids or by.suspended_at is not None:
        return []
    sender = literal(by.id)
    statement: Select[int] = select(Actor.id).where(
        Actor.id.in_(ids),
        Actor.local,
        Actor.deleted_at.is_(None),
        not_(blocks(Actor.id, sender)),
        not_(blocks(sender, Actor.id)),
        not_(mutes(Actor.id, sender, literal(now_of(session), UtcDateTime()), notifications=True)),
    )
    silenced = by.silenced_at is not None
    if not by.local:
        statement = statement.where(not_(refuses_host(Actor.id, literal(by.host))))
        silenced = silenced or find_domain_action(session, by.host) is DomainAction.SILENCE
    if silenced:
        statement = statement.where(follows(Actor.id, sender))
    if thread_id is not None:
        muted = select(ThreadMute.actor_id).where(ThreadMute.thread_id == thread_id)
        statement = statement.where(Actor.id.not_in(muted))
    willing = set(session.scalars(statement))
    return [recipient_id for recipient_id in ids if recipient_id in willing]


def _tell(
    session: Session,
    kind: NotificationKind,
    recipient_ids: Sequence[int],
    by: Actor,
    *,
    post_id: int | None = None,
    report_id: int | None = None,
) -> None:
    if not recipient_ids:
        return
    if post_id is None:
        # A unique index takes two NULLs for different: what has no post is looked up.
        told = set(
            session.scalars(
                select(Notification.recipient_id).where(
                    Notification.recipient_id.in_(recipient_ids),
                    Notification.kind == kind,
                    Notification.from_actor_id == by.id,
                    Notification.report_id == report_id
                    if report_id is not None
                    else Notification.report_id.is_(None),
                )
            )
        )
        recipient_ids = [recipient_id for recipient_id in recipient_ids if recipient_id not in told]
    now = now_of(session)
    ids = [new_id() for _ in recipient_ids]
    rows: list[dict[str, object]] = [
        {
            "id": notification_id,
            "recipient_id": recipient_id,
            "kind": kind,
            "from_actor_id": by.id,
            "post_id": post_id,
            "report_id": report_id,
            "created_at": now,
            "dismissed": False,
        }
        for notification_id, recipient_id in zip(ids, recipient_ids, strict=True)
    ]
    insert_ignoring(session, Notification, rows)
    if ids:
        emit(session, Notified(ids))


def forget(
    session: Session,
    *kinds: NotificationKind,
    recipient_id: int | None = None,
    by_id: int | None = None,
    post_id: int | None = None,
) -> None:
    """Remove the notifications of these kinds (all, where none is given) that fit everything given."""
    statement = delete(Notification)
    if kinds:
        statement = statement.where(Notification.kind.in_(kinds))
    if recipient_id is not None:
        statement = statement.where(Notification.recipient_id == recipient_id)
    if by_id is not None:
        statement = statement.where(Notification.from_actor_id == by_id)
    if post_id is not None:
        statement = statement.where(Notification.post_id == post_id)
    if recipient_id is None and by_id is None and post_id is None:
        raise ValueError("this would forget everything")
    session.execute(statement.execution_options(synchronize_session=False))


def dismiss(session: Session, recipient_id: int, notification_id: int) -> None:
    """Put one notification away. Raises NotFound for somebody else's."""
    row = session.get(Notification, notification_id)
    if row is None or row.recipient_id != recipient_id:
        raise NotFound("There is no such notification.")
    row.dismissed = True


def clear(session: Session, recipient_id: int) -> None:
    """Put all notifications of a member away."""
    session.execute(
        update(Notification)
        .where(Notification.recipient_id == recipient_id, ~Notification.dismissed)
        .values(dismissed=True)
        .execution_options(synchronize_session=False)
    )
