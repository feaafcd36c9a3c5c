"""The List entity."""

from fediunion.api.mastodon.entities.frame import Entity
from fediunion.social.lists.models import AccountList


def list_entity(row: AccountList) -> Entity:
    """Return a member's list. Source: https://docs.joinmastodon.org/entities/List/"""
    return {
        "id": str(row.id),
        "title": row.title,
        "replies_policy": row.replies_policy,
        "exclusive": row.exclusive,
    }
