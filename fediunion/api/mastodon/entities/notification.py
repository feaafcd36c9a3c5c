"""The Notification entity."""

from fediunion.api.mastodon.entities.frame import Entity, instant
from fediunion.social.notifications.groups import shown_key
from fediunion.social.notifications.models import Notification, Severance


def notification_entity(
    row: Notification, account: object, status: object | None, about: Entity | None = None
) -> Entity:
    """Return what happened to a member. `account` and `status` are entities or fragments of JSON.

    `about` is the report or the event where it tells of one.
    Source: https://docs.joinmastodon.org/entities/Notification/
    """
    entity: Entity = {
        "id": str(row.id),
        "type": row.kind,
        "created_at": instant(row.created_at),
        "group_key": shown_key(row),
        "account": account,
    }
    if status is not None:
        entity["status"] = status
    return entity | about_entity(row, about)


def about_entity(row: Notification, about: Entity | None) -> Entity:
    """Return the attribute in which a notification shows what it is about, beside a status."""
    if about is None:
        return {}
    return {"event" if row.severance_id is not None else "report": about}


def severance_entity(row: Severance) -> Entity:
    """Return a RelationshipSeveranceEvent.

    Source: https://docs.joinmastodon.org/entities/RelationshipSeveranceEvent/
    """
    return {
        "id": str(row.id),
        "type": row.cause,
        "purged": False,
        "target_name": row.target,
        "followers_count": row.followers_count,
        "following_count": row.following_count,
        "created_at": instant(row.created_at),
    }
