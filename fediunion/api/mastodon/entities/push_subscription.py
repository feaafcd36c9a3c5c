"""The WebPushSubscription entity."""

from fediunion.api.mastodon.entities.frame import Entity
from fediunion.social.push.models import PushSubscription


def push_subscription_entity(row: PushSubscription, server_key: str) -> Entity:
    """Return where an app is pushed to, without its keys.

    Source: https://docs.joinmastodon.org/entities/WebPushSubscription/
    """
    return {
        "id": str(row.id),
        "endpoint": row.endpoint,
        "standard": row.standard,
        "alerts": dict(row.alerts),
        "policy": row.policy,
        "server_key": server_key,
    }
