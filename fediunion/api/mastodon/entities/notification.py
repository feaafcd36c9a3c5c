"""The Notification entity."""

from fediunion.api.mastodon.entities.frame import Entity, instant
from fediunion.social.notifications.models import Notification


def notification_entity(row: Notification, account: object, status: object | None) -> Entity:
    """Return what happened to a member. `account` and `status` are entities or fragments of JSON.

    Source: https://docs.joinmastodon.org/entities/Notification/
    """
    entity: Entity = {
        "id": str(row.id),
        "type": row.kind,
        "created_at": instant(row.created_at),
        "group_key": f"ungrouped-{row.id}",
        "account": account,
    }
    if status is not None:
        entity["status"] = status
    return entity
