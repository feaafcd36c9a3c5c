"""The Conversation entity."""

from fediunion.api.mastodon.entities.frame import Entity
from fediunion.social.posts.models import ConversationEntry


def conversation_entity(row: ConversationEntry, accounts: list[Entity], last_status: object | None) -> Entity:
    """Return a thread of direct messages. Source: https://docs.joinmastodon.org/entities/Conversation/"""
    return {
        "id": str(row.id),
        "unread": row.unread,
        "accounts": accounts,
        "last_status": last_status,
    }
