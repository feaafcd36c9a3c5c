"""What an actor shows beside its profile, and who may hold a copy of what it was."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.urls import authority_of
from fediunion.outbox.models import Delivery, OutboxActivity, SentTo
from fediunion.outbox.publish import Inbox
from fediunion.social.follows.models import Follow
from fediunion.social.profiles.models import FeaturedTag

_HOSTS_AT_ONCE: Final = 500


def list_featured_tags(session: Session, actor_id: int) -> Sequence[FeaturedTag]:
    """Return the hashtags that an actor features, the oldest first."""
    statement = select(FeaturedTag).where(FeaturedTag.actor_id == actor_id).order_by(FeaturedTag.id)
    return session.scalars(statement).all()


def remote_followers(session: Session, actor_id: int, *, at_most: int | None = None) -> Sequence[Actor]:
    """Return the living actors elsewhere that follow an actor of ours, or ask to."""
    statement = (
        select(Actor)
        .join(Follow, Follow.follower_id == Actor.id)
        .where(Follow.followed_id == actor_id, Actor.local.is_(False), Actor.deleted_at.is_(None))
        .order_by(Follow.id)
        .limit(at_most)
    )
    return session.scalars(statement).all()


def remotely_followed(session: Session, actor_id: int, *, at_most: int) -> Sequence[Actor]:
    """Return actors elsewhere that an actor of ours follows, or asked to, under its own name."""
    statement = (
        select(Actor)
        .join(Follow, Follow.followed_id == Actor.id)
        .where(Follow.follower_id == actor_id, Follow.through_reader.is_(False), Actor.local.is_(False))
        .order_by(Follow.id)
        .limit(at_most)
    )
    return session.scalars(statement).all()


def inboxes_holding(session: Session, actor: Actor) -> list[Inbox]:
    """Return every inbox to which anything of an actor of ours was ever tried or sent.

    Each with the shared inbox of its server, where whoever it belongs to names one.
    """
    tried = (
        select(Delivery.inbox_url)
        .join(OutboxActivity, OutboxActivity.id == Delivery.activity_id)
        .where(OutboxActivity.actor_id == actor.id, Delivery.attempts > 0)
    )
    sent = select(SentTo.inbox_url).where(
        or_(
            SentTo.object_uri == actor.uri,
            SentTo.object_uri.startswith(f"{actor.uri}/", autoescape=True),
            SentTo.object_uri.startswith(f"{actor.uri}#", autoescape=True),
        )
    )
    urls = sorted(set(session.scalars(tried)) | set(session.scalars(sent)))
    shared = _shared_inboxes(session, urls)
    return [Inbox(url, shared.get(url)) for url in urls]


def _shared_inboxes(session: Session, urls: Sequence[str]) -> dict[str, str]:
    """Return personal inbox → shared inbox, of the living and of those that are gone."""
    hosts = sorted({authority_of(url) for url in urls})
    found: dict[str, str] = {}
    for start in range(0, len(hosts), _HOSTS_AT_ONCE):
        rows = session.execute(
            select(Actor.inbox_url, Actor.shared_inbox_url).where(
                Actor.host.in_(hosts[start : start + _HOSTS_AT_ONCE]), Actor.shared_inbox_url.is_not(None)
            )
        )
        found |= {inbox_url: shared_url for inbox_url, shared_url in rows if shared_url}
    return found


def list_unsent_objects(session: Session, actor_id: int) -> Sequence[str]:
    """Return what an actor's activities are about that have not reached everybody yet."""
    open_delivery = exists().where(Delivery.activity_id == OutboxActivity.id, Delivery.finished_at.is_(None))
    statement: Select[Any] = (
        select(func.coalesce(OutboxActivity.object_uri, OutboxActivity.uri))
        .where(
            OutboxActivity.actor_id == actor_id,
            OutboxActivity.activity_type.not_in(("Delete", "Undo")),
            or_(OutboxActivity.fanned_out_at.is_(None), open_delivery),
        )
        .distinct()
    )
    return session.scalars(statement).all()
