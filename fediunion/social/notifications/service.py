"""Who is told of what, and what is put away."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.db import emit, insert_ignoring, now_of
from fediunion.kit.errors import NotFound
from fediunion.kit.ids import new_id
from fediunion.members.queries import find_member_of
from fediunion.social.notifications.events import Notified
from fediunion.social.notifications.groups import number_in, stored_key
from fediunion.social.notifications.models import Notification, NotificationKind
from fediunion.social.notifications.pushing import push_soon
from fediunion.social.notifications.willing import Willing, list_all, list_willing
from fediunion.social.notifications.wording import SHOWS_TEXT
from fediunion.social.posts.models import Post


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
    willing = list_willing(session, kind, wanted, by, post, thread_id)
    _tell(session, kind, willing, by, post_id=post.id if post else None)


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
    willing = list_all(session, list(dict.fromkeys(recipient_ids)))
    _tell(session, kind, willing, by, post_id=post_id, report_id=report_id)


def notify_severed(session: Session, recipient: Actor, severance_id: int) -> None:
    """Tell a member of follows that ended. It comes of nobody: in that place stands the member itself."""
    willing = list_all(session, [recipient.id])
    _tell(session, NotificationKind.SEVERED, willing, recipient, severance_id=severance_id)


def _tell(
    session: Session,
    kind: NotificationKind,
    recipients: Sequence[Willing],
    by: Actor,
    *,
    post_id: int | None = None,
    report_id: int | None = None,
    severance_id: int | None = None,
) -> None:
    if not recipients:
        return
    if post_id is None and severance_id is None:
        # A unique index takes two NULLs for different: what has no post is looked up.
        told = set(
            session.scalars(
                select(Notification.recipient_id).where(
                    Notification.recipient_id.in_([each.actor_id for each in recipients]),
                    Notification.kind == kind,
                    Notification.from_actor_id == by.id,
                    Notification.report_id == report_id
                    if report_id is not None
                    else Notification.report_id.is_(None),
                )
            )
        )
        recipients = [each for each in recipients if each.actor_id not in told]
    now = now_of(session)
    group_key = stored_key(kind, post_id, now)
    numbered = [(new_id(), each) for each in recipients]
    rows: list[dict[str, object]] = [
        {
            "id": notification_id,
            "recipient_id": recipient.actor_id,
            "kind": kind,
            "from_actor_id": by.id,
            "post_id": post_id,
            "report_id": report_id,
            "severance_id": severance_id,
            "created_at": now,
            "dismissed": False,
            "filtered": recipient.filters,
            "group_key": group_key,
        }
        for notification_id, recipient in numbered
    ]
    insert_ignoring(session, Notification, rows)
    heard = [(notification_id, recipient) for notification_id, recipient in numbered if not recipient.filters]
    push_soon(session, kind, {each.actor_id: number for number, each in heard if each.has_apps})
    if heard:
        emit(session, Notified([number for number, _ in heard]))


def forget(
    session: Session,
    *kinds: NotificationKind,
    recipient_id: int | None = None,
    by_id: int | None = None,
    post_id: int | None = None,
    recipient_ids: Collection[int] | None = None,
) -> None:
    """Remove the notifications of these kinds (all, where none is given) that fit everything given."""
    statement = delete(Notification)
    if kinds:
        statement = statement.where(Notification.kind.in_(kinds))
    if recipient_id is not None:
        statement = statement.where(Notification.recipient_id == recipient_id)
    if recipient_ids is not None:
        statement = statement.where(Notification.recipient_id.in_(recipient_ids))
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


def dismiss_group(session: Session, recipient_id: int, key: str, *, with_filtered: bool = False) -> None:
    """Put away what stands under one key, unless `with_filtered` without what the member's policy keeps back.

    Raises NotFound where the member has nothing under it.
    """
    alone = number_in(key)
    if alone is not None:
        dismiss(session, recipient_id, alone)
        return
    statement = update(Notification).where(
        Notification.recipient_id == recipient_id, Notification.group_key == key
    )
    if not with_filtered:
        statement = statement.where(~Notification.filtered)
    put_away = statement.values(dismissed=True).returning(Notification.id)
    if not session.scalars(put_away.execution_options(synchronize_session=False)).all():
        raise NotFound("There is no such group.")


def dismiss_many(session: Session, recipient_id: int, notification_ids: Collection[int]) -> None:
    """Put away those of the notifications that are the member's own."""
    session.execute(
        update(Notification)
        .where(Notification.recipient_id == recipient_id, Notification.id.in_(notification_ids))
        .values(dismissed=True)
        .execution_options(synchronize_session=False)
    )


def clear(session: Session, recipient_id: int) -> None:
    """Put all notifications of a member away."""
    session.execute(
        update(Notification)
        .where(Notification.recipient_id == recipient_id, ~Notification.dismissed)
        .values(dismissed=True)
        .execution_options(synchronize_session=False)
    )


def choose_push_text(session: Session, actor_id: int, shows: bool) -> None:
    """Let pushes to a member carry the words of posts that not everybody may read, or not."""
    member = find_member_of(session, actor_id)
    if member is not None:
        member.settings = {**member.settings, SHOWS_TEXT: shows}


def shows_push_text(session: Session, actor_id: int) -> bool:
    """Return what the member chose; no, where nothing."""
    member = find_member_of(session, actor_id)
    return member is not None and bool(member.settings.get(SHOWS_TEXT))
