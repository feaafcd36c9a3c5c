"""What a member did for calls, for the member's own archive."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fediunion.kit.clock import format_instant
from fediunion.kit.json import JsonObject
from fediunion.union.campaigns.models import (
    CampaignCall,
    ContactConsent,
    Letter,
    Signature,
    SolidarityMessage,
)
from fediunion.union.campaigns.thunderclap.models import Pledge, Thunderclap


def archived_campaigns(session: Session, actor_id: int) -> Mapping[str, JsonObject]:
    """Return what a member signed, pledged, wrote, and wants to hear of; {} where that is nothing."""
    pledged = (
        select(CampaignCall.url, Thunderclap.release_at)
        .join(Thunderclap, Thunderclap.call_id == CampaignCall.id)
        .join(Pledge, Pledge.thunderclap_id == Thunderclap.id)
        .where(Pledge.actor_id == actor_id)
    )
    content: JsonObject = {
        "signatures": [
            {"call": url, "mode": row.mode, "name": row.name, "day": row.day}
            for url, row in session.execute(_own(Signature, actor_id))
        ],
        "consents": [
            {"call": url, "given": row.given_on, "until": format_instant(row.expires_at)}
            for url, row in session.execute(_own(ContactConsent, actor_id))
        ],
        "pledges": [{"call": url, "at": format_instant(at)} for url, at in session.execute(pledged)],
        "letters": [
            {"call": url, "target": row.target_number, "sent": format_instant(row.sent_at)}
            for url, row in session.execute(_own(Letter, actor_id))
        ],
        "messages": [
            {"call": url, "name": row.name, "text": row.text}
            for url, row in session.execute(_own(SolidarityMessage, actor_id))
        ],
    }
    content = {name: rows for name, rows in content.items() if rows}
    return {"campaigns.json": content} if content else {}


def _own(
    table: type[Signature | ContactConsent | Letter | SolidarityMessage], actor_id: int
) -> Select[str, Any]:
    """Return the statement for the rows of an actor in a table, with the page of the call of each."""
    return (
        select(CampaignCall.url, table)
        .join(table, table.call_id == CampaignCall.id)
        .where(table.actor_id == actor_id)
        .order_by(table.id)
    )
