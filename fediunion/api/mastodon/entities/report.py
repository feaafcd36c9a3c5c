"""The Report entity."""

from collections.abc import Sequence

from fediunion.api.mastodon.entities.frame import Entity, instant, maybe_instant
from fediunion.social.moderation.models import Report


def report_entity(row: Report, target: Entity, post_ids: Sequence[int]) -> Entity:
    """Return a report; `target` is the account that it is about.

    Source: https://docs.joinmastodon.org/entities/Report/
    """
    return {
        "id": str(row.id),
        "action_taken": row.handled_at is not None,
        "action_taken_at": maybe_instant(row.handled_at),
        "category": row.category,
        "comment": row.comment,
        "forwarded": bool(row.forwarded),
        "created_at": instant(row.created_at),
        "status_ids": [str(post_id) for post_id in post_ids],
        "rule_ids": [str(number) for number, _ in row.broken_rules] or None,
        "collection_ids": None,
        "target_account": target,
    }
