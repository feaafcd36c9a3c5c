"""The Tag entity."""

from fediunion.api.mastodon.entities.frame import Entity, Frame


def tag_entity(name: str, frame: Frame) -> Entity:
    """Return a hashtag. Its history is empty on purpose: nobody counts who writes about what.

    Source: https://docs.joinmastodon.org/entities/Tag/
    """
    return {
        "id": name,
        "name": name,
        "url": f"{frame.base_url}/tags/{name}",
        "history": [],
        "following": False,
        "featuring": False,
    }
