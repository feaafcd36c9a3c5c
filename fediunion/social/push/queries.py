"""Push subscriptions: reads."""

from collections.abc import Collection, Sequence

from sqlalchemy import SQLColumnExpression, exists, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from fediunion.db import now_of
from fediunion.kit.errors import NotFound
from fediunion.members.models import AccessToken
from fediunion.members.tokens import is_live
from fediunion.social.push.models import PushSubscription


def has_subscription(actor: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return the condition that an app of that member may be pushed to."""
    return exists().where(PushSubscription.actor_id == actor)


def get_subscription(session: Session, token_id: int) -> PushSubscription:
    """Return the subscription of an access token. Raises NotFound."""
    found = session.scalar(select(PushSubscription).where(PushSubscription.token_id == token_id))
    if found is None:
        raise NotFound("There is no push subscription.")
    return found


def find_live_subscription(session: Session, subscription_id: int) -> PushSubscription | None:
    """Return a subscription whose token is still good, or None (row O10)."""
    return session.scalar(
        select(PushSubscription)
        .join(AccessToken, AccessToken.id == PushSubscription.token_id)
        .where(PushSubscription.id == subscription_id, is_live(now_of(session)))
    )


def list_live_subscriptions(session: Session, actor_ids: Collection[int]) -> Sequence[PushSubscription]:
    """Return the subscriptions of these members whose tokens are still good."""
    return session.scalars(
        select(PushSubscription)
        .join(AccessToken, AccessToken.id == PushSubscription.token_id)
        .where(PushSubscription.actor_id.in_(actor_ids), is_live(now_of(session)))
        .order_by(PushSubscription.id)
    ).all()
