"""The Tag and FeaturedTag entities."""

from fediunion.api.mastodon.entities.frame import Entity, Frame
from fediunion.social.profiles.models import FeaturedTag


def tag_entity(name: str, frame: Frame, *, following: bool = False, featuring: bool = False) -> Entity:
    """Return a hashtag. Its history is empty on purpose: nobody counts who writes about what.

    Source: https://docs.joinmastodon.org/entities/Tag/
    """
    return {
        "id": name,
        "name": name,
        "url": f"{frame.base_url}/tags/{name}",
        "history": [],
        "following": following,
        "featuring": featuring,
    }


def featured_tag_entity(tag: FeaturedTag, profile_url: str) -> Entity:
    """Return a hashtag that an account features. How often it is used is not counted.

    Source: https://docs.joinmastodon.org/entities/FeaturedTag/
    """
    return {
        "id": str(tag.id),
        "name": tag.display_name,
        "url": f"{profile_url}/tagged/{tag.name}",
        "statuses_count": "0",
        "last_status_at": None,
    }
