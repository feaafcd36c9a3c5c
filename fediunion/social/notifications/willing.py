"""Which members take a notification, and how."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, literal, not_, or_, select
from sqlalchemy.orm import Session

from fediunion.actors.domains import find_domain_action
from fediunion.actors.models import Actor, DomainAction
from fediunion.db import UtcDateTime, now_of
from fediunion.social.follows.conditions import blocks, follows, mutes, refuses_host
from fediunion.social.notifications.models import NotificationKind, NotificationPolicy, Treatment
from fediunion.social.notifications.policy import treatments
from fediunion.social.posts.models import Post, ThreadMute
from fediunion.social.push.queries import has_subscription


@dataclass(frozen=True, slots=True)
class Willing:
    """A member who takes a notification: `filters` it into the requests; `has_apps` that are pushed to."""

    actor_id: int
    has_apps: bool = False
    filters: bool = False


def list_all(session: Session, ids: Sequence[int]) -> list[Willing]:
    """Return members who are told whatever they block or mute."""
    if not ids:
        return []
    with_apps = set(session.scalars(select(Actor.id).where(Actor.id.in_(ids), has_subscription(Actor.id))))
    return [Willing(actor_id, actor_id in with_apps) for actor_id in ids]


def list_willing(
    session: Session,
    kind: NotificationKind,
    ids: Sequence[int],
    by: Actor,
    post: Post | None,
    thread_id: int | None,
) -> list[Willing]:
    """Return which members take a notification from `by` (row A23): in one query.

    In a second one only where some of them have a policy of their own.
    """
    if not ids or by.suspended_at is not None:
        return []
    sender = literal(by.id)
    has_policy = exists().where(NotificationPolicy.actor_id == Actor.id)
    statement = select(Actor.id, has_subscription(Actor.id), has_policy).where(
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
        wants = has_policy.where(NotificationPolicy.for_limited_accounts != Treatment.DROP)
        statement = statement.where(or_(follows(Actor.id, sender), wants))
    if thread_id is not None:
        muted = select(ThreadMute.actor_id).where(ThreadMute.thread_id == thread_id)
        statement = statement.where(Actor.id.not_in(muted))
    found = {row[0]: row for row in session.execute(statement)}
    own = [actor_id for actor_id, _, has_own_policy in found.values() if has_own_policy]
    treated = treatments(session, kind, own, by, post, silenced=silenced) if own else {}
    return [
        Willing(actor_id, has_apps=bool(found[actor_id][1]), filters=treatment is Treatment.FILTER)
        for actor_id in ids
        if actor_id in found and (treatment := treated.get(actor_id, Treatment.ACCEPT)) is not Treatment.DROP
    ]
