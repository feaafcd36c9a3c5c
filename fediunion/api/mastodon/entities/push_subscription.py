"""The WebPushSubscription entity."""

from typing import Final

from fediunion.api.mastodon.entities.frame import Entity
from fediunion.social.push.models import PushSubscription

_LARGEST: Final = 0x7FFF_FFFF


def push_subscription_entity(row: PushSubscription, server_key: str) -> Entity:
    """Return where an app is pushed to, without its keys.

    `id` is a number below 2^31, as Mastodon sends it and apps read it into 32 bits; it names nothing in any
    address. Source: https://docs.joinmastodon.org/entities/WebPushSubscription/
    """
    return {
        "id": row.id & _LARGEST,
        "endpoint": row.endpoint,
        "standard": row.standard,
        "alerts": dict(row.alerts),
        "policy": row.policy,
        "server_key": server_key,
    }
