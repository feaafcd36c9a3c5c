"""The Relationship entity."""

from fediunion.api.mastodon.entities.frame import Entity
from fediunion.social.follows.relationships import Relationship


def relationship_entity(relationship: Relationship, *, endorsed: bool = False, note: str = "") -> Entity:
    """Return how an account stands to the member who asks, who may recommend it and note something.

    Source: https://docs.joinmastodon.org/entities/Relationship/
    """
    return {
        "id": str(relationship.actor_id),
        "following": relationship.following,
        "showing_reblogs": relationship.shows_boosts,
        "notifying": relationship.notifies,
        "languages": list(relationship.languages),
        "followed_by": relationship.followed_by,
        "blocking": relationship.blocking,
        "blocked_by": relationship.blocked_by,
        "muting": relationship.muting,
        "muting_notifications": relationship.muting_notifications,
        "requested": relationship.requested,
        "requested_by": relationship.requested_by,
        "domain_blocking": relationship.domain_blocking,
        "endorsed": endorsed,
        "note": note,
    }
