"""The PreviewCard entity."""

from fediunion.api.mastodon.entities.frame import Entity, Frame
from fediunion.social.posts.models import Post


def card_entity(post: Post, frame: Frame) -> Entity | None:
    """Return the preview of the link that a post is about; None where there is none.

    Source: https://docs.joinmastodon.org/entities/PreviewCard/
    """
    card = post.card
    if not card.get("url"):
        return None
    author = {"name": card.get("author_name", ""), "url": card.get("author_url", ""), "account": None}
    image = card.get("image")
    return {
        "url": card["url"],
        "title": card.get("title", ""),
        "description": card.get("description", ""),
        "language": card.get("language"),
        "type": "link",
        "authors": [author] if author["name"] else [],
        "author_name": author["name"],
        "author_url": author["url"],
        "provider_name": card.get("provider_name", ""),
        "provider_url": card.get("provider_url", ""),
        "html": "",
        "width": 0,
        "height": 0,
        "image": frame.media.card(card["card_id"], image) if image else None,
        "image_description": card.get("image_description", ""),
        "embed_url": "",
        "blurhash": None,
        "published_at": card.get("published_at"),
        "missing_attribution": False,
    }
