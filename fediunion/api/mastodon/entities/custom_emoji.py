"""The CustomEmoji entity, of the emoji of this instance."""

from fediunion.api.mastodon.entities.frame import Entity
from fediunion.social.emoji.models import CustomEmoji
from fediunion.social.media.addresses import file_address


def custom_emoji_entity(emoji: CustomEmoji, base_url: str) -> Entity:
    """Return an emoji for pickers. Source: https://docs.joinmastodon.org/entities/CustomEmoji/"""
    return {
        "shortcode": emoji.shortcode,
        "url": file_address(base_url, emoji.file_name),
        "static_url": file_address(base_url, emoji.still_name or emoji.file_name),
        "visible_in_picker": emoji.visible_in_picker,
        "category": emoji.category or None,
        "featured": False,
    }
