"""The Marker entity."""

from fediunion.api.mastodon.entities.frame import Entity, instant
from fediunion.social.timelines.models import TimelineMarker


def marker_entity(row: TimelineMarker) -> Entity:
    """Return how far somebody read. Source: https://docs.joinmastodon.org/entities/Marker/"""
    return {
        "last_read_id": str(row.last_read_id),
        "version": row.version,
        "updated_at": instant(row.updated_at),
    }
