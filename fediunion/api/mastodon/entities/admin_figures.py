"""The Admin::Measure and Admin::Dimension entities, and the tag as administrators see it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from fediunion.api.mastodon.entities.frame import Entity, Frame, day
from fediunion.api.mastodon.entities.tag import tag_entity


def admin_measure_entity(key: str, days: Sequence[datetime], counts: Sequence[int], before: int) -> Entity:
    """Return how often something happened each day; `before` counts the same time before it.

    Source: https://docs.joinmastodon.org/entities/Admin_Measure/
    """
    return {
        "key": key,
        "unit": None,
        "total": str(sum(counts)),
        "previous_total": str(before),
        "data": [
            {"date": day(moment), "value": str(count)} for moment, count in zip(days, counts, strict=True)
        ],
    }


def admin_dimension_entity(key: str, rows: Iterable[Entity]) -> Entity:
    """Return one way of dividing things. Source: https://docs.joinmastodon.org/entities/Admin_Dimension/"""
    return {"key": key, "data": list(rows)}


def admin_tag_entity(name: str, frame: Frame) -> Entity:
    """Return a hashtag: all may be used, none is computed to be popular, nobody has to review one.

    Source: https://docs.joinmastodon.org/entities/Tag/#admin
    """
    review = {"trendable": False, "usable": True, "requires_review": False, "listable": True}
    return tag_entity(name, frame) | review
