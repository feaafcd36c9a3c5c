"""The signatures that have names, for the team and its letter to the target: as CSV and as JSON.

Of who is only counted no line tells anything: not a day, not a way, not a server.
"""

import csv
import io
from collections.abc import Iterator
from typing import Final

from sqlalchemy.orm import Session

from fediunion.kit.formulas import harmless_cell
from fediunion.kit.json import JsonObject
from fediunion.union.campaigns.models import CampaignCall, Signature
from fediunion.union.campaigns.signing.queries import list_named

COLUMNS: Final = ("name", "mode", "day")
_AT_ONCE: Final = 1000


def signatures_csv(session: Session, call: CampaignCall) -> str:
    """Return a line for each signature with a name; no cell is a formula to a spreadsheet (row C03)."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in _named(session, call):
        writer.writerow([harmless_cell(cell) for cell in (row.name, row.mode, row.day)])
    return text.getvalue()


def signatures_json(session: Session, call: CampaignCall) -> JsonObject:
    """Return the total of all signatures, and those with a name."""
    return {
        "call": call.uri,
        "title": call.title,
        "total": call.signatures_count,
        "signatures": [{"name": row.name, "mode": row.mode, "day": row.day} for row in _named(session, call)],
    }


def _named(session: Session, call: CampaignCall) -> Iterator[Signature]:
    last = 0
    while True:
        rows = list_named(session, call, after_id=last, limit=_AT_ONCE)
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].id
