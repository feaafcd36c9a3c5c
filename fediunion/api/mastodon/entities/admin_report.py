"""The Admin::Report entity."""

from collections.abc import Mapping, Sequence

from fediunion.api.mastodon.entities.admin_account import admin_account_entity
from fediunion.api.mastodon.entities.frame import Entity, Frame, instant, maybe_instant
from fediunion.social.moderation.account_queries import ModeratedAccount
from fediunion.social.moderation.models import Report


def admin_report_entity(
    row: Report,
    accounts: Mapping[int, ModeratedAccount],
    reporter_id: int,
    statuses: Sequence[object],
    frame: Frame,
) -> Entity:
    """Return a report with who it is about; `reporter_id` stands in where another server told no name.

    Which server that was says `fediunion.reporter_host`. `statuses` are those that the reader may see.
    Source: https://docs.joinmastodon.org/entities/Admin_Report/
    """

    def shown(actor_id: int | None) -> Entity | None:
        account = None if actor_id is None else accounts.get(actor_id)
        return None if account is None else admin_account_entity(account, frame)

    return {
        "id": str(row.id),
        "action_taken": row.state == "resolved",
        "action_taken_at": maybe_instant(row.handled_at),
        "category": row.category,
        "comment": row.comment,
        "forwarded": row.forwarded,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at or row.created_at),
        "account": shown(row.reporter_id if row.reporter_id in accounts else reporter_id),
        "target_account": shown(row.target_id),
        "assigned_account": shown(row.assigned_id),
        "action_taken_by_account": shown(row.handled_by_id),
        "statuses": list(statuses),
        "rules": [{"id": str(number), "text": text, "hint": ""} for number, text in row.broken_rules],
        "fediunion": {"reporter_host": row.reporter_host},
    }
