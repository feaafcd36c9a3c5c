"""What members want done with notifications from whom they may not know.

Source: https://docs.joinmastodon.org/entities/NotificationPolicy/
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, exists, literal, select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, ActorKind
from fediunion.db import insert_ignoring, now_of
from fediunion.social.follows.conditions import follows
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.notifications.models import (
    NotificationKind,
    NotificationPermission,
    NotificationPolicy,
    Severance,
    Treatment,
)
from fediunion.social.posts.models import Post

FIELDS: Final = (
    *("for_not_following", "for_not_followers", "for_new_accounts", "for_private_mentions"),
    "for_limited_accounts",
)
FOLLOWER_FOR: Final = timedelta(days=3)
"""Who has followed for less is treated as no follower: following first would be too easy."""

NEW_FOR: Final = timedelta(days=30)

_NEVER_FILTERED: Final = frozenset(
    {
        NotificationKind.POLL,
        NotificationKind.EDIT,
        NotificationKind.QUOTED_UPDATE,
        NotificationKind.MODERATION,
        NotificationKind.SEVERED,
        NotificationKind.SIGN_UP,
    }
)
_OFFICIAL: Final = frozenset({ActorKind.INSTANCE, ActorKind.UNION, ActorKind.BOARD})
_STRICTNESS: Final = tuple(Treatment)


def policy_of(session: Session, actor_id: int) -> Mapping[str, str]:
    """Return a member's policy by its field: what is done in each case."""
    row = session.get(NotificationPolicy, actor_id)
    columns = NotificationPolicy.__table__.columns
    return {field: getattr(row, field) if row is not None else columns[field].default.arg for field in FIELDS}


def change_policy(session: Session, actor_id: int, changes: Mapping[str, Treatment]) -> None:
    """Change some fields of a member's policy; what was kept back before stays so until it is accepted."""
    insert_ignoring(session, NotificationPolicy, [{"actor_id": actor_id, **policy_of(session, actor_id)}])
    row = session.get_one(NotificationPolicy, actor_id)
    for field, treatment in changes.items():
        setattr(row, field, treatment)
    session.flush()


def forget_choices(session: Session, actor_id: int) -> None:
    """Remove the policy of a member that is gone, and whom it heard."""
    for table in (NotificationPolicy, NotificationPermission):
        session.execute(delete(table).where(table.actor_id == actor_id))
    session.execute(delete(Severance).where(Severance.recipient_id == actor_id))


def forget_permission(session: Session, sender_id: int, actor_id: int | None = None) -> None:
    """Hear somebody no longer whatever the policy says: one member, or all where none is given."""
    statement = delete(NotificationPermission).where(NotificationPermission.from_actor_id == sender_id)
    if actor_id is not None:
        statement = statement.where(NotificationPermission.actor_id == actor_id)
    session.execute(statement.execution_options(synchronize_session=False))


def treatments(
    session: Session,
    kind: NotificationKind,
    recipient_ids: Collection[int],
    by: Actor,
    post: Post | None,
    *,
    silenced: bool,
) -> dict[int, Treatment]:
    """Return what those of the recipients who have a policy want done with a notification from `by`.

    What the union itself says, what somebody accepted before, and what is about the recipient's own doing
    is never kept back; a private answer to somebody's own post is no unasked one. In one query.
    """
    if kind in _NEVER_FILTERED or (by.local and by.kind in _OFFICIAL):
        return {}
    now = now_of(session)
    follower_since = (
        select(Follow.accepted_at)
        .where(
            Follow.follower_id == by.id,
            Follow.followed_id == NotificationPolicy.actor_id,
            Follow.state == FollowState.ACCEPTED,
        )
        .scalar_subquery()
    )
    permitted = exists().where(
        NotificationPermission.actor_id == NotificationPolicy.actor_id,
        NotificationPermission.from_actor_id == by.id,
    )
    rows = session.execute(
        select(
            NotificationPolicy, follows(NotificationPolicy.actor_id, literal(by.id)), follower_since
        ).where(NotificationPolicy.actor_id.in_(recipient_ids), ~permitted)
    )
    private = kind is NotificationKind.MENTION and post is not None and post.audience == Audience.DIRECT
    asked_by = post.in_reply_to_author_id if post is not None else None
    found: dict[int, Treatment] = {}
    for policy, follows_sender, since in rows:
        cases = {
            "for_not_following": not follows_sender,
            "for_not_followers": not _follows_long(since, now),
            "for_new_accounts": not follows_sender and by.created_at > now - NEW_FOR,
            "for_private_mentions": private and not follows_sender and asked_by != policy.actor_id,
            "for_limited_accounts": silenced and not follows_sender,
        }
        found[policy.actor_id] = _strictest(policy, [field for field, holds in cases.items() if holds])
    return found


def _follows_long(since: datetime | None, now: datetime) -> bool:
    return since is not None and since <= now - FOLLOWER_FOR


def _strictest(policy: Any, fields: Sequence[str]) -> Treatment:
    wanted = [Treatment(getattr(policy, field)) for field in fields]
    return max(wanted, key=_STRICTNESS.index, default=Treatment.ACCEPT)
